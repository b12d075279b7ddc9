/** Flights of a mission: sending one, those under way with their controls, and those that have ended. */

import { useComputed, useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, List } from "../../ui";
import { DispatchDialog } from "./dispatch";
import "./flights.css";
import { FlightCard } from "./card";
import { FLIGHT_COLUMNS, flightRow } from "./row";
import { isOver } from "./words";

const NEWEST = 50;
const EVERY = 2000; // ms

export function FlightBoard({ mission }: { mission: string }) {
  const dispatching = useSignal(false);
  const flights = useResource(
    async () => (await answer(api.GET("/v1/flights", { params: { query: { mission, limit: NEWEST } } }))).items,
    [mission],
    EVERY,
  );
  const found = flights.data.value ?? [];
  const running = found.filter((flight) => !isOver(flight.status));
  const past = useComputed(() => flights.data.value?.filter((flight) => isOver(flight.status)));
  return (
    <section class="flights-board" aria-label="Flights">
      <div class="row end">
        <Button
          kind="main"
          onClick={() => {
            dispatching.value = true;
          }}
          reason={lacksRole("operator")}
        >
          Dispatch…
        </Button>
      </div>
      {running.map((flight) => (
        <FlightCard key={flight.id} flight={flight} onTold={flights.refresh} />
      ))}
      {flights.data.value && running.length === 0 && <p class="dim">Nothing flies or waits to fly.</p>}
      <h3>Ended</h3>
      <List
        of={{ ...flights, data: past as typeof flights.data }}
        caption="Flights that have ended"
        columns={FLIGHT_COLUMNS}
        keyOf={(flight) => flight.id}
        row={flightRow}
        empty="No flight of this mission has ended."
      />
      {dispatching.value && (
        <DispatchDialog
          mission={mission}
          onClose={() => {
            dispatching.value = false;
          }}
          onSent={flights.refresh}
        />
      )}
    </section>
  );
}
