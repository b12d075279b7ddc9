/** Giving an aircraft that hovers another route (Dock 2 and 3). */

import { useSignal } from "@preact/signals";
import { answer, api, type FlightView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Dialog, Problem } from "../../ui";
import { WaylineChoice } from "../waylines/choice";

interface Props {
  flight: FlightView;
  onClose: () => void;
  onTold: () => unknown;
}

export function GiveWayline({ flight, onClose, onTold }: Props) {
  const chosen = useSignal("");
  const { run, pending, error } = useAction(async () => {
    const path = { flight_id: flight.id };
    await answer(api.POST("/v1/flights/{flight_id}/wayline", { params: { path }, body: { waylineId: chosen.value } }));
    await onTold();
    onClose();
  });
  return (
    <Dialog title={`Give ${flight.name} another route`} onClose={onClose}>
      <p>The aircraft flies it from where it hovers. Pause and resume are then this route's, until it ends.</p>
      <WaylineChoice value={chosen} sn={flight.dockSn} />
      <Problem error={error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="main"
          onClick={run}
          pending={pending.value}
          reason={chosen.value ? undefined : "Choose a route first."}
        >
          Fly this route
        </Button>
      </div>
    </Dialog>
  );
}
