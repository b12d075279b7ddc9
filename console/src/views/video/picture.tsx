/** A video with what the aircraft's AI sees drawn over it. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Box, Detections, Stream } from "./stream";

const BOXES_LAST = 2000; // ms; without news for so long they are of another picture

interface Props {
  stream: Stream;
  name: string;
  /** Called with a box that was clicked. */
  onFollow: (box: Box) => void;
  /** Why a target cannot be followed. */
  reason: string | undefined;
}

export function Picture({ stream, name, onFollow, reason }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const ratio = useSignal(16 / 9);
  const shown = useBoxes(stream);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let attached: { detach: (from: HTMLVideoElement) => unknown } | null = null;
    const end = stream.track.subscribe((track) => {
      attached?.detach(element);
      attached = track;
      if (!track) return;
      element.muted = true; // browsers play what is muted without being asked
      track.attach(element);
      void element.play().catch((error) => console.warn(`${stream.identity} does not play by itself:`, error));
    });
    return () => {
      end();
      attached?.detach(element);
    };
  }, [stream]);

  const lost = stream.lostSince.value !== null;
  return (
    <div class="video-picture" style={{ "--ratio": `${ratio.value}` }}>
      <video
        ref={video}
        aria-label={name}
        muted
        playsInline
        autoplay
        onResize={(event) => {
          const { videoWidth, videoHeight } = event.currentTarget;
          if (videoWidth && videoHeight) ratio.value = videoWidth / videoHeight;
        }}
      />
      {!lost && shown.value && (
        <ul class="video-boxes" aria-label="What the aircraft's AI sees">
          {shown.value.boxes.map((box) => (
            <Target
              key={box.id}
              box={box}
              followed={shown.value?.track === box.id}
              onFollow={onFollow}
              reason={reason}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

/** The boxes that belong to the picture on screen: pictures wait here for a moment that data does not. */
function useBoxes(stream: Stream) {
  const shown = useSignal<Detections | null>(null);
  const timers = useRef(new Set<number>());
  const last = useRef<number | undefined>(undefined);
  useSignalEffect(() => {
    const said = stream.detections.value;
    const wait = stream.measured.peek()?.waiting ?? 0;
    const timer = window.setTimeout(() => {
      timers.current.delete(timer);
      shown.value = said?.data ?? null;
      clearTimeout(last.current);
      last.current = window.setTimeout(() => {
        shown.value = null;
      }, BOXES_LAST);
    }, wait);
    timers.current.add(timer);
  });
  useEffect(
    () => () => {
      for (const timer of timers.current) clearTimeout(timer);
      clearTimeout(last.current);
    },
    [],
  );
  return shown;
}

interface TargetProps {
  box: Box;
  followed: boolean;
  onFollow: (box: Box) => void;
  reason: string | undefined;
}

function Target({ box, followed, onFollow, reason }: TargetProps) {
  const percent = (part: number) => `${(part * 100).toFixed(2)}%`;
  const far = box.distance === null ? "" : ` ${box.distance.toFixed(0)} m`;
  const text = `${box.kind}${far}${box.state === "tracked" ? "" : `, ${box.state}`}`;
  return (
    <li
      class={`video-box ${box.kind} ${followed ? "followed" : ""}`}
      style={{
        left: percent(box.x - box.width / 2),
        top: percent(box.y - box.height / 2),
        width: percent(box.width),
        height: percent(box.height),
      }}
    >
      <button
        type="button"
        aria-label={followed ? `${text}, followed` : `Follow ${text}`}
        aria-disabled={reason !== undefined || followed}
        title={followed ? "This is followed" : (reason ?? "Follow this")}
        onClick={() => reason === undefined && !followed && onFollow(box)}
      >
        <span>
          {text}
          {followed && " · followed"}
        </span>
      </button>
    </li>
  );
}
