/** What the room shows of other features: a dock's tile, the map, flights, video. Map and video are loaded when needed. */

import type { ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";

interface MapProps {
  sns?: string[];
  mission?: string;
  focus?: string;
  onPoint?: (latitude: number, longitude: number) => void;
}

type Loaded<P> = () => Promise<{ default: ComponentType<P> }>;

const absent = (what: string) => () => <p class="empty">{what} is not in this build.</p>;

function part<P>(found: Record<string, () => Promise<unknown>>, name: string, what: string): ComponentType<P> {
  const load = Object.values(found)[0] as (() => Promise<Record<string, ComponentType<P>>>) | undefined;
  const loaded: Loaded<P> = async () => {
    const view = load ? (await load())[name] : undefined;
    return { default: view ?? (absent(what) as ComponentType<P>) };
  };
  const View = lazy(loaded) as ComponentType<P>;
  return (props) => (
    <Suspense fallback={<p class="dim">Loading…</p>}>
      {/* biome-ignore lint/suspicious/noExplicitAny: the props are P's */}
      <View {...(props as any)} />
    </Suspense>
  );
}

export const Tile = part<{ sn: string }>(import.meta.glob("../docks/tile.tsx"), "DockTile", "The dock's tile");
export const MapOf = part<MapProps>(import.meta.glob("../map/map.tsx"), "default", "The map");
export const Flights = part<{ mission: string }>(
  import.meta.glob("../flights/board.tsx"),
  "FlightBoard",
  "The flights",
);
export const Video = part<{ mission: string; sn?: string }>(import.meta.glob("../video/wall.tsx"), "default", "Video");
