/** One saga's logbook, as its own worker tells it now. */

import { answer, api } from "../../api/client";
import { useResource } from "../../state/resource";
import { Age, Dialog, Moment, Problem, StatusTag } from "../../ui";
import { statusWord } from "./words";

export function Logbook({ id, onClose }: { id: string; onClose: () => void }) {
  const saga = useResource(
    () => answer(api.GET("/v1/sagas/{workflow_id}", { params: { path: { workflow_id: id } } })),
    [id],
  );
  const found = saga.data.value;
  return (
    <Dialog title={id} wide onClose={onClose}>
      <Problem error={saga.error.value} />
      {found && (
        <>
          <p class="row">
            {found.status && <StatusTag status={statusWord(found.status)} />} {found.phase}
            <Age at={saga.at.value} oldAfter={15} />
            <a href={found.temporal} target="_blank" rel="noreferrer">
              Temporal ↗
            </a>
          </p>
          {found.summary && <p>{found.summary}</p>}
          <dl class="facts">
            <dt>Began</dt>
            <dd>
              <Moment at={found.startedAt} />
            </dd>
            <dt>Ended</dt>
            <dd>
              <Moment at={found.closedAt} />
            </dd>
            <dt>Events in its history</dt>
            <dd>{found.events || "not counted yet"}</dd>
          </dl>
          <h3>Logbook</h3>
          {found.logbook ? (
            <pre class="sagas-logbook">{found.logbook}</pre>
          ) : (
            <p class="dim">No worker answers for it, so there is no logbook now. Temporal's page has its history.</p>
          )}
        </>
      )}
    </Dialog>
  );
}
