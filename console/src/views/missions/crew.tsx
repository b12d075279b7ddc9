/** The docks of a mission: its tiles, a dock more, a dock less. */

import { useSignal } from "@preact/signals";
import { answer, api, type MissionView } from "../../api/client";
import { docks, nameOf, refreshDocks } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bound, Choice, Problem } from "../../ui";
import { DockTile } from "../docks/tile";
import { isOver } from "./missions";

interface Props {
  mission: MissionView;
  onChange: () => Promise<void>;
}

export function Crew({ mission, onChange }: Props) {
  const path = { mission_id: mission.id };
  const chosen = useSignal("");
  const changed = async () => {
    await Promise.all([onChange(), refreshDocks()]);
  };
  const assign = useAction(async (sn: string) => {
    await answer(api.POST("/v1/missions/{mission_id}/docks", { params: { path }, body: { sn } }));
    chosen.value = "";
    await changed();
  });
  const unassign = useAction(async (sn: string) => {
    await answer(api.DELETE("/v1/missions/{mission_id}/docks/{sn}", { params: { path: { ...path, sn } } }));
    await changed();
  });
  const noRole = lacksRole("commander");
  const over = isOver(mission) ? "The mission is over." : undefined;
  const free = docks.value.filter((dock) => dock.view.value.missionId == null);
  return (
    <section class="missions-crew" aria-labelledby="missions-crew">
      <h2 id="missions-crew">Docks</h2>
      <Problem error={assign.error.value ?? unassign.error.value} />
      {mission.dockSns.length === 0 && (
        <p class="empty">No dock yet. Assign one: its video and controls appear here.</p>
      )}
      <ul class="missions-tiles">
        {mission.dockSns.map((sn) => {
          const view = docks.value.find((dock) => dock.sn === sn)?.view.value;
          const name = view ? nameOf(view) : sn;
          const flying = view?.status === "flying" || view?.lease != null;
          return (
            <li key={sn}>
              <DockTile sn={sn} />
              <div class="row">
                <Button
                  label={`Unassign ${name}`}
                  reason={noRole ?? over}
                  pending={unassign.pending.value}
                  confirm={{
                    title: `Take ${name} out of the mission?`,
                    detail: flying
                      ? "It is in a flight now. Its stream ends, its areas are cleared, and whoever has its sticks loses them."
                      : "Its stream ends, its areas are cleared, and whoever has its sticks loses them.",
                    yes: "Take it out",
                  }}
                  onClick={() => unassign.run(sn)}
                >
                  Unassign
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
      {!over && (
        <div class="row missions-assign">
          <Choice
            label="Assign a dock"
            {...bound(chosen)}
            disabled={noRole !== undefined || free.length === 0}
            choices={[
              ["", free.length > 0 ? "choose…" : "no dock is free"],
              ...free.map((dock) => [dock.sn, `${nameOf(dock.view.value)}, ${dock.view.value.status}`] as const),
            ]}
          />
          <Button
            kind="main"
            reason={noRole ?? (chosen.value ? undefined : "Choose a dock first.")}
            pending={assign.pending.value}
            onClick={() => assign.run(chosen.value)}
          >
            Assign
          </Button>
        </div>
      )}
    </section>
  );
}
