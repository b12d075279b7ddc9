/** What the room shows of other features. Map and video are loaded when they are needed: their libraries are large. */

import { type ComponentProps, lazy, Suspense } from "preact/compat";

const MapView = lazy(() => import("../map/map"));
const VideoView = lazy(() => import("../video/wall"));
const BoardView = lazy(async () => ({ default: (await import("../flights/board")).FlightBoard }));

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
