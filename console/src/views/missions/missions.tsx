/** All missions, and a new one. */

import { useSignal } from "@preact/signals";
import { Link, useLocation } from "wouter-preact";
import { answer, api, type MissionView } from "../../api/client";
import { dockName, docks, nameOf } from "../../state/docks";
import { useOnce } from "../../state/once";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bound, Choice, Dialog, List, Moment, Problem, SagaLink, StatusTag, TextField, Tick } from "../../ui";
import { EndMission } from "./end";

const STATUSES = ["planning", "ready", "active", "ending", "completed", "aborted"] as const;
const SHOWN = 100;

export const isOver = (mission: MissionView) => mission.status === "completed" || mission.status === "aborted";

export default function Missions() {
  const status = useSignal<string>("");
  const creating = useSignal(false);
  const missions = useResource(
    async () =>
      (
        await answer(
          api.GET("/v1/missions", {
            params: { query: { limit: SHOWN, status: (status.value || undefined) as MissionView["status"] } },
          }),
        )
      ).items,
    [status.value],
  );
  return (
    <div class="pad">
      <div class="row apart">
        <h1>Missions</h1>
        <Button
          kind="main"
          reason={lacksRole("commander")}
          onClick={() => {
            creating.value = true;
          }}
        >
          New mission
        </Button>
      </div>
      <div class="row">
        <Choice
          label="Status"
          {...bound(status)}
          choices={[["", "all"], ...STATUSES.map((each) => [each, each] as const)]}
        />
      </div>
      <List
        of={missions}
        caption="Missions"
        columns={["Name", "Status", "Docks", "Problems", "Created", "By", "Actions"]}
        keyOf={(mission) => mission.id}
        row={(mission) => [
          <Link key="name" href={`/missions/${mission.id}`}>
            {mission.name}
          </Link>,
          <StatusTag key="status" status={mission.status} />,
          mission.dockSns.map(dockName).join(", ") || <span class="dim">none</span>,
          mission.problems.length > 0 ? <Problems key="problems" of={mission} /> : <span class="dim">none</span>,
          <Moment key="created" at={mission.createdAt} />,
          mission.createdBy,
          <span key="actions" class="row">
            {!isOver(mission) && <EndMission mission={mission} onEnded={missions.refresh} />}
            <SagaLink saga={mission.saga} />
          </span>,
        ]}
        empty="There is no such mission. A mission is what docks are assigned to: it has a room with their video, areas, and flights."
      />
      {creating.value && (
        <NewMission
          onClose={() => {
            creating.value = false;
          }}
        />
      )}
    </div>
  );
}

export function Problems({ of: { problems } }: { of: MissionView }) {
  return (
    <ul class="missions-problems warn">
      {problems.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  );
}

function NewMission({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const chosen = useSignal<string[]>([]);
  const made = useSignal<MissionView | null>(null);
  const once = useOnce();
  const [, go] = useLocation();
  const create = useAction(async () => {
    const body = { name: name.value.trim() };
    made.value ??= await once(body, (header) => answer(api.POST("/v1/missions", { params: { header }, body })));
    const mission_id = made.value.id;
    for (const sn of [...chosen.value]) {
      await answer(api.POST("/v1/missions/{mission_id}/docks", { params: { path: { mission_id } }, body: { sn } }));
      chosen.value = chosen.value.filter((each) => each !== sn);
    }
    go(`/missions/${mission_id}`);
  });
  return (
    <Dialog title="New mission" onClose={onClose}>
      <TextField
        label="Name"
        hint="What it is about, such as “Missing hiker, north ridge”."
        maxLength={128}
        disabled={made.value !== null}
        {...bound(name)}
      />
      <fieldset>
        <legend>Docks</legend>
        {docks.value.map((dock) => {
          const view = dock.view.value;
          const taken = view.missionId != null && view.missionId !== made.value?.id;
          return (
            <div key={dock.sn}>
              <Tick
                checked={chosen.value.includes(dock.sn)}
                disabled={taken}
                onTick={(on) => {
                  chosen.value = on ? [...chosen.value, dock.sn] : chosen.value.filter((each) => each !== dock.sn);
                }}
              >
                {nameOf(view)} <span class="dim">{taken ? "in another mission" : view.status}</span>
              </Tick>
            </div>
          );
        })}
        {docks.value.length === 0 && <p class="dim">No dock is paired yet.</p>}
      </fieldset>
      {made.value && create.error.value && (
        <p class="warn">The mission is there; not all of its docks are assigned yet.</p>
      )}
      <Problem error={create.error.value} />
      <div class="row end">
        {made.value && <Button onClick={() => go(`/missions/${made.value?.id}`)}>Go to the mission</Button>}
        <Button
          kind="main"
          pending={create.pending.value}
          reason={name.value.trim() ? undefined : "Give it a name first."}
          onClick={create.run}
        >
          {made.value ? "Assign the rest" : "Create"}
        </Button>
      </div>
    </Dialog>
  );
}
