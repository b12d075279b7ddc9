/** The end of a mission: asked for only after it was said what is brought home and what ends. */

import { useSignal } from "@preact/signals";
import { all, answer, api, type FlightView, type MissionView } from "../../api/client";
import { dockName, dockOf } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, Choice, Dialog, Problem } from "../../ui";
import { isOver } from "../flights/words";
import "./missions.css";

const flightsNow = (mission: string): Promise<FlightView[]> =>
  all((after) => answer(api.GET("/v1/flights", { params: { query: { mission, limit: 100, after } } })), 300).then(
    (found) => found.filter((flight) => !isOver(flight.status)),
  );

export function EndMission({ mission, onEnded }: { mission: MissionView; onEnded: () => unknown }) {
  const asked = useSignal(false);
  const reason = lacksRole("commander") ?? (mission.status === "ending" ? "It is being ended." : undefined);
  return (
    <>
      <Button
        kind="danger"
        reason={reason}
        label={`End mission ${mission.name}`}
        onClick={() => {
          asked.value = true;
        }}
      >
        End mission…
      </Button>
      {asked.value && (
        <Ask
          mission={mission}
          onEnded={onEnded}
          onClose={() => {
            asked.value = false;
          }}
        />
      )}
    </>
  );
}

interface Props {
  mission: MissionView;
  onEnded: () => unknown;
  onClose: () => void;
}

function Ask({ mission, onEnded, onClose }: Props) {
  const outcome = useSignal<"completed" | "aborted">("completed");
  const flights = useResource(() => flightsNow(mission.id), [mission.id]);
  const end = useAction(async () => {
    const params = { path: { mission_id: mission.id } };
    await answer(api.POST("/v1/missions/{mission_id}/end", { params, body: { outcome: outcome.value } }));
    onClose();
    void onEnded();
  });
  const named = mission.dockSns.map((sn) => ({ sn, view: dockOf(sn)?.view.value }));
  const streams = named.filter(({ view }) => view?.stream != null && view.stream.phase !== "idle");
  return (
    <Dialog title={`End mission ${mission.name}?`} onClose={onClose}>
      <h3>Brought home</h3>
      <Problem error={flights.error.value} />
      {flights.data.value === undefined && !flights.error.value && <p class="dim">Asking what flies…</p>}
      {flights.data.value?.length === 0 && <p>Nothing flies or is about to.</p>}
      <ul>
        {flights.data.value?.map((flight) => (
          <li key={flight.id}>
            <strong>{dockName(flight.dockSn)}</strong>: {flight.name}, {flight.phase || flight.status}
          </li>
        ))}
      </ul>
      <h3>Ends</h3>
      <ul>
        <li>
          {named.length === 0
            ? "No dock is assigned."
            : `${named.map(({ sn }) => dockName(sn)).join(", ")} ${named.length === 1 ? "becomes" : "become"} free; whoever has the sticks loses them.`}
        </li>
        {streams.length > 0 && <li>The video of {streams.map(({ sn }) => dockName(sn)).join(", ")}.</li>}
        <li>The room, and the areas on the docks.</li>
      </ul>
      <Choice
        label="How it ended"
        value={outcome.value}
        choices={[
          ["completed", "completed"],
          ["aborted", "aborted"],
        ]}
        onValue={(chosen) => {
          outcome.value = chosen as "completed" | "aborted";
        }}
      />
      <Problem error={end.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          pending={end.pending.value}
          reason={flights.at.value ? undefined : "It is not known yet what flies."}
          onClick={end.run}
        >
          End the mission
        </Button>
      </div>
    </Dialog>
  );
}
