/** What the room shows of other features. Map and video are loaded when they are needed: their libraries are large. */

import type { FunctionComponent } from "preact";
import { type ComponentProps, lazy, Suspense } from "preact/compat";

const MapView = lazy(() => import("../map/map"));
const VideoView = lazy(() => import("../video/wall"));
const boards = import.meta.glob<{ FlightBoard: FunctionComponent<{ mission: string }> }>("../flights/board.tsx");
const BoardView = lazy(async () => {
  const load = Object.values(boards)[0];
  return { default: load ? (await load()).FlightBoard : () => <p class="empty">No flights in this build.</p> };
});

const loading = <p class="dim">Loading…</p>;

export const MapOf = (props: ComponentProps<typeof MapView>) => (
  <Suspense fallback={loading}>
    <MapView {...props} />
  </Suspense>
);

export const Video = (props: ComponentProps<typeof VideoView>) => (
  <Suspense fallback={loading}>
    <VideoView {...props} />
  </Suspense>
);

export const Flights = (props: { mission: string }) => (
  <Suspense fallback={loading}>
    <BoardView {...props} />
  </Suspense>
);
