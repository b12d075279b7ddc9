/** What the flight's dock was told: each command, by whom, and what the dock answered. */

import { answer, api, type FlightView } from "../../api/client";
import { useResource } from "../../state/resource";
import { Age, List, StatusTag } from "../../ui";
import { isOver } from "./words";

const MOST = 200;

export function Told({ flight }: { flight: FlightView }) {
  const over = isOver(flight.status);
  const commands = useResource(
    async () =>
      (await answer(api.GET("/v1/commands", { params: { query: { flight: flight.id, limit: MOST } } }))).items,
    [flight.id, over],
    over ? 20_000 : 3000,
  );
  return (
    <section class="card" aria-label="Commands">
      <h2>Told to the dock</h2>
      <List
        of={commands}
        caption="Commands of this flight"
        columns={["Command", "By", "Answer", "Sent"]}
        keyOf={(command) => command.tid}
        row={(command) => [
          <code key="method">{command.method}</code>,
          command.user,
          <span key="answer">
            <StatusTag status={command.status} />
            {command.result ? ` DJI ${command.result}: ${command.meaning ?? ""}` : ""}
            {command.mismatch && <span class="warn"> {command.mismatch}</span>}
          </span>,
          <Age key="sent" at={command.sentAt} />,
        ]}
        empty="Nothing has been told to the dock for this flight."
      />
    </section>
  );
}
