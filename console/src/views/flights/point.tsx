/** A point to fly to: chosen on the map or typed, with its height above the dock. */

import type { Signal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import type { Dispatch } from "../../api/client";
import { dockOf } from "../../state/docks";
import { fields, TextField } from "../../ui";

const DockMap = lazy(() => import("../map/map"));

export interface Point {
  latitude: string;
  longitude: string;
  /** m above the dock. */
  height: string;
  speed: string;
}

export const emptyPoint: Point = { latitude: "", longitude: "", height: "60", speed: "10" };

const within = (text: string, low: number, high: number) => text !== "" && Number(text) >= low && Number(text) <= high;

export function pointReason({ latitude, longitude, height, speed }: Point): string | undefined {
  if (!within(latitude, -90, 90) || !within(longitude, -180, 180)) return "Choose a point on the map, or type it.";
  if (!within(height, 2, 1500)) return "The height is 2 to 1500 m above the dock.";
  if (!within(speed, 1, 15)) return "The speed is 1 to 15 m/s.";
  return undefined;
}

/** Height of a dock above the ellipsoid, as it says; null where it has not. */
export function heightOf(sn: string): number | null {
  const height = dockOf(sn)?.dock.value.data.height;
  return typeof height === "number" ? height : null;
}

/** As the API takes it: heights there are above the ellipsoid. Throws where the dock has not said how high it stands. */
export function pointBody(point: Point, sn: string): NonNullable<Dispatch["to"]> {
  const base = heightOf(sn);
  if (base === null) throw new Error("The dock has not said how high it stands, which the height is counted from.");
  return {
    latitude: Number(point.latitude),
    longitude: Number(point.longitude),
    height: Math.round((base + Number(point.height)) * 10) / 10,
    climb: Math.max(20, Math.min(1500, Number(point.height))),
    maxSpeed: Number(point.speed),
  };
}

interface Props {
  value: Signal<Point>;
  sns: string[];
  mission?: string | undefined;
}

export function PointFields({ value, sns, mission }: Props) {
  const point = value.value;
  const change = (part: Partial<Point>) => {
    value.value = { ...value.value, ...part };
  };
  const field = fields(point, change);
  const placed = within(point.latitude, -90, 90) && within(point.longitude, -180, 180);
  const chosen = placed ? { latitude: Number(point.latitude), longitude: Number(point.longitude) } : null;
  return (
    <>
      <p class="dim">Click the map, or move it with the arrow keys and press Enter: the point is its middle.</p>
      <div class="flights-map">
        <Suspense fallback={<p class="dim">Loading the map…</p>}>
          <DockMap
            sns={sns.length ? sns : undefined}
            mission={mission}
            mark={chosen}
            onPoint={(latitude, longitude) =>
              change({ latitude: latitude.toFixed(7), longitude: longitude.toFixed(7) })
            }
          />
        </Suspense>
      </div>
      <div class="row">
        <TextField label="Latitude" inputMode="decimal" {...field("latitude")} hint="degrees, -90 to 90" />
        <TextField label="Longitude" inputMode="decimal" {...field("longitude")} hint="degrees, -180 to 180" />
        <TextField label="Height" type="number" {...field("height")} hint="m above the dock" />
        <TextField label="Speed at most" type="number" {...field("speed")} hint="m/s, 1 to 15" />
      </div>
    </>
  );
}
