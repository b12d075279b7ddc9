/** How far a flight's photos and videos have come. */

import { Link } from "wouter-preact";
import { answer, api, Refused } from "../../api/client";
import { useResource } from "../../state/resource";
import { Moment, Problem, StatusTag } from "../../ui";

const EVERY = 5000; // ms
const NOT_FOUND = 404;

export function FlightMedia({ flight }: { flight: string }) {
  const media = useResource(
    async () => {
      try {
        return await answer(api.GET("/v1/flights/{flight_id}/media", { params: { path: { flight_id: flight } } }));
      } catch (error) {
        if (error instanceof Refused && error.problem.status === NOT_FOUND) return null;
        throw error;
      }
    },
    [flight],
    EVERY,
  );
  const found = media.data.value;
  return (
    <section class="card" aria-label="Files">
      <h2>Photos and videos</h2>
      <Problem error={media.error.value} />
      {(found === null || (found && !found.status)) && <p class="dim">No files have been announced, and none came.</p>}
      {found?.status && (
        <>
          <p class="row">
            <StatusTag status={found.status} />
            <Link href={`/media?flight=${flight}`}>Open the files</Link>
          </p>
          <dl class="facts">
            <dt>Photos</dt>
            <dd>{found.photos}</dd>
            <dt>Videos</dt>
            <dd>{found.videos}</dd>
            <dt>Side files</dt>
            <dd>{found.sideFiles}</dd>
            <dt>Expected</dt>
            <dd>{found.expected ?? found.announced ?? "not said"}</dd>
            {found.dueAt && (
              <>
                <dt>Waited for until</dt>
                <dd>
                  <Moment at={found.dueAt} />
                </dd>
              </>
            )}
          </dl>
          {found.missing.length > 0 && <p class="warn">Missing: {found.missing.join(", ")}</p>}
        </>
      )}
    </section>
  );
}
