/** The points of a route that is being drawn, as a list: what differs at a point from the whole route. */

import type { Signal } from "@preact/signals";
import type { DrawnRoute } from "../../api/client";
import { Button, TextField, Tick } from "../../ui";

export interface Drawn {
  key: string;
  latitude: number;
  longitude: number;
  /** As typed; empty: the route's. */
  height: string;
  hover: string;
  pitch: string;
  photo: boolean;
}

/** As the API takes it. */
export function pointOf(point: Drawn): DrawnRoute["points"][number] {
  const number = (text: string) => (text.trim() === "" ? undefined : Number(text));
  return {
    latitude: point.latitude,
    longitude: point.longitude,
    height: number(point.height),
    hover: number(point.hover) ?? 0,
    gimbalPitch: number(point.pitch),
    photo: point.photo,
  };
}

interface Props {
  points: Signal<Drawn[]>;
  onChange: (at: number, part: Partial<Drawn>) => void;
}

export function PointList({ points, onChange }: Props) {
  const move = (at: number, to: number) => {
    const list = [...points.value];
    const [taken] = list.splice(at, 1);
    if (taken) list.splice(to, 0, taken);
    points.value = list;
  };
  if (points.value.length === 0) return <p class="empty">No points yet.</p>;
  return (
    <ol>
      {points.value.map((point, at) => (
        <li key={point.key}>
          <div class="row apart">
            <span>
              <strong>{at + 1}</strong>{" "}
              <span class="dim">
                {point.latitude.toFixed(6)}, {point.longitude.toFixed(6)}
              </span>
            </span>
            <span class="row">
              <Button
                label={`Move point ${at + 1} up`}
                reason={at === 0 ? "It is the first." : undefined}
                onClick={() => move(at, at - 1)}
              >
                ↑
              </Button>
              <Button
                label={`Remove point ${at + 1}`}
                onClick={() => {
                  points.value = points.value.filter((_, index) => index !== at);
                }}
              >
                ✕
              </Button>
            </span>
          </div>
          <div class="row small">
            <TextField
              label={`Height of point ${at + 1}`}
              type="number"
              value={point.height}
              onValue={(height) => onChange(at, { height })}
              hint="m; empty: the route's"
            />
            <TextField
              label={`Hover at point ${at + 1}`}
              type="number"
              value={point.hover}
              onValue={(hover) => onChange(at, { hover })}
              hint="seconds"
            />
            <TextField
              label={`Camera pitch at point ${at + 1}`}
              type="number"
              value={point.pitch}
              onValue={(pitch) => onChange(at, { pitch })}
              hint="degrees, -90 is down"
            />
            <Tick checked={point.photo} onTick={(photo) => onChange(at, { photo })}>
              Photo
            </Tick>
          </div>
        </li>
      ))}
    </ol>
  );
}
