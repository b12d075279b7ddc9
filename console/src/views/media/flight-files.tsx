/** Whether all files of a flight have come, what is missing and by when that is said; and having them come first. */

import { answer, api, type FlightMediaView } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, bytes, DockLink, Moment, Problem, ReasonButton, SagaLink, Tag, type Tone } from "../../ui";

const TONES: Record<NonNullable<FlightMediaView["status"]>, Tone> = {
  waiting: "busy",
  complete: "good",
  incomplete: "bad",
};

export function FlightFiles({ id }: { id: string }) {
  const path = { path: { flight_id: id } };
  const media = useResource(() => answer(api.GET("/v1/flights/{flight_id}/media", { params: path })), [id]);
  const first = useAction(async (reason: string) => {
    await answer(api.POST("/v1/flights/{flight_id}/media/first", { params: path, body: { reason } }));
    await media.refresh();
  });
  const found = media.data.value;
  const here = found ? found.photos + found.videos + found.sideFiles + found.others : 0;
  const awaited = found && Math.max(found.announced ?? 0, found.expected ?? 0);
  const nothing = found && !found.status && !here && !awaited;
  let reason = lacksRole("operator");
  if (!found || nothing) reason ??= "The dock has spoken of no files of this flight.";
  else if (awaited && here >= awaited) reason ??= "All files of this flight are there.";

  return (
    <section class="card media-flight" aria-label="Files of the flight">
      <div class="row apart">
        <h2>Files of the flight</h2>
        <ReasonButton
          title="Upload this flight's files first?"
          detail="The dock is asked to upload them before those of its other flights. It says itself whose it uploads first."
          yes="Upload first"
          pending={first.pending.value}
          reason={reason}
          onClick={first.run}
        >
          Upload first
        </ReasonButton>
      </div>
      <Problem error={media.error.value ?? first.error.value} />
      {nothing && <p>The dock has announced no files of this flight, and none came.</p>}
      {found && !nothing && (
        <>
          <p class="row" aria-live="polite">
            {found.status && <Tag tone={TONES[found.status]}>{found.status}</Tag>}
            {here} of {awaited || "an unknown number of"} files are here, {bytes(found.bytes)}
            {found.first && !found.completeAt && <Tag tone="busy">uploaded first</Tag>}
            <SagaLink saga={found.saga} />
          </p>
          {awaited ? (
            <progress max={awaited} value={Math.min(here, awaited)} aria-label="Files that have come" />
          ) : null}
          <dl class="facts">
            <dt>Photos, videos</dt>
            <dd>
              {found.photos}, {found.videos}
            </dd>
            <dt>Side files, others</dt>
            <dd>
              {found.sideFiles}, {found.others}
            </dd>
            <dt>Dock</dt>
            <dd>
              <DockLink sn={found.dockSn} />
            </dd>
            <dt>Last file</dt>
            <dd>
              <Age at={found.lastFileAt} />
            </dd>
            {found.completeAt ? (
              <>
                <dt>Complete</dt>
                <dd>
                  <Moment at={found.completeAt} />
                </dd>
              </>
            ) : (
              <>
                <dt>What is missing is named</dt>
                <dd>
                  <Moment at={found.dueAt} />
                </dd>
              </>
            )}
            {found.askedFirstBy && (
              <>
                <dt>Asked to come first</dt>
                <dd>
                  by {found.askedFirstBy}, <Moment at={found.askedFirstAt} />
                </dd>
              </>
            )}
          </dl>
          {found.missing.length > 0 && (
            <>
              <h3>Missing</h3>
              <ul>
                {found.missing.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  );
}
