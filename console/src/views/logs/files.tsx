/** The files of an upload, one a device: how far each is, and the way to fetch it. */

import { answer, api, type LogUploadView } from "../../api/client";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bytes, count, Problem, StatusTag } from "../../ui";

type Device = LogUploadView["files"][number]["device"];

export function LogFiles({ of }: { of: LogUploadView }) {
  const fetched = useAction(async (device: Device) => {
    const params = { path: { logs_id: of.id }, query: { device } };
    const found = await answer(api.GET("/v1/logs/{logs_id}/link", { params }));
    location.assign(found.url); // a download: the page stays
  });
  return (
    <>
      {of.files.map((file) => (
        <div key={file.device} class="logs-file">
          <div class="row">
            <strong>{file.device}</strong> {count(file.boots.length, "log")}, {bytes(file.size ?? file.listed)}
            <StatusTag status={file.status} />
            {file.status === "ok" && (
              <Button
                label={`Download the logs of the ${file.device}`}
                reason={lacksRole("operator")}
                pending={fetched.pending.value}
                onClick={() => fetched.run(file.device)}
              >
                Download
              </Button>
            )}
          </div>
          {file.status === "waiting" && file.percent != null && (
            <div class="row">
              <progress max={100} value={file.percent} aria-label={`Upload of the ${file.device}'s logs`} />{" "}
              {file.percent} %
            </div>
          )}
          {file.meaning && (
            <div>
              {file.meaning}
              {file.result != null && file.result !== 0 && <span class="dim"> DJI {file.result}</span>}
            </div>
          )}
          {file.cure && <div>{file.cure}</div>}
        </div>
      ))}
      <Problem error={fetched.error.value} />
    </>
  );
}
