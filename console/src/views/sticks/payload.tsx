/** Orders to camera, gimbal, light and speaker, as the dock's model has them. */

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { DockState } from "../../state/docks";
import { type Action, useAction } from "../../state/resource";
import { Button, bound, Choice, Problem, TextField } from "../../ui";
import { videosOf } from "../video/choose";
import { Accessories } from "./accessories";
import { CameraSays } from "./camera";
import type { Link } from "./link";
import type { Point } from "./orders";

const LENSES = [
  ["wide", "wide-angle"],
  ["zoom", "zoom"],
  ["ir", "infrared"],
] as const;

const MODES = [
  ["0", "photo"],
  ["1", "video"],
  ["2", "smart low light"],
  ["3", "panorama"],
  ["4", "photos at intervals"],
] as const;

const GIMBAL = [
  [0, "Straight ahead"],
  [1, "Straight down"],
  [2, "Ahead, keeping the pitch"],
  [3, "Down, keeping the yaw"],
] as const;

const DRAGS = [
  ["↑", "Look up", 10, 0],
  ["↓", "Look down", -10, 0],
  ["←", "Look left", 0, -10],
  ["→", "Look right", 0, 10],
] as const;

export type Order = Action<[method: string, data?: Record<string, unknown>]>;

/** The number of the dock's model: 1 to 3; 0 where it is another. */
export const modelOf = (dock: DockState): number =>
  Number(/^3-([123])-0$/.exec(dock.view.value.product ?? "")?.[1] ?? 0);

/** The cameras that the aircraft names, as `99-0-0`. */
function camerasOf(dock: DockState): string[] {
  const said = dock.aircraft.value.data.cameras;
  const named = Array.isArray(said) ? said.map((each) => each?.payload_index) : [];
  const streamed = videosOf(dock)
    .filter((id) => !id.startsWith(dock.sn) && !id.includes("/176-"))
    .map((id) => id.split("/")[1]);
  return [...new Set([...named, ...streamed])].filter((each): each is string => typeof each === "string");
}

interface Props {
  link: Link;
  dock: DockState;
  point: Signal<Point | null>;
}

export function Payload({ link, dock, point }: Props) {
  const cameras = camerasOf(dock);
  const chosen = useSignal<string | null>(null);
  const camera = chosen.value && cameras.includes(chosen.value) ? chosen.value : (cameras[0] ?? null);
  const done = useSignal<string | null>(null);
  const order: Order = useAction(async (method: string, data: Record<string, unknown> = {}) => {
    done.value = null;
    const said = await link.command(method, data);
    done.value = `${method}: ${said.meaning || "done"}`;
  });
  const none = link.holds.includes("payload") ? undefined : "Take the payload first.";
  const reason = none ?? (camera ? undefined : "The aircraft names no camera: it is off.");
  const act = (method: string, data: Record<string, unknown> = {}) =>
    void order.run(method, { payload_index: camera, ...data });
  const busy = order.pending.value;
  return (
    <section class="card sticks-payload" aria-labelledby="sticks-payload">
      <h2 id="sticks-payload">Payload</h2>
      {none && <p class="dim">{none}</p>}
      {cameras.length > 1 && (
        <Choice
          label="Camera"
          value={camera ?? ""}
          choices={cameras.map((each) => [each, each] as const)}
          onValue={(each) => {
            chosen.value = each;
          }}
        />
      )}
      <CameraSays link={link} dock={dock} camera={camera} />
      <Group name="Camera">
        <Button reason={reason} pending={busy} onClick={() => act("camera_photo_take")}>
          Take photo
        </Button>
        <Button reason={reason} pending={busy} onClick={() => act("camera_photo_stop")}>
          End photos
        </Button>
        <Button reason={reason} pending={busy} onClick={() => act("camera_recording_start")}>
          Record
        </Button>
        <Button reason={reason} pending={busy} onClick={() => act("camera_recording_stop")}>
          End recording
        </Button>
        <Pick
          name="Mode"
          of={MODES}
          reason={reason}
          pending={busy}
          onPick={(mode) => act("camera_mode_switch", { camera_mode: Number(mode) })}
        />
      </Group>
      <Group name="Gimbal">
        {DRAGS.map(([sign, name, pitch_speed, yaw_speed]) => (
          <Button
            key={name}
            label={name}
            reason={reason}
            pending={busy}
            onClick={() => act("camera_screen_drag", { locked: false, pitch_speed, yaw_speed })}
          >
            {sign}
          </Button>
        ))}
        {GIMBAL.map(([reset_mode, name]) => (
          <Button key={name} reason={reason} pending={busy} onClick={() => act("gimbal_reset", { reset_mode })}>
            {name}
          </Button>
        ))}
      </Group>
      <Group name="Lens and zoom">
        <Pick
          name="Lens of the video"
          of={LENSES}
          reason={reason}
          pending={busy}
          onPick={(video_type) => void order.run("live_lens_change", { video_type })}
        />
        <Zoom reason={reason} pending={busy} act={act} />
        <Button reason={reason} pending={busy} onClick={() => act("camera_screen_split", { enable: true })}>
          Two lenses side by side
        </Button>
        <Button reason={reason} pending={busy} onClick={() => act("camera_screen_split", { enable: false })}>
          One lens
        </Button>
      </Group>
      <LookAt dock={dock} point={point} reason={reason} pending={busy} act={act} />
      <Accessories dock={dock} order={order} none={none} act={act} reason={reason} />
      <p class="good" role="status">
        {done.value}
      </p>
      <Problem error={order.error.value} />
    </section>
  );
}

