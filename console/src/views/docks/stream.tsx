/** The dock's stream to its mission's room: what runs, stopped and started, camera, lens and quality. */

import { answer, api, type StreamChoice } from "../../api/client";
import { type DockState, type Properties, refreshDocks } from "../../state/docks";
import { useAction } from "../../state/resource";
import { Age, Button, Choice, Problem, StatusTag } from "../../ui";
import { awayOf } from "./allowed";

const QUALITIES = [
  ["0", "adaptive"],
  ["1", "smooth"],
  ["2", "SD"],
  ["3", "HD"],
  ["4", "UHD"],
] as const;

export function StreamOf({ dock }: { dock: DockState }) {
  const view = dock.view.value;
  const stream = view.stream;
  const choose = useAction(async (choice: StreamChoice) => {
    await answer(api.POST("/v1/docks/{sn}/stream", { params: { path: { sn: dock.sn } }, body: choice }));
    await refreshDocks();
  });
  const reason = awayOf(view);
  const pending = choose.pending.value;
  const stopped = stream?.phase === "stopped";
  const cameras = camerasOf(dock.dock.value.data);
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
              <dd>{cameraName(stream.videoId, dock.sn)}</dd>
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
                {cameraName(other.videoId, dock.sn)}: {other.state}
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
            value={cameras.some(([id]) => id === stream?.videoId) ? (stream?.videoId ?? "") : ""}
            choices={[
              ...(cameras.some(([id]) => id === stream?.videoId) ? [] : [["", "not known"] as const]),
              ...cameras.map(([id]) => [id, cameraName(id, dock.sn)] as const),
            ]}
            disabled={pending || cameras.length === 0}
            onValue={(videoId) => videoId && choose.run({ videoId })}
          />
          <Choice
            label="Quality"
            value={String(stream?.quality ?? 0)}
            choices={QUALITIES}
            disabled={pending}
            onValue={(quality) => choose.run({ quality: Number(quality) })}
          />
        </div>
      )}
    </section>
  );
}

const list = (said: unknown): Properties[] => (Array.isArray(said) ? said : []);

/** Video ids that dock and aircraft offer, as `live_capacity` says it. */
function camerasOf(said: Properties): [id: string][] {
  const found: [string][] = [];
  for (const device of list((said.live_capacity as Properties | undefined)?.device_list))
    for (const camera of list(device.camera_list))
      for (const video of list(camera.video_list))
        found.push([`${device.sn}/${camera.camera_index}/${video.video_index}`]);
  return found;
}

/** `aircraft, 99-0-0` of `SN/99-0-0/normal-0`. */
function cameraName(videoId: string, dock: string): string {
  const [sn, camera] = videoId.split("/");
  return `${sn === dock ? "dock" : "aircraft"}, camera ${camera}`;
}
