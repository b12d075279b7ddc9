/** Which view is where. A view is one file under views/, loaded when it is first gone to. */

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { unseen } from "./state/alerts";
import type { Role } from "./state/session";

export interface Route {
  path: string;
  /** In the navigation; a view without a name is reached from others. */
  name?: string;
  /** Among what is gone to now and then, below the main ones. */
  more?: boolean;
  /** The least role that has a use for it; without it all have. */
  least?: Role;
  /** Shown beside the name where it is not 0; `counted` says what it counts. */
  count?: ReadonlySignal<number>;
  counted?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a view takes what its path names
  load: () => Promise<{ default: ComponentType<any> }>;
}

export const ROUTES: Route[] = [
  { path: "/", name: "Docks", load: () => import("./views/docks/docks") },
  { path: "/docks/:sn/sticks", load: () => import("./views/sticks/sticks") },
  { path: "/docks/:sn", load: () => import("./views/docks/dock") },
  { path: "/pair", load: () => import("./views/pairing/pair") },
  { path: "/missions", name: "Missions", load: () => import("./views/missions/missions") },
  { path: "/missions/:id", load: () => import("./views/missions/room") },
  { path: "/missions/:id/areas", load: () => import("./views/areas/areas") },
  { path: "/flights", name: "Flights", load: () => import("./views/flights/flights") },
  { path: "/flights/:id", load: () => import("./views/flights/flight") },
  { path: "/waylines", name: "Routes", load: () => import("./views/waylines/waylines") },
  { path: "/waylines/draw", load: () => import("./views/waylines/draw") },
  { path: "/schedules", name: "Schedules", more: true, load: () => import("./views/schedules/schedules") },
  { path: "/relays", name: "Relays", more: true, load: () => import("./views/relays/relays") },
  { path: "/relays/plan", load: () => import("./views/relays/plan") },
  { path: "/relays/:id", load: () => import("./views/relays/relay") },
  {
    path: "/alerts",
    name: "Alerts",
    count: unseen,
    counted: "standing, seen to by nobody",
    load: () => import("./views/alerts/alerts"),
  },
  { path: "/media", name: "Media", load: () => import("./views/media/media") },
  { path: "/firmware", name: "Firmware", more: true, load: () => import("./views/firmware/firmware") },
  { path: "/firmware/rollouts/:id", load: () => import("./views/firmware/rollout") },
  { path: "/people", name: "People", more: true, load: () => import("./views/people/people") },
  { path: "/settings", name: "Settings", more: true, least: "admin", load: () => import("./views/org/settings") },
  { path: "/webhooks", name: "Webhooks", more: true, least: "admin", load: () => import("./views/webhooks/webhooks") },
  { path: "/logs", name: "Logs", more: true, load: () => import("./views/logs/logs") },
  { path: "/audit", name: "Audit", more: true, least: "admin", load: () => import("./views/audit/audit") },
  { path: "/sagas", name: "Sagas", more: true, load: () => import("./views/sagas/sagas") },
];