export function Group({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <fieldset class="sticks-group">
      <legend>{name}</legend>
      <div class="row">{children}</div>
    </fieldset>
  );
}

interface Act {
  reason: string | undefined;
  pending: boolean;
  act: (method: string, data?: Record<string, unknown>) => void;
}

interface PickProps {
  name: string;
  of: readonly (readonly [string, string])[];
  reason: string | undefined;
  pending: boolean;
  onPick: (value: string) => void;
}

/** A choice with a button of its own: what is chosen is an order, and not a state. */
export function Pick({ name, of, reason, pending, onPick }: PickProps) {
  const value = useSignal(of[0]?.[0] ?? "");
  return (
    <span class="row sticks-pick">
      <Choice label={name} {...bound(value)} choices={of} />
      <Button label={`Set ${name}`} reason={reason} pending={pending} onClick={() => onPick(value.value)}>
        Set
      </Button>
    </span>
  );
}

function Zoom({ reason, pending, act }: Act) {
  const lens = useSignal<string>("zoom");
  const factor = useSignal("5");
  const wrong = Number(factor.value) >= 2 && Number(factor.value) <= 200 ? undefined : "Zoom is from 2 to 200.";
  return (
    <span class="row sticks-pick">
      <Choice label="Lens to zoom" {...bound(lens)} choices={LENSES} />
      <TextField label="Zoom, times" type="number" min={2} max={200} {...bound(factor)} />
      <Button
        reason={reason ?? wrong}
        pending={pending}
        onClick={() => act("camera_focal_length_set", { camera_type: lens.value, zoom_factor: Number(factor.value) })}
      >
        Zoom
      </Button>
    </span>
  );
}

function LookAt({ dock, point, reason, pending, act }: Act & { dock: DockState; point: Signal<Point | null> }) {
  const target = point.value;
  const ground = dock.dock.value.data.height;
  const why =
    reason ??
    (target ? undefined : "Click a point on the map first.") ??
    (typeof ground === "number" ? undefined : "The dock does not say how high it stands.");
  return (
    <Group name="Look at">
      <Button
        reason={why}
        pending={pending}
        onClick={() => act("camera_look_at", { locked: false, ...target, height: Math.max(2, Number(ground)) })}
      >
        Look at the point on the map
      </Button>
      <span class="dim">The ground there is taken to be as high as at the dock.</span>
    </Group>
  );
}
