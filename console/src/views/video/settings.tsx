/** What an operator wants of a dock's stream: cameras, quality, way, stopped. The dock's own word is what is shown. */

import { useSignal } from "@preact/signals";
import type { StreamChoice } from "../../api/client";
import { type DockState, nameOf } from "../../state/docks";
import { lacksRole } from "../../state/session";
import { Button, bound, Choice, Dialog, Problem, Tick } from "../../ui";
import { useChoose, videosOf } from "./choose";
import { cameraName, QUALITIES } from "./stream";

export function Quality({ dock }: { dock: DockState }) {
  const choose = useChoose(dock.sn);
  const asked = useSignal<string | null>(null);
  const said = dock.view.value.stream?.quality;
  const now = said == null ? "" : String(said);
  const waiting = asked.value !== null && asked.value !== now;
  const reason = lacksRole("operator");
  return (
    <div class="video-quality">
      <label>
        <span class="unseen">Quality of {nameOf(dock.view.value)}</span>
        <select
          value={now}
          title={reason ?? "Quality"}
          disabled={reason !== undefined || choose.pending.value}
          onChange={(event) => {
            asked.value = event.currentTarget.value;
            event.currentTarget.value = now; // until the dock has it
            void choose.run({ quality: Number(asked.value) }).then((done) => {
              if (!done) asked.value = null;
            });
          }}
        >
          {now === "" && <option value="">quality not known</option>}
          {QUALITIES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {waiting && (
        <span class="dim" role="status">
          asked for {QUALITIES.find(([value]) => value === asked.value)?.[1]}…
        </span>
      )}
      <Problem error={choose.error.value} />
    </div>
  );
}

export function StreamSettings({ dock }: { dock: DockState }) {
  const open = useSignal(false);
  const noRole = lacksRole("operator");
  const view = dock.view.value;
  const reason = noRole ?? (view.online ? undefined : "The dock is offline.");
  return (
    <>
      <Button
        label={`Cameras of ${nameOf(view)}`}
        reason={reason}
        onClick={() => {
          open.value = true;
        }}
      >
        Cameras…
      </Button>
      {open.value && (
        <Settings
          dock={dock}
          onClose={() => {
            open.value = false;
          }}
        />
      )}
    </>
  );
}

function Settings({ dock, onClose }: { dock: DockState; onClose: () => void }) {
  const { stream } = dock.view.value;
  const choose = useChoose(dock.sn);
  const videos = videosOf(dock);
  const main = useSignal(stream?.videoId ?? videos[0] ?? "");
  const also = useSignal<string[]>((stream?.also ?? []).map((each) => each.videoId));
  const protocol = useSignal<"auto" | "whip" | "rtmp">("auto");
  const stopped = stream?.phase === "stopped";
  const run = async (body: StreamChoice) => {
    if (await choose.run(body)) onClose();
  };
  return (
    <Dialog title={`Cameras of ${nameOf(dock.view.value)}`} onClose={onClose}>
      {videos.length === 0 ? (
        <p class="empty">The dock names no camera now: its aircraft is off.</p>
      ) : (
        <>
          <Choice
            label="First camera"
            {...bound(main)}
            choices={videos.map((id) => [id, `${cameraName(id)} (${id.split("/")[2]})`] as const)}
          />
          <fieldset>
            <legend>Beside it, as far as the dock can</legend>
            {videos
              .filter((id) => id !== main.value)
              .map((id) => (
                <Tick
                  key={id}
                  checked={also.value.includes(id)}
                  onTick={(on) => {
                    also.value = on ? [...also.value, id] : also.value.filter((each) => each !== id);
                  }}
                >
                  {cameraName(id)}
                </Tick>
              ))}
          </fieldset>
          <Choice
            label="Way"
            hint={stream?.protocol ? `Now ${stream.protocol}.` : "Automatic: WHIP, and RTMP for a dock that cannot."}
            value={protocol.value}
            choices={[
              ["auto", "automatic"],
              ["whip", "WHIP"],
              ["rtmp", "RTMP"],
            ]}
            onValue={(way) => {
              protocol.value = way as "auto" | "whip" | "rtmp";
            }}
          />
        </>
      )}
      <p class="dim">It lasts until the dock leaves the mission.</p>
      <Problem error={choose.error.value} />
      <div class="row end">
        <Button pending={choose.pending.value} onClick={() => run({ stopped: !stopped })}>
          {stopped ? "Start the stream" : "Stop the stream"}
        </Button>
        <Button
          kind="main"
          pending={choose.pending.value}
          reason={main.value ? undefined : "There is no camera to choose."}
          onClick={() =>
            run({
              videoId: main.value,
              also: also.value.filter((id) => id !== main.value),
              protocol: protocol.value,
            })
          }
        >
          Show these
        </Button>
      </div>
    </Dialog>
  );
}
