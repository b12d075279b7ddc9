/** A big, honest picture of the sticks: whether they count, where they stand, what goes out, and what that means. */

import { now } from "../../state/clock";
import { AXES, type Axis, MOVE_NAMES } from "./bindings";
import { CENTRE, deflection, type Sticks } from "./engine";
import type { Hands } from "./hands";
import type { Link } from "./link";
import type { Hello } from "./said";

const CLIPPED_SHOWN = 2000; // ms; it is said once a second

/** What to do on this page, where the process names a route of the API. */
const CURES: Record<string, string> = {
  "on-the-ground": "Take off to a point first.",
  "aircraft-off": "Take off to a point first.",
  wayline: "Return home, then cancel the way home: it hovers for you then.",
  landing: "An emergency stop ends it.",
  "no-control": "Wait; where a controller took it, ask the dock for control.",
};

interface Stand {
  tone: "off" | "wait" | "ready" | "moving" | "held";
  title: string;
  detail?: string;
}

/** Where the sticks stand, in order of what matters most. */
function standOf(link: Link, hands: Hands, bound: boolean): Stand {
  const phase = link.phase.value;
  if (phase === "opening") return { tone: "wait", title: "Connecting to the sticks…" };
  if (phase === "lost")
    return {
      tone: "held",
      title: "Connection lost: nothing is sent",
      detail: "The sticks go to neutral after 1 s, and are given back after 10 s. Connecting again…",
    };
  if (!link.holds.includes("flight"))
    return { tone: "off", title: "You do not have the sticks", detail: "Take them to fly by hand." };
  const state = link.state.value;
  if (!state) return { tone: "wait", title: "Waiting for the dock's word…" };
  const away = hands.away.value;
  if (away) return { tone: "held", title: "Neutral: sticks do not count now", detail: away };
  const { allowed, reason, detail, cure } = state.sticks;
  const todo = CURES[reason ?? ""] ?? cure;
  if (!allowed)
    return { tone: "held", title: "Sticks are held back", detail: [detail, todo].filter(Boolean).join(" ") };
  if (!bound) return { tone: "held", title: "Nothing is bound", detail: "Bind keys or a gamepad below." };
  const { held, dropped } = hands.shown.value;
  if (held.length > 0) return { tone: "moving", title: `Moving: ${held.map((each) => MOVE_NAMES[each]).join(", ")}` };
  if (dropped)
    return { tone: "held", title: "Neutral: the sticks were let go", detail: `${dropped} Let go, and press anew.` };
  return { tone: "ready", title: "Ready: sticks are neutral", detail: "What you press counts." };
}

export function Show({ link, hands, bound }: { link: Link; hands: Hands; bound: boolean }) {
  const stand = standOf(link, hands, bound);
  const asked = hands.shown.value.sticks;
  const clipped = link.clipped.value;
  const fresh = clipped !== null && stand.tone === "moving" && now.value - clipped.at < CLIPPED_SHOWN ? clipped : null;
  const sent = stand.tone === "moving" ? (fresh?.sent ?? asked) : null;
  const rates = link.hello.value?.rates;
  return (
    <section class={`sticks-show ${stand.tone}`} aria-label="Sticks">
      <div role="status">
        <strong class="sticks-stand">{stand.title}</strong>
        {stand.detail && <p>{stand.detail}</p>}
      </div>
      <div class="sticks-pads">
        <Square across="yaw" along="throttle" asked={asked} sent={sent} label="Turn and climb" />
        <Square across="roll" along="pitch" asked={asked} sent={sent} label="Sideways and forward" />
        <table class="sticks-numbers">
          <caption class="unseen">What is asked for and what is sent</caption>
          <thead>
            <tr>
              <th scope="col">Stick</th>
              <th scope="col">Asked</th>
              <th scope="col">Sent</th>
              <th scope="col">Means</th>
            </tr>
          </thead>
          <tbody>
            {AXES.map((axis) => (
              <tr key={axis}>
                <th scope="row">{axis}</th>
                <td>{asked[axis]}</td>
                <td class={sent && sent[axis] !== asked[axis] ? "warn" : undefined}>{sent ? sent[axis] : "–"}</td>
                <td>{sent && rates ? meaning(axis, sent[axis], rates) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fresh && (
        <p class="warn" role="status">
          Clipped: {fresh.detail}
        </p>
      )}
    </section>
  );
}

/** What a stick stands for at full throw of this model; the aircraft's own modes and limits come on top. */
function meaning(axis: Axis, position: number, rates: Hello["rates"]): string {
  const push = deflection(position);
  if (position === CENTRE) return "0";
  if (axis === "yaw") return `${(push * rates.turn).toFixed(0)} °/s`;
  if (axis === "throttle") return `${(push * (push > 0 ? rates.up : rates.down)).toFixed(1)} m/s`;
  return `${(push * rates.ground).toFixed(1)} m/s`;
}

interface SquareProps {
  across: Axis;
  along: Axis;
  asked: Sticks;
  sent: Sticks | null;
  label: string;
}

function Square({ across, along, asked, sent, label }: SquareProps) {
  const at = (sticks: Sticks) => ({
    cx: 50 + deflection(sticks[across]) * 42,
    cy: 50 - deflection(sticks[along]) * 42,
  });
  return (
    <figure>
      <svg viewBox="0 0 100 100" role="img" aria-label={`${label}: ${asked[across]}, ${asked[along]}`}>
        <rect x="4" y="4" width="92" height="92" rx="10" />
        <path d="M50 4V96M4 50H96" />
        <circle class="asked" r="9" {...at(asked)} />
        {sent && <circle class="sent" r="5" {...at(sent)} />}
      </svg>
      <figcaption class="dim">{label}</figcaption>
    </figure>
  );
}
