/** Remote logs: which a dock and its aircraft have, brought into the bucket, and fetched. */

import { answer, api, type LogUploadView } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Choice, DockLink, DockPick, List, Moment, More, Problem, SagaLink, StatusTag } from "../../ui";
import { LogFiles } from "./files";
import { LogListing } from "./listing";
import "./logs.css";

const STATUSES = [
  "waiting",
  "starting",
  "uploading",
  "ok",
  "partial",
  "failed",
  "refused",
  "cancelled",
] as const satisfies readonly LogUploadView["status"][];
const OVER: readonly LogUploadView["status"][] = ["ok", "partial", "failed", "refused", "cancelled"];

export default function Logs() {
  const filters = useFilters("dock", "status");
  const { dock } = filters.set;
  const status = oneOf(STATUSES, filters.set.status);
  const uploads = usePaged(
    (after) => answer(api.GET("/v1/logs", { params: { query: { after, dock, status } } })),
    [dock, status],
    3000,
  );
  const cancel = useAction(async (each: LogUploadView) => {
    await answer(api.POST("/v1/logs/{logs_id}/cancel", { params: { path: { logs_id: each.id } } }));
    await uploads.refresh();
  });
  return (
    <div class="pad logs">
      <h1>Logs</h1>
      <div class="filters">
        <DockPick {...filters.bound("dock")} />
      </div>
      {dock ? (
        <LogListing key={dock} sn={dock} onStarted={uploads.refresh} />
      ) : (
        <p class="dim">Choose a dock to see which logs it and its aircraft have.</p>
      )}
      <h2>Uploads</h2>
      <div class="filters">
        <Choice
          label="Status"
          value={status ?? ""}
          onValue={(to) => filters.change("status", to)}
          choices={[["", "All"], ...STATUSES.map((each) => [each, each] as const)]}
        />
      </div>
      <Problem error={cancel.error.value} />
      <div aria-live="polite">
        <List
          of={uploads}
          caption="Uploads of logs"
          columns={["Dock", "Status", "Files", "Asked for", "Kept until", ""]}
          keyOf={(each) => each.id}
          empty="No upload of logs. Choose a dock above, then its logs."
          row={(each) => [
            <DockLink key="dock" sn={each.dockSn} />,
            <>
              <StatusTag status={each.status} />
              {each.meaning && <div>{each.meaning}</div>}
              {each.result != null && each.result !== 0 && <div class="dim">DJI {each.result}</div>}
              {each.cure && <div>{each.cure}</div>}
            </>,
            <LogFiles key="files" of={each} />,
            <>
              <Moment at={each.createdAt} />
              <div class="dim">
                by {each.user}
                {each.reason && `: ${each.reason}`}
              </div>
            </>,
            <Moment key="kept" at={each.keptUntil} />,
            <div key="do" class="row">
              {!OVER.includes(each.status) && (
                <Button
                  kind="danger"
                  label={`Cancel the upload of ${each.dockSn}`}
                  reason={lacksRole("operator")}
                  pending={cancel.pending.value}
                  onClick={() => cancel.run(each)}
                  confirm={{
                    title: "Call this upload off?",
                    detail: "The dock is asked to stop. What has come whole stays.",
                    yes: "Call it off",
                  }}
                >
                  Cancel upload
                </Button>
              )}
              {each.startedAt && !each.endedAt && (
                <span class="dim">
                  begun <Age at={each.startedAt} />
                </span>
              )}
              <SagaLink saga={each.saga} />
            </div>,
          ]}
        />
      </div>
      <More of={uploads} />
    </div>
  );
}
