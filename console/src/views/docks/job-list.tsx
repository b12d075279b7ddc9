/** What the dock was told in remote debugging, how far it is, and how it ended, by the dock's own word. */

import type { JobView } from "../../api/client";
import type { Resource } from "../../state/resource";
import { Age, List, Tag, type Tone } from "../../ui";
import { labelOf } from "./jobs";

const TONES: Record<JobView["status"], Tone> = {
  waiting: "idle",
  running: "busy",
  ok: "good",
  failed: "bad",
  refused: "bad",
  silent: "warn",
};

export function JobList({ of }: { of: Resource<JobView[]> }) {
  return (
    <>
      <h3>Jobs</h3>
      <List
        of={of}
        caption="Jobs"
        columns={["What", "State", "What the dock said", "By", "When"]}
        keyOf={(job) => job.id}
        row={(job) => [
          <>
            {labelOf(job.method)}
            {Object.keys(job.data).length > 0 && <div class="dim">{JSON.stringify(job.data)}</div>}
          </>,
          <span key="state" role="status">
            <Tag tone={TONES[job.status]}>{job.status}</Tag>
            {job.status === "running" && <Progress of={job} />}
          </span>,
          <Answer key="answer" of={job} />,
          <>
            {job.user}
            {job.reason && <div class="dim">{job.reason}</div>}
          </>,
          <Age key="at" at={job.createdAt} />,
        ]}
        empty="The dock was told nothing yet."
      />
    </>
  );
}

function Progress({ of }: { of: JobView }) {
  return (
    <>
      {of.percent != null && (
        <>
          {" "}
          <progress max={100} value={of.percent} aria-label={`Progress of ${labelOf(of.method)}`} /> {of.percent} %
        </>
      )}
      {of.step && <div class="dim">{of.step}</div>}
    </>
  );
}

function Answer({ of }: { of: JobView }) {
  if (of.status === "running" || of.status === "waiting") return <span class="dim">not done yet</span>;
  if (of.status === "ok") return <>done</>;
  return (
    <>
      {of.meaning ?? "no reason"}
      {of.result != null && <span class="bad"> DJI {of.result}</span>}
      {of.cure && <div class="dim">{of.cure}</div>}
    </>
  );
}
