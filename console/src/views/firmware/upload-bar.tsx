/** How far the upload of a package is, and what went wrong with it. */

import { useEffect } from "preact/hooks";
import { now } from "../../state/clock";
import { Button, bytes, duration, Problem } from "../../ui";
import { busy, type Stage, type Upload, upload } from "./upload";

const WORDS: Record<Stage, string> = {
  reading: "Taking its MD5",
  announcing: "Announcing it",
  uploading: "Uploading",
  checking: "The API checks what came",
  done: "Ready for rollouts",
  failed: "Not uploaded",
};

export function UploadBar({ onDone }: { onDone: () => unknown }) {
  const at = upload.value;
  const over = at?.stage === "done" || at?.stage === "failed";
  useEffect(() => {
    if (over) void onDone();
  }, [over]);
  if (!at) return null;
  const counted = at.stage === "reading" || at.stage === "uploading";
  return (
    <section class="card firmware-upload" aria-label="Upload">
      <div class="row apart">
        <strong>{at.name}</strong>
        {busy(at) ? (
          <Button reason={at.stage === "checking" ? "It is up already." : undefined} onClick={at.stop}>
            Stop
          </Button>
        ) : (
          <Button
            onClick={() => {
              upload.value = null;
            }}
          >
            Close
          </Button>
        )}
      </div>
      <p aria-live="polite">{WORDS[at.stage]}</p>
      {counted && (
        <>
          <progress max={at.size} value={at.done} aria-label={WORDS[at.stage]} />
          <p class="dim">
            {bytes(at.done)} of {bytes(at.size)}, {Math.floor((100 * at.done) / at.size)} %{left(at)}
          </p>
        </>
      )}
      <Problem error={at.error} />
    </section>
  );
}

function left(at: Upload): string {
  const seconds = (now.value - at.since) / 1000;
  if (seconds < 3 || !at.done) return "";
  return `, some ${duration((seconds * (at.size - at.done)) / at.done)} left`;
}
