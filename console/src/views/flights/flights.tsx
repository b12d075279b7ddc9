/** All flights of the organisation, newest first, with filters. */

import { all, answer, api } from "../../api/client";
import { docks, nameOf } from "../../state/docks";
import { useResource, useSignal } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, Choice, List } from "../../ui";
import { DispatchDialog } from "./dispatch";
import "./flights.css";
import { FLIGHT_COLUMNS, flightRow } from "./row";
import { type FlightStatus, STATUSES, said } from "./words";

const EVERY = 3000; // ms
const PAGE = 50;

export default function Flights() {
  const mission = useSignal("");
  const dock = useSignal("");
  const status = useSignal<FlightStatus | "">("");
  const most = useSignal(PAGE);
  const dispatching = useSignal(false);
  const missions = useResource(
    () => all((after) => answer(api.GET("/v1/missions", { params: { query: { limit: 100, after } } })), 300),
    [],
    30_000,
  );
  const flights = useResource(
    () => {
      const wanted = {
        mission: mission.value || undefined,
        dock: dock.value || undefined,
        status: status.value || undefined,
        limit: PAGE,
      };
      return all((after) => answer(api.GET("/v1/flights", { params: { query: { ...wanted, after } } })), most.value);
    },
    [mission.value, dock.value, status.value, most.value],
    EVERY,
  );
  const filter = <T extends string>(signal: { value: T }) => ({
    value: signal.value,
    onValue: (value: string) => {
      signal.value = value as T;
      most.value = PAGE;
    },
  });
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
        <Choice
          label="Mission"
          {...filter(mission)}
          choices={[["", "All missions"], ...(missions.data.value ?? []).map((each) => [each.id, each.name] as const)]}
        />
        <Choice
          label="Dock"
          {...filter(dock)}
          choices={[["", "All docks"], ...docks.value.map((each) => [each.sn, nameOf(each.view.value)] as const)]}
        />
        <Choice
          label="State"
          {...filter(status)}
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
      {(flights.data.value?.length ?? 0) >= most.value && (
        <Button
          onClick={() => {
            most.value += PAGE;
          }}
        >
          Show older ones
        </Button>
      )}
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
