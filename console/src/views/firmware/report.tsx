/** What a rollout that has ended came to. */

import type { RolloutView } from "../../api/client";
import { count, duration, Moment, StatusTag } from "../../ui";

/** As the rollout's saga writes it; the API passes it on as it is. */
interface Said {
  firstStartedAt?: string | null;
  lastEndedAt?: string | null;
  secondsMedian?: number | null;
  secondsLongest?: number | null;
  triedAgain?: number;
  reasons?: { status: string; reason: string; count: number; docks: string[] }[];
}

export function Report({ report }: { report: NonNullable<RolloutView["report"]> }) {
  const said = report as Said;
  return (
    <section class="card" aria-label="Report">
      <h2>Report</h2>
      <dl class="facts">
        <dt>First dock started</dt>
        <dd>
          <Moment at={said.firstStartedAt} />
        </dd>
        <dt>Last dock ended</dt>
        <dd>
          <Moment at={said.lastEndedAt} />
        </dd>
        <dt>An upgrade took</dt>
        <dd>
          {said.secondsMedian != null && said.secondsLongest != null
            ? `${duration(said.secondsMedian)} (median), ${duration(said.secondsLongest)} at the longest`
            : "–"}
        </dd>
        <dt>Tried more than once</dt>
        <dd>{count(said.triedAgain ?? 0, "dock")}</dd>
      </dl>
      {said.reasons && said.reasons.length > 0 && (
        <>
          <h3>What did not succeed</h3>
          <ul>
            {said.reasons.map((each) => (
              <li key={`${each.status}${each.reason}`} title={each.docks.join(", ")}>
                {count(each.count, "dock")} <StatusTag status={each.status} /> {each.reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
