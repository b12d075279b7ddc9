/** Orders to what not every dock's aircraft has: night vision, spotlight, speaker; and any other method by its name. */

import { type Signal, useSignal } from "@preact/signals";
import SparkMD5 from "spark-md5";
import { answer, api } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, bound, Choice, Problem, TextField } from "../../ui";
import { Group, modelOf, type Order, Pick } from "./payload";

const LIGHT = [
  ["0", "off"],
  ["1", "steady"],
  ["2", "flashing"],
  ["3", "flashing fast"],
  ["4", "flashing in turns"],
] as const;
const NIGHT = [
  ["0", "off"],
  ["1", "on"],
  ["2", "automatic"],
] as const;
const PORTS = ["0", "1", "2", "3"].map((each) => [each, each] as const);
const ONLY_DOCK_3 = "Only a Dock 3's aircraft has it.";

interface Props {
  dock: DockState;
  order: Order;
  /** Why the payload is not ours. */
  none: string | undefined;
  /** The same, or why no camera can be told anything. */
  reason: string | undefined;
  act: (method: string, data?: Record<string, unknown>) => void;
}

export function Accessories({ dock, order, none, reason, act }: Props) {
  const third = modelOf(dock) === 3 ? undefined : ONLY_DOCK_3;
  const busy = order.pending.value;
  const sn = dock.sn;
  const spotlight = useAction((on: boolean) =>
    answer(api.PATCH("/v1/docks/{sn}/ai", { params: { path: { sn } }, body: { spotlight: on, resetScore: false } })),
  );
  return (
    <>
      <Group name="Night">
        <Pick
          name="Night mode"
          of={NIGHT}
          reason={third ?? reason}
          pending={busy}
          onPick={(mode) => act("drc_camera_night_mode_set", { mode: Number(mode) })}
        />
        {[true, false].map((enable) => (
          <Button
            key={`${enable}`}
            reason={third ?? reason}
            pending={busy}
            onClick={() => act("drc_camera_night_vision_enable", { enable })}
          >
            Night vision {enable ? "on" : "off"}
          </Button>
        ))}
        {[true, false].map((enable) => (
          <Button
            key={`${enable}`}
            reason={third ?? reason}
            pending={busy}
            onClick={() => act("drc_infrared_fill_light_enable", { enable })}
          >
            Near-infrared light {enable ? "on" : "off"}
          </Button>
        ))}
      </Group>
      <Group name="Following">
        {[true, false].map((on) => (
          <Button
            key={`${on}`}
            reason={third ?? lacksRole("operator")}
            pending={spotlight.pending.value}
            onClick={() => spotlight.run(on)}
          >
            Spotlight zoom {on ? "on" : "off"}
          </Button>
        ))}
        <span class="dim">Lets a target in the video be followed.</span>
        <Problem error={spotlight.error.value} />
      </Group>
      <Ports none={none} third={third} order={order} />
      <Other none={none} order={order} />
    </>
  );
}

interface PortsProps {
  none: string | undefined;
  third: string | undefined;
  order: Order;
}

/** Light and speaker hang at a payload port, whose number only people on the spot know. */
function Ports({ none, third, order }: PortsProps) {
  const port = useSignal("2");
  const brightness = useSignal("50");
  const volume = useSignal("50");
  const text = useSignal("");
  const busy = order.pending.value;
  const psdk_index = Number(port.value);
  const run = (method: string, data: Record<string, unknown> = {}) => void order.run(method, { psdk_index, ...data });
  const within = (value: string) =>
    Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= 100 ? undefined : "From 1 to 100.";
  // Dock 3 takes the speaker's orders over the live link too; those over services are the same on all.
  return (
    <>
      <Choice label="Payload port of light and speaker" {...bound(port)} choices={PORTS} />
      <Group name="Spotlight">
        <Pick
          name="Light"
          of={LIGHT}
          reason={third ?? none}
          pending={busy}
          onPick={(mode) => run("drc_light_mode_set", { group: 0, mode: Number(mode) })}
        />
        <span class="row sticks-pick">
          <Percent label="Brightness, 1 to 100" value={brightness} />
          <Button
            label="Set brightness"
            reason={third ?? none ?? within(brightness.value)}
            pending={busy}
            onClick={() => run("drc_light_brightness_set", { group: 0, brightness: Number(brightness.value) })}
          >
            Set
          </Button>
        </span>
      </Group>
      <Group name="Speaker">
        <TextField label="Text to speak" {...bound(text)} maxLength={500} />
        <Button
          reason={none ?? (text.value.trim() ? undefined : "Write the text first.")}
          pending={busy}
          onClick={() => {
            const said = text.value.trim();
            run("speaker_tts_play_start", { tts: { name: said.slice(0, 32), text: said, md5: SparkMD5.hash(said) } });
          }}
        >
          Speak
        </Button>
        <Button reason={none} pending={busy} onClick={() => run("speaker_replay")}>
          Again
        </Button>
        <Button reason={none} pending={busy} onClick={() => run("speaker_play_stop")}>
          End
        </Button>
        <span class="row sticks-pick">
          <Percent label="Volume, 1 to 100" value={volume} />
          <Button
            label="Set volume"
            reason={none ?? within(volume.value)}
            pending={busy}
            onClick={() => run("speaker_play_volume_set", { play_volume: Number(volume.value) })}
          >
            Set
          </Button>
        </span>
      </Group>
    </>
  );
}

function Percent({ label, value }: { label: string; value: Signal<string> }) {
  return <TextField label={label} type="number" min={1} max={100} {...bound(value)} />;
}

/** Everything else that the model has: `argus dji methods` lists it, and the server checks it before anything is sent. */
function Other({ none, order }: { none: string | undefined; order: Order }) {
  const method = useSignal("");
  const data = useSignal("{}");
  const wrong = objectIn(data.value) === null ? "The data is no JSON object." : undefined;
  return (
    <details>
      <summary>Another order, by DJI's name</summary>
      <TextField
        label="Method"
        hint="As in DJI's Cloud API: camera_…, ir_metering_…, psdk_…, drc_…"
        value={method.value}
        spellcheck={false}
        onValue={(text) => {
          method.value = text.trim();
        }}
      />
      <TextField label="Data" hint="A JSON object with DJI's fields." {...bound(data)} spellcheck={false} />
      <Button
        reason={none ?? (method.value ? wrong : "Name the method first.")}
        pending={order.pending.value}
        onClick={() => void order.run(method.value, objectIn(data.value) ?? {})}
      >
        Send
      </Button>
    </details>
  );
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
