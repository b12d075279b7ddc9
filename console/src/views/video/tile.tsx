/** One video with its name, its state and what can be changed about it. */

import { useRef } from "preact/hooks";
import { answer, api } from "../../api/client";
import { type DockState, nameOf } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Problem, StatusTag } from "../../ui";
import { Picture } from "./picture";
import { Quality, StreamSettings } from "./settings";
import { cameraName, LENSES, type Stream } from "./stream";

interface Props {
  dock: DockState;
  stream: Stream;
  /** Whether this page is in the room at all. */
  inRoom: boolean;
}

export function StreamTile({ dock, stream, inRoom }: Props) {
  const frame = useRef<HTMLElement>(null);
  const name = nameOf(dock.view.value);
  const follow = useAction((target: number) =>
    answer(api.POST("/v1/docks/{sn}/ai/follow", { params: { path: { sn: dock.sn } }, body: { target } })),
  );
  const stop = useAction(() => answer(api.DELETE("/v1/docks/{sn}/ai/follow", { params: { path: { sn: dock.sn } } })));
  const followed = !!stream.detections.value?.data.track;
  const camera = cameraName(stream.videoId);
  const lens = lensOf(dock, stream.videoId);
  const lost = stream.lostSince.value;
  return (
    <article class="video-tile" ref={frame} aria-label={`${name}, ${camera}`}>
      <Picture
        stream={stream}
        name={`${name}, ${camera}`}
        onFollow={(box) => void follow.run(box.id)}
        reason={follow.pending.value ? "A target is being chosen." : noFollowing(dock)}
      />
      <div class="video-over" role="status">
        {lost !== null ? (
          <strong class="video-lost">
            {!inRoom ? "Not in the room" : stream.track.value ? "No pictures" : "Stream lost"} since <Age at={lost} />.
            {inRoom && " It comes back by itself."}
          </strong>
        ) : (
          stream.track.value && !stream.measured.value && <span class="video-lost">First pictures…</span>
        )}
      </div>
      <footer>
        <div class="row">
          <strong>{name}</strong>
          <span>{camera}</span>
          {lens && <span class="dim">{lens}</span>}
          <Delay stream={stream} />
        </div>
        <div class="row">
          <Quality dock={dock} />
          <StreamSettings dock={dock} />
          {followed && (
            <Button reason={lacksRole("operator")} pending={stop.pending.value} onClick={stop.run}>
              Stop following
            </Button>
          )}
          <Button label={`Full screen: ${name}, ${camera}`} onClick={() => fullScreen(frame.current)}>
            Full screen
          </Button>
        </div>
        <Problem error={follow.error.value ?? stop.error.value} />
      </footer>
    </article>
  );
}

function Delay({ stream }: { stream: Stream }) {
  const measured = stream.measured.value;
  if (!measured || stream.lostSince.value !== null) return null;
  return (
    <span
      class="dim"
      title="From the room server to this screen, measured here: network, buffer and decoding. What comes before it, from the camera on, is not in it."
    >
      {measured.delay !== null && `room to screen ${measured.delay} ms`}
      {measured.framesPerSecond !== null && ` · ${measured.framesPerSecond} pictures/s`}
      {measured.height > 0 && ` · ${measured.width}×${measured.height}`}
    </span>
  );
}

/** A dock of the mission without a video: what its stream is doing, and what was wrong. */
export function NoStream({ dock }: { dock: DockState }) {
  const view = dock.view.value;
  const { stream } = view;
  return (
    <article class="video-tile video-none" aria-label={`${nameOf(view)}, no video`}>
      <div class="video-nothing">
        <p>
          <StatusTag status={stream?.phase ?? (view.online ? "no stream" : "offline")} />{" "}
          {stream?.since && <Age at={stream.since} />}
        </p>
        <p class="dim">{view.online ? why(stream?.phase) : "The dock is offline: its video comes back with it."}</p>
        {stream?.error && <p class="warn">{stream.error}</p>}
      </div>
      <footer>
        <div class="row">
          <strong>{nameOf(view)}</strong>
        </div>
        <div class="row">
          <StreamSettings dock={dock} />
        </div>
      </footer>
    </article>
  );
}

function why(phase: string | undefined): string {
  if (phase === "stopped") return "Somebody stopped this stream. It can be started again under Cameras.";
  if (phase === "live") return "The dock sends its video; it is about to appear.";
  return "The stream starts by itself as soon as a camera is there.";
}

function noFollowing(dock: DockState): string | undefined {
  const view = dock.view.value;
  if (view.product !== "3-3-0") return "Only a Dock 3's aircraft follows targets.";
  if (!view.online) return "The dock is offline.";
  return lacksRole("operator");
}

/** The lens that the dock says it shows. */
function lensOf(dock: DockState, videoId: string): string | undefined {
  const all = dock.dock.value.data.live_status;
  if (!Array.isArray(all)) return undefined;
  const type = all.find((each) => each?.video_id === videoId)?.video_type;
  return typeof type === "string" ? (LENSES[type] ?? type) : undefined;
}

function fullScreen(element: HTMLElement | null) {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void element?.requestFullscreen();
}
