/** Flying on, in a new flight, from where one broke off. */

import { useSignal } from "@preact/signals";
import { useLocation } from "wouter-preact";
import type { FlightView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Dialog, Problem, Tick } from "../../ui";
import { goOn } from "./controls";
import { GateNow, type Overrides, overridesReason } from "./gate-now";

interface Props {
  flight: FlightView;
  onClose: () => void;
}

export function Continue({ flight, onClose }: Props) {
  const queue = useSignal(false);
  const overrides = useSignal<Overrides>({});
  const [, go] = useLocation();
  const { run, pending, error } = useAction(async () => {
    const onward = await goOn(flight.id, queue.value, overrides.value);
    onClose();
    go(`/flights/${onward.id}`);
  });
  return (
    <Dialog title={`Continue ${flight.name}`} onClose={onClose} wide>
      <p>A new flight takes off from the same dock and goes on where this one broke off.</p>
      <GateNow sn={flight.dockSn} overrides={overrides} />
      <Tick
        checked={queue.value}
        onTick={(on) => {
          queue.value = on;
        }}
      >
        Wait where the dock is busy, instead of being refused
      </Tick>
      <Problem error={error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" onClick={run} pending={pending.value} reason={overridesReason(overrides.value)}>
          Fly on
        </Button>
      </div>
    </Dialog>
  );
}
