/** The map of a flight under way, and sending its aircraft to a point that is clicked there. */

import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import type { FlightView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, bound, Problem, TextField } from "../../ui";
import { flyTo, reasons } from "./controls";
import { heightOf } from "./point";

const DockMap = lazy(() => import("../map/map"));

interface Props {
  flight: FlightView;
  onTold: () => unknown;
}

export function FlyTo({ flight, onTold }: Props) {
  const point = useSignal<{ latitude: number; longitude: number } | null>(null);
  const height = useSignal("60");
  const speed = useSignal("10");
  const base = heightOf(flight.dockSn);
  const { run, pending, error } = useAction(async () => {
    if (!point.value || base === null) return;
    const { latitude, longitude } = point.value;
    await flyTo(flight.id, latitude, longitude, base + Number(height.value), Number(speed.value));
    point.value = null;
    await onTold();
  });
  const why = reasons(flight).flyTo;
  const reason =
    why ??
    (point.value ? undefined : "Click a point on the map first; with the keyboard, move it and press Enter.") ??
    (base === null ? "The dock has not said how high it stands, which the height is counted from." : undefined) ??
    (Number(height.value) >= 2 && Number(height.value) <= 1500 ? undefined : "The height is 2 to 1500 m.") ??
    (Number(speed.value) >= 1 && Number(speed.value) <= 15 ? undefined : "The speed is 1 to 15 m/s.");
  return (
    <>
      <Suspense fallback={<p class="dim">Loading the map…</p>}>
        <DockMap
          sns={[flight.dockSn]}
          mission={flight.missionId}
          focus={flight.dockSn}
          mark={point.value}
          onPoint={
            why
              ? undefined
              : (latitude, longitude) => {
                  point.value = { latitude, longitude };
                }
          }
        />
      </Suspense>
      <div class="row">
        <TextField label="Height" type="number" {...bound(height)} hint="m above the dock" />
        <TextField label="Speed at most" type="number" {...bound(speed)} hint="m/s, 1 to 15" />
        <p class="dim">
          {point.value
            ? `Point: ${point.value.latitude.toFixed(6)}, ${point.value.longitude.toFixed(6)}`
            : "No point is chosen."}
        </p>
        <Button
          onClick={run}
          pending={pending.value}
          reason={reason}
          confirm={
            flight.target
              ? undefined
              : { title: "Fly to this point?", detail: "The aircraft leaves its route for it.", yes: "Fly there" }
          }
        >
          Fly to the point
        </Button>
      </div>
      <Problem error={error.value} />
    </>
  );
}
