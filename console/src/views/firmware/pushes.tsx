/** The docks of a rollout, each with where it is, why, what to do about it, and its versions. */

import { answer, api, type PushView } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { lacksRole } from "../../state/session";
import { Age, Choice, DockLink, List, Moment, More, ReasonButton, SagaLink, StatusTag } from "../../ui";

const STATUSES = ["pending", "waiting", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
/** What a person can have tried again. */
const RETRIABLE = ["failed", "skipped", "cancelled", "waiting"];

interface Props {
  id: string;
  /** The rollout has ended: its docks change no more. */
  over: boolean;
  retrying: boolean;
  onRetry: (reason: string, sn: string) => unknown;
}

export function PushList({ id, over, retrying, onRetry }: Props) {
  const filters = useFilters("status");
  const status = oneOf(STATUSES, filters.set.status);
  const docks = usePaged(
    (after) =>
      answer(
        api.GET("/v1/firmware/rollouts/{rollout_id}/docks", {
          params: { path: { rollout_id: id }, query: { limit: 100, after, status } },
        }),
      ),
    [id, status],
    over ? 5000 : 3000,
  );
  return (
    <>
      <h2>Docks</h2>
      <div class="filters">
        <Choice
          label="Status"
          value={status ?? ""}
          onValue={(value) => filters.change("status", value)}
          choices={[["", "All"], ...STATUSES.map((each) => [each, each] as const)]}
        />
      </div>
      <List
        of={docks}
        caption="Docks of this rollout"
        columns={["Dock", "Wave", "Status", "Where it is", "Why, and what to do", "Versions", "Try", ""]}
        keyOf={(each) => each.dockSn}
        empty={status ? "No dock of this rollout is so." : "The rollout has not written down its docks yet."}
        row={(each) => [
          <DockLink key="dock" sn={each.dockSn} />,
          each.wave,
          <StatusTag key="status" status={each.status} />,
          <Course key="course" of={each} />,
          <>
            {each.reason}
            {each.errorCode != null && <div class="dim">DJI {each.errorCode}</div>}
            {each.cure && <div>{each.cure}</div>}
          </>,
          <Versions key="versions" of={each} />,
          <>
            {each.attempt || ""}
            {each.nextTryAt && (
              <div class="dim">
                next <Moment at={each.nextTryAt} />
              </div>
            )}
          </>,
          <div key="do" class="row">
            {RETRIABLE.includes(each.status) && (
              <ReasonButton
                label={`Retry ${each.dockSn}`}
                title={`Retry dock ${each.dockSn}?`}
                detail="It is tried again from the beginning; a rollout that has ended is opened again."
                yes="Retry it"
                pending={retrying}
                reason={lacksRole("commander")}
                onClick={(reason) => onRetry(reason, each.dockSn)}
              >
                Retry
              </ReasonButton>
            )}
            {each.attempt > 0 && <SagaLink saga={each.saga} />}
          </div>,
        ]}
      />
      <More of={docks} />
    </>
  );
}

function Course({ of }: { of: PushView }) {
  const { progress } = of;
  const running = of.status === "running";
  return (
    <>
      {of.phase.replaceAll("_", " ")}
      {running && progress?.percent != null && (
        <>
          <progress max={100} value={progress.percent} aria-label={`Upgrade of ${of.dockSn}`} />
          <div class="dim">
            {progress.step?.replaceAll("_", " ")} {progress.percent} %, <Age at={progress.at} oldAfter={60} />
          </div>
        </>
      )}
      {of.endedAt ? (
        <div class="dim">
          ended <Moment at={of.endedAt} />
        </div>
      ) : (
        of.startedAt && (
          <div class="dim">
            begun <Age at={of.startedAt} />
          </div>
        )
      )}
    </>
  );
}

function Versions({ of }: { of: PushView }) {
  const parts = [...new Set([...Object.keys(of.before), ...Object.keys(of.after)])].sort().reverse();
  return (
    <>
      {parts.map((part) => (
        <div key={part}>
          <span class="dim">{part}</span> {of.before[part] ?? "?"}
          {of.after[part] && ` → ${of.after[part]}`}
        </div>
      ))}
    </>
  );
}
