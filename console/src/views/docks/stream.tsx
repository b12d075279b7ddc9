/** The dock's stream to its mission's room: what runs, stopped and started, camera, lens and quality. */

import type { DockState } from "../../state/docks";
import { Age, Button, Choice, Problem, StatusTag } from "../../ui";
import { useChoose, videosOf } from "../video/choose";
import { cameraName, QUALITIES } from "../video/stream";
import { awayOf } from "./allowed";

const UNKNOWN = ["", "not known"] as const;

export function StreamOf({ dock }: { dock: DockState }) {
  const view = dock.view.value;
  const stream = view.stream;
  const choose = useChoose(dock.sn);
  const reason = awayOf(view);
  const pending = choose.pending.value;
  const stopped = stream?.phase === "stopped";
  const videos = videosOf(dock);
  const now = videos.find((id) => id === stream?.videoId);
  return (
    <section class="card">
      <h2>Stream</h2>
      {!view.missionId && (
        <p>None: the dock is in no mission. Once it is assigned to one, its stream starts by itself.</p>
      )}
      {view.missionId && !stream && <p class="dim">None yet.</p>}
      {stream && (
        <dl class="facts" aria-live="polite">
          <dt>State</dt>
          <dd>
            <StatusTag status={stream.phase} /> since <Age at={stream.since} />
          </dd>
          {stream.videoId && (
            <>
              <dt>Camera</dt>
              <dd>{cameraName(stream.videoId)}</dd>
            </>
          )}
          {stream.quality != null && (
            <>
              <dt>Quality</dt>
              <dd>{QUALITIES[stream.quality]?.[1] ?? stream.quality}</dd>
            </>
          )}
          {stream.protocol && (
            <>
              <dt>Sent by</dt>
              <dd>{stream.protocol.toUpperCase()}</dd>
            </>
          )}
          {stream.also?.map((other) => (
            <>
              <dt>Also</dt>
              <dd>
                {cameraName(other.videoId)}: {other.state}
              </dd>
            </>
          ))}
        </dl>
      )}
      {stream?.error && <p class="warn">{stream.error}</p>}
      <Problem error={choose.error.value} />
      {view.missionId && (
        <div class="row">
          {stopped ? (
            <Button kind="main" pending={pending} reason={reason} onClick={() => choose.run({ stopped: false })}>
              Start the stream
            </Button>
          ) : (
            <Button pending={pending} reason={reason} onClick={() => choose.run({ stopped: true })}>
              Stop the stream
            </Button>
          )}
        </div>
      )}
      {!reason && view.missionId && (
        <div class="row">
          <Choice
            label="Camera"
            hint="Pinned until the dock leaves the mission"
            value={now ?? ""}
            choices={[...(now ? [] : [UNKNOWN]), ...videos.map((id) => [id, cameraName(id)] as const)]}
            disabled={pending || videos.length === 0}
            onValue={(videoId) => videoId && choose.run({ videoId })}
          />
          <Choice
            label="Quality"
            value={String(stream?.quality ?? "")}
            choices={[...(stream?.quality == null ? [UNKNOWN] : []), ...QUALITIES]}
            disabled={pending}
            onValue={(quality) => quality && choose.run({ quality: Number(quality) })}
          />
        </div>
      )}
    </section>
  );
}
