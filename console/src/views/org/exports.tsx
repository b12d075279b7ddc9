/** Exports: all that the organisation owns as one archive, made by a saga, and fetched by a link. */

import { answer, api, type ExportView, onceKey } from "../../api/client";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { Button, bytes, count, List, Moment, More, Problem, ReasonButton, SagaLink, Tag, type Tone } from "../../ui";

const OVER = ["ready", "cancelled", "failed"];
const TONES: Partial<Record<ExportView["status"], Tone>> = { ready: "good", cancelled: "idle", failed: "bad" };

export function ExportsCard() {
  const exports = usePaged(
    (after) => answer(api.GET("/v1/org/exports", { params: { query: { limit: 20, after } } })),
    [],
    3000,
  );
  const start = useAction(async (reason: string) => {
    await answer(api.POST("/v1/org/exports", { params: { header: onceKey() }, body: { reason } }));
    await exports.refresh();
  });
  const cancel = useAction(async (id: string, reason: string) => {
    const params = { path: { export_id: id } };
    await answer(api.POST("/v1/org/exports/{export_id}/cancel", { params, body: { reason } }));
    await exports.refresh();
  });
  const fetched = useAction(async (id: string) => {
    const found = await answer(api.GET("/v1/org/exports/{export_id}/link", { params: { path: { export_id: id } } }));
    location.assign(found.url); // a download: the page stays
  });
  const runs = exports.data.value?.find((each) => !OVER.includes(each.status));
  return (
    <section class="card" aria-label="Export">
      <div class="row apart">
        <h2>Export</h2>
        <ReasonButton
          title="Export all that the organisation owns?"
          detail="Documents, media, logs, firmware, routes and areas, as one archive. It may take hours where there are many files; nothing else is held up."
          yes="Export"
          pending={start.pending.value}
          reason={runs ? `One is ${runs.status} already.` : undefined}
          onClick={start.run}
        >
          Export everything
        </ReasonButton>
      </div>
      <Problem error={start.error.value ?? cancel.error.value ?? fetched.error.value} />
      <List
        of={exports}
        caption="Exports"
        columns={["Asked for", "Status", "What is in it", "Kept until", ""]}
        keyOf={(each) => each.id}
        empty="No export. One has all that the organisation owns, in one archive."
        row={(each) => [
          <>
            <Moment at={each.createdAt} />
            <div class="dim">
              by {each.requestedBy}
              {each.reason && `: ${each.reason}`}
            </div>
          </>,
          <>
            <Tag tone={TONES[each.status] ?? "busy"}>{each.status}</Tag>
            {each.error && <div class="bad">{each.error}</div>}
          </>,
          <Content key="content" of={each} />,
          <Moment key="kept" at={each.keptUntil} />,
          <div key="do" class="row">
            {each.status === "ready" && (
              <Button pending={fetched.pending.value} onClick={() => fetched.run(each.id)}>
                Download
              </Button>
            )}
            {!OVER.includes(each.status) && (
              <ReasonButton
                kind="danger"
                title="Call this export off?"
                detail="What is there of the archive goes."
                yes="Call it off"
                pending={cancel.pending.value}
                onClick={(reason) => cancel.run(each.id, reason)}
              >
                Cancel export
              </ReasonButton>
            )}
            <SagaLink saga={each.saga} />
          </div>,
        ]}
      />
      <More of={exports} />
    </section>
  );
}

function Content({ of }: { of: ExportView }) {
  return (
    <>
      {of.documents} documents, {of.files}
      {of.filesAll != null && ` of ${of.filesAll}`} files
      <div class="dim">
        {of.size != null
          ? bytes(of.size)
          : `${bytes(of.bytes)}${of.bytesAll != null ? ` of ${bytes(of.bytesAll)}` : ""}`}
      </div>
      {!OVER.includes(of.status) && of.bytesAll ? (
        <progress max={of.bytesAll} value={of.bytes} aria-label="Bytes in the archive" />
      ) : null}
      {of.leftOut > 0 && (
        <div class="warn">{count(of.leftOut, "file was", "files were")} left out, see files.jsonl</div>
      )}
    </>
  );
}
