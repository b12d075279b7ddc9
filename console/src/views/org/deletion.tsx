/** The end of the organisation: asked for with its name repeated, and called off as long as that can be. */

import { useSignal } from "@preact/signals";
import { answer, api, type DeletionView, type OrgView, Refused } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { Button, bound, Dialog, Moment, Problem, SagaLink, StatusTag, TextField } from "../../ui";

const CALLABLE_OFF: readonly DeletionView["status"][] = ["scheduled", "waiting"];

export function DeletionCard({ org }: { org: OrgView }) {
  const deletion = useResource(readDeletion, [], 15_000);
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  const callOff = useAction(async () => {
    await answer(api.DELETE("/v1/org/deletion"));
    await deletion.refresh();
  });
  const found = deletion.data.value;
  const over = !found || found.status === "called_off";
  return (
    <section class="card" aria-label="Deletion">
      <h2>Deletion</h2>
      <Problem error={deletion.error.value ?? callOff.error.value} />
      {found && <About of={found} />}
      <div class="row end">
        {found && CALLABLE_OFF.includes(found.status) && (
          <Button
            pending={callOff.pending.value}
            onClick={callOff.run}
            confirm={{ title: "Call the deletion off?", detail: "All stays as it is.", yes: "Call it off" }}
          >
            Call it off
          </Button>
        )}
        <Button
          kind="danger"
          reason={over ? undefined : "It is on its way already."}
          onClick={() => {
            asking.value = true;
          }}
        >
          Delete the organisation
        </Button>
      </div>
      {asking.value && (
        <Ask
          name={org.name}
          onDone={() => {
            close();
            void deletion.refresh();
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

/** The one that was asked for last; null where none ever was. */
async function readDeletion(): Promise<DeletionView | null> {
  try {
    return await answer(api.GET("/v1/org/deletion"));
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return null;
    throw error;
  }
}

function About({ of }: { of: DeletionView }) {
  return (
    <>
      <p class="row" aria-live="polite">
        <StatusTag status={of.status} /> <SagaLink saga={of.saga} />
      </p>
      <dl class="facts">
        <dt>Asked for</dt>
        <dd>
          by {of.requestedBy}, <Moment at={of.requestedAt} />
          {of.reason && <div class="dim">{of.reason}</div>}
        </dd>
        {of.calledOffBy ? (
          <>
            <dt>Called off</dt>
            <dd>
              by {of.calledOffBy}, <Moment at={of.endedAt} />
            </dd>
          </>
        ) : (
          <>
            <dt>Begins</dt>
            <dd>
              <Moment at={of.dueAt} />, or as soon as nothing flies
            </dd>
          </>
        )}
        {of.inTheWay.length > 0 && (
          <>
            <dt>In the way</dt>
            <dd>{of.inTheWay.join(", ")}</dd>
          </>
        )}
      </dl>
    </>
  );
}

function Ask({ name, onDone, onClose }: { name: string; onDone: () => void; onClose: () => void }) {
  const typed = useSignal("");
  const why = useSignal("");
  const start = useAction(async () => {
    await answer(api.POST("/v1/org/deletion", { body: { name: typed.value, reason: why.value.trim() } }));
    onDone();
  });
  return (
    <Dialog title="Delete the organisation?" onClose={onClose}>
      <p>
        After days in which it can be called off, docks are unpaired, missions, streams, rooms, schedules and webhooks
        end, and every document and file goes, for good. Export first what you want to keep.
      </p>
      <TextField label="Its name, repeated" hint={`As it is written: ${name}`} autocomplete="off" {...bound(typed)} />
      <TextField label="Reason" hint="It stands in the line that is left." maxLength={300} {...bound(why)} />
      <Problem error={start.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="danger"
          reason={typed.value === name ? undefined : "Repeat the name as it is written."}
          pending={start.pending.value}
          onClick={start.run}
        >
          Delete it
        </Button>
      </div>
    </Dialog>
  );
}
