/** Which view is where. A view is one file under views/, loaded when it is first gone to. */

import type { ComponentType } from "preact";

export interface Route {
  path: string;
  /** In the navigation; a view without a name is reached from others. */
  name?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a view takes what its path names
  load: () => Promise<{ default: ComponentType<any> }>;
}

export const ROUTES: Route[] = [
  { path: "/", name: "Docks", load: () => import("./views/docks/docks") },
  { path: "/missions", name: "Missions", load: () => import("./views/missions/missions") },
  { path: "/missions/:id", load: () => import("./views/missions/room") },
];
