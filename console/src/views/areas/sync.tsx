/** How far each of a mission's docks has its areas, by the dock's own word. */

import { type AreasView, answer, api } from "../../api/client";
import { type Resource, useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, DockLink, Problem, Tag, type Tone } from "../../ui";

const TONES: Record<AreasView["docks"][number]["status"], Tone> = {
  waiting: "idle",
  told: "busy",
  synchronizing: "busy",
  synchronized: "good",
  cleared: "good",
  failed: "bad",
  unfit: "warn",
};

export function Sync({ mission, of }: { mission: string; of: Resource<Pick<AreasView, "docks">> }) {
  const again = useAction(async () => {
    await answer(api.POST("/v1/missions/{mission_id}/areas/send", { params: { path: { mission_id: mission } } }));
    await of.refresh();
  });
  const docks = of.data.value?.docks ?? [];
  return (
    <section aria-labelledby="areas-sync">
      <div class="row apart">
        <h2 id="areas-sync">Docks</h2>
        <Button
          pending={again.pending.value}
          reason={lacksRole("commander") ?? (docks.length ? undefined : "The mission has no dock.")}
          onClick={again.run}
        >
          Send again to all
        </Button>
      </div>
      <Problem error={again.error.value} />
      {docks.length === 0 && (
        <p class="empty">No dock has been told of areas yet. Docks that come later get them too.</p>
      )}
      <ul class="areas-docks" aria-live="polite">
        {docks.map((dock) => (
          <li key={dock.sn}>
            <DockLink sn={dock.sn} /> <Tag tone={TONES[dock.status]}>{dock.status}</Tag> <Age at={dock.updatedAt} />
            {dock.attempts > 1 && <span class="dim"> told {dock.attempts} times</span>}
            {dock.error && (
              <div class="bad">
                {dock.error}
                {dock.reason ? ` (DJI ${dock.reason})` : ""}
              </div>
            )}
          </li>
        ))}
      </ul>
      {of.at.value > 0 && (
        <p class="foot dim">
          as read <Age at={of.at.value} oldAfter={15} />
        </p>
      )}
    </section>
  );
}
