/** How it stands between page, dock and aircraft: link, control, delays, speeds, and what was refused. */

import { now } from "../../state/clock";
import type { DockState } from "../../state/docks";
import { Age, Tag } from "../../ui";
import { MODES } from "../docks/modes";
import type { Link, Phase } from "./link";
import type { Push } from "./said";

const REFUSED_SHOWN = 5000; // ms
const OLD = 3; // s
const NOTHING_NEAR = 60_000; // mm

const PHASES: Record<Phase, string> = {
  none: "not connected",
  opening: "connecting",
  open: "connected",
  lost: "lost",
  ended: "not connected",
};

const LOST_CONTROL: Record<number, string> = {
  0: "the controller is lost",
  1: "it returns home on low battery",
  2: "it lands on low battery",
  3: "it is near a no-fly area",
  4: "a controller took over",
};

export function Health({ link, dock }: { link: Link; dock: DockState }) {
  const state = link.state.value;
  const delay = link.delay.value;
  const refused = link.refused.value;
  return (
    <section class="sticks-health card" aria-labelledby="sticks-health">
      <h2 id="sticks-health">Link and aircraft</h2>
      <dl class="facts">
        <dt>Page</dt>
        <dd>
          <Tag tone={link.phase.value === "open" ? "good" : link.phase.value === "lost" ? "bad" : "idle"}>
            {PHASES[link.phase.value]}
          </Tag>{" "}
          {link.phase.value !== "none" && <Age at={link.since.value} />}
        </dd>
        {state && (
          <>
            <dt>Live link</dt>
            <dd>
              <Tag tone={state.link === "open" ? "good" : state.link === "lost" ? "bad" : "busy"}>{state.link}</Tag>
              {state.problem && <span class="warn"> {state.problem}</span>}
            </dd>
            <dt>Control</dt>
            <dd>{state.control ? "given by the dock" : "not given yet"}</dd>
            <dt>Aircraft</dt>
            <dd>
              {state.aircraftMode === null
                ? "nothing heard"
                : (MODES[state.aircraftMode] ?? `mode ${state.aircraftMode}`)}
            </dd>
          </>
        )}
        <dt>Delay</dt>
        <dd>
          <Delays link={link} />
          {delay && (
            <>
              {" "}
              <Age at={delay.at} oldAfter={OLD} />
            </>
          )}
        </dd>
        <Speeds push={link.pushes.value.osd_info_push} dock={dock} />
        <Obstacles push={link.pushes.value.hsi_info_push} />
      </dl>
      <div aria-live="polite">
        {refused && now.value - refused.at < REFUSED_SHOWN && (
          <p class="warn">
            Refused: {refused.detail} {refused.cure} <Age at={refused.at} />
          </p>
        )}
        {link.alerts.value.map((alert) => (
          <p class="warn" key={alert.at}>
            {alertText(alert)} <Age at={alert.at} />
          </p>
        ))}
      </div>
    </section>
  );
}

function Delays({ link }: { link: Link }) {
  const delay = link.delay.value;
  const parts = [
    link.near.value !== null && `page ${link.near.value} ms`,
    delay?.link != null && `dock ${delay.link} ms`,
    delay?.command != null && `command ${delay.command} ms`,
    ...(delay?.video ?? []).map((each) => each.liveview_delay_time != null && `video ${each.liveview_delay_time} ms`),
  ].filter((each) => typeof each === "string");
  return (
    <span title="Page and dock: there and back, measured. Command and video: between dock and aircraft, as the dock says.">
      {parts.length > 0 ? parts.join(", ") : "not measured"}
    </span>
  );
}

function Speeds({ push, dock }: { push: Push | undefined; dock: DockState }) {
  const live = dock.aircraft.value;
  const number = (value: unknown) => (typeof value === "number" ? value : undefined);
  const [north, east, down] = ["speed_x", "speed_y", "speed_z"].map((name) => number(push?.data[name]));
  const along =
    north !== undefined && east !== undefined ? Math.hypot(north, east) : number(live.data.horizontal_speed);
  const climb = down !== undefined ? -down : number(live.data.vertical_speed);
  const height = number(push?.data.height) ?? number(live.data.height);
  const above = number(live.data.elevation);
  const heading = number(push?.data.attitude_head) ?? number(live.data.attitude_head);
  const at = push?.at ?? live.at;
  if (!at) return null;
  return (
    <>
      <dt>Speed</dt>
      <dd>
        {along?.toFixed(1) ?? "–"} m/s along, {climb?.toFixed(1) ?? "–"} m/s up <Age at={at} oldAfter={OLD} />
      </dd>
      <dt>Height</dt>
      <dd>
        {above?.toFixed(1) ?? "–"} m above take-off, {height?.toFixed(1) ?? "–"} m above the ellipsoid
      </dd>
      <dt>Heading</dt>
      <dd>{heading === undefined ? "–" : `${((heading + 360) % 360).toFixed(0)}°`}</dd>
    </>
  );
}

function Obstacles({ push }: { push: Push | undefined }) {
  if (!push) return null;
  const around = push.data.around_distances;
  const near = Array.isArray(around) ? Math.min(...around.filter((each) => each > 4)) : Number.POSITIVE_INFINITY;
  const below = push.data.down_distance;
  const metres = (mm: unknown) =>
    typeof mm === "number" && mm < NOTHING_NEAR ? `${(mm / 1000).toFixed(1)} m` : "none";
  return (
    <>
      <dt>Obstacles</dt>
      <dd>
        around {metres(near)}, below {metres(below)} <Age at={push.at} oldAfter={5} />
      </dd>
    </>
  );
}

function alertText({ method, data }: Push): string {
  if (method === "joystick_invalid_notify") {
    const reason = data.reason;
    return `The sticks no longer fly the aircraft: ${typeof reason === "number" ? (LOST_CONTROL[reason] ?? `reason ${reason}`) : "no reason given"}.`;
  }
  return data.action === 1 ? "The aircraft is on its way home." : "The aircraft has left its way home.";
}
