/** All flights of the organisation, newest first, with filters. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { lacksRole } from "../../state/session";
import { Button, Choice, DockPick, List, MissionPick, More } from "../../ui";
import { DispatchDialog } from "./dispatch";
import "./flights.css";
import { FLIGHT_COLUMNS, flightRow } from "./row";
import { STATUSES, said } from "./words";

const EVERY = 3000; // ms

export default function Flights() {
  const filters = useFilters("mission", "dock", "status");
  const { set } = filters;
  const query = { limit: 50, mission: set.mission, dock: set.dock, status: oneOf(STATUSES, set.status) };
  const flights = usePaged(
    (after) => answer(api.GET("/v1/flights", { params: { query: { ...query, after } } })),
    [filters.key],
    EVERY,
  );
  const dispatching = useSignal(false);
  return (
    <div class="pad">
      <div class="row apart">
        <h1>Flights</h1>
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
      <fieldset class="flights-filters" aria-label="Filters">
        <MissionPick {...filters.bound("mission")} />
        <DockPick {...filters.bound("dock")} />
        <Choice
          label="State"
          {...filters.bound("status")}
          choices={[["", "All states"], ...STATUSES.map((each) => [each, said(each)] as const)]}
        />
      </fieldset>
      <List
        of={flights}
        caption="Flights"
        columns={FLIGHT_COLUMNS}
        keyOf={(flight) => flight.id}
        row={flightRow}
        empty="No flight is like that. Dispatch one, or change the filters."
      />
      <More of={flights} />
      {dispatching.value && (
        <DispatchDialog
          onClose={() => {
            dispatching.value = false;
          }}
          onSent={flights.refresh}
        />
      )}
    </div>
  );
}
