/** Who holds the dock, and taking it by force. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { type DockState, refreshDocks } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole, me } from "../../state/session";
import { Age, Button, bound, Dialog, Moment, Problem, SagaLink, TextField } from "../../ui";

const SHORTEST = 3; // characters of a reason

export function Lease({ dock }: { dock: DockState }) {
  const path = { params: { path: { sn: dock.sn } } };
  const lease = useResource(() => answer(api.GET("/v1/docks/{sn}/lease", path)), [dock.sn], 3000);
  const asked = useSignal(false);
  const reason = useSignal("");
  const again = async () => {
    await Promise.all([lease.refresh(), refreshDocks()]);
  };
  const take = useAction(async () => {
    await answer(api.POST("/v1/docks/{sn}/lease/take", { ...path, body: { reason: reason.value.trim() } }));
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
        <Button
          kind="danger"
          pending={take.pending.value}
          reason={lacksRole("commander")}
          onClick={() => {
            reason.value = "";
            asked.value = true;
          }}
        >
          Take by force
        </Button>
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
      {asked.value && (
        <Dialog
          title="Take the dock by force?"
          onClose={() => {
            asked.value = false;
          }}
        >
          <p>What holds it is ended, and what flies comes home first. Who loses it is told who took it, and why.</p>
          <TextField
            label="Reason"
            hint="At least three letters; it stands in the audit log"
            maxLength={500}
            {...bound(reason)}
          />
          <div class="row end">
            <Button
              onClick={() => {
                asked.value = false;
              }}
            >
              Cancel
            </Button>
            <Button
              kind="danger"
              reason={reason.value.trim().length < SHORTEST ? "Say why." : undefined}
              onClick={() => {
                asked.value = false;
                void take.run();
              }}
            >
              Take it
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
