/** Who holds the dock, and taking it by force. */

import { answer, api } from "../../api/client";
import { type DockState, refreshDocks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole, me } from "../../state/session";
import { Age, Button, Moment, Problem, ReasonButton, SagaLink } from "../../ui";

export function Lease({ dock }: { dock: DockState }) {
  const path = { params: { path: { sn: dock.sn } } };
  const lease = useResource(() => answer(api.GET("/v1/docks/{sn}/lease", path)), [dock.sn], 3000);
  const again = async () => {
    await Promise.all([lease.refresh(), refreshDocks()]);
  };
  const take = useAction(async (reason: string) => {
    await answer(api.POST("/v1/docks/{sn}/lease/take", { ...path, body: { reason } }));
    await again();
  });
  const release = useAction(async () => {
    await answer(api.DELETE("/v1/docks/{sn}/lease", path));
    await again();
  });
  const held = lease.data.value;
  const mine = held?.kind === "person" || held?.taken != null;
  const whose = held?.kind === "person" ? held.user : held?.taken?.user;
  const notMine = whose !== me.value?.user ? lacksRole("admin") : undefined;
  return (
    <section class="card">
      <h2>Who holds it</h2>
      {held === undefined && !lease.error.value && <p class="dim">Loading…</p>}
      {held && !held.holder && <p>Nobody: the dock is free.</p>}
      {held?.holder && (
        <p>
          <strong>{held.user || held.holder}</strong> since <Age at={held.since} />
          {held.reason && <>: {held.reason}</>} <SagaLink saga={held.saga} />
          {held.expiresAt && (
            <>
              {" "}
              until <Moment at={held.expiresAt} />
            </>
          )}
        </p>
      )}
      {held?.taken && (
        <p class="warn" role="status">
          {held.taken.user} has taken it and gets it once the aircraft is home: {held.taken.reason}
        </p>
      )}
      <div class="row">
        <ReasonButton
          kind="danger"
          pending={take.pending.value}
          reason={lacksRole("commander")}
          title="Take the dock by force?"
          detail="What holds it is ended, and what flies comes home first. Who loses it is told who took it, and why."
          needed
          yes="Take it"
          onClick={take.run}
        >
          Take by force
        </ReasonButton>
        {mine && (
          <Button
            pending={release.pending.value}
            reason={lacksRole("commander") ?? notMine}
            onClick={() => release.run()}
          >
            Give it back
          </Button>
        )}
        <Age at={lease.at.value} oldAfter={15} />
      </div>
      <Problem error={take.error.value ?? release.error.value ?? lease.error.value} />
    </section>
  );
}
