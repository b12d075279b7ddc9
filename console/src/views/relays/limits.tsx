/** Speeds and limits that a relay is planned with, as typed, and as the API takes them. */

import type { Signal } from "@preact/signals";
import type { Craft, RelayPlanBody } from "../../api/client";
import { dockOf } from "../../state/docks";
import { TextField } from "../../ui";

interface Bound {
  label: string;
  unit: string;
  least: number;
  most: number;
  hint?: string;
}

type Limit = "speed" | "reserve" | "rthAltitude" | "separation";

const LIMITS: Record<Limit, Bound> = {
  speed: { label: "Speed", unit: "m/s", least: 1, most: 15 },
  reserve: { label: "Battery reserve", unit: "%", least: 15, most: 80, hint: "left after each landing" },
  rthAltitude: { label: "Height of the way home", unit: "m", least: 20, most: 1450, hint: "above take-off" },
  separation: {
    label: "Separation",
    unit: "m",
    least: 0,
    most: 50,
    hint: "higher for who is sent while another flies",
  },
};

const CRAFT: Record<keyof Craft, Bound> = {
  endurance: { label: "Endurance", unit: "s", least: 300, most: 7200, hint: "in the air from 100 to 0 %" },
  radius: { label: "Radius", unit: "m", least: 100, most: 20_000, hint: "from its dock" },
  fastest: { label: "Fastest", unit: "m/s", least: 3, most: 15, hint: "through the air" },
};

const MODELS: Record<string, string> = { dock1: "Dock 1", dock2: "Dock 2", dock3: "Dock 3" };

export type Limits = Record<Limit, string>;
/** By model, as typed; what is empty is left to what is known of the model. */
export type Crafts = Record<string, Partial<Record<keyof Craft, string>>>;

export const usual: Limits = { speed: "10", reserve: "25", rthAltitude: "100", separation: "15" };

const LIMIT_NAMES = Object.keys(LIMITS) as Limit[];
const CRAFT_NAMES = Object.keys(CRAFT) as (keyof Craft)[];

/** Which models these docks are. */
export const modelsOf = (sns: string[]): string[] =>
  [...new Set(sns.map((sn) => dockOf(sn)?.view.value.model ?? ""))].filter((model) => model in MODELS).sort();

function wrong(text: string, { label, unit, least, most }: Bound, whole = false): string | undefined {
  const value = Number(text);
  const fits = text.trim() !== "" && value >= least && value <= most && (!whole || Number.isInteger(value));
  return fits ? undefined : `${label} is ${least} to ${most} ${unit}${whole ? ", whole" : ""}.`;
}

/** Why this cannot be planned with; undefined where it can. */
export function limitsReason(limits: Limits, crafts: Crafts, models: string[]): string | undefined {
  for (const name of LIMIT_NAMES) {
    const found = wrong(limits[name], LIMITS[name], name === "rthAltitude" || name === "separation");
    if (found) return found;
  }
  for (const model of models)
    for (const name of CRAFT_NAMES) {
      const text = crafts[model]?.[name]?.trim();
      const found = text ? wrong(text, CRAFT[name]) : undefined;
      if (found) return `${MODELS[model]}: ${found}`;
    }
  return undefined;
}

type Asked = Pick<RelayPlanBody, Limit | "crafts">;

export function limitsBody(limits: Limits, crafts: Crafts, models: string[]): Asked {
  const given: Record<string, Craft> = {};
  for (const model of models) {
    const known = Object.entries(crafts[model] ?? {}).filter(([, text]) => text.trim() !== "");
    if (known.length) given[model] = Object.fromEntries(known.map(([name, text]) => [name, Number(text)]));
  }
  return {
    speed: Number(limits.speed),
    reserve: Number(limits.reserve),
    rthAltitude: Number(limits.rthAltitude),
    separation: Number(limits.separation),
    crafts: given,
  };
}

const hint = ({ unit, hint, least, most }: Bound) => [`${unit}, ${least} to ${most}`, hint].filter(Boolean).join("; ");

interface Props {
  limits: Signal<Limits>;
  crafts: Signal<Crafts>;
  models: string[];
}

export function LimitFields({ limits, crafts, models }: Props) {
  return (
    <>
      <fieldset class="relays-set">
        <legend>Speed and limits</legend>
        <div class="relays-numbers">
          {LIMIT_NAMES.map((name) => (
            <TextField
              key={name}
              label={LIMITS[name].label}
              type="number"
              min={LIMITS[name].least}
              max={LIMITS[name].most}
              value={limits.value[name]}
              onValue={(text) => {
                limits.value = { ...limits.value, [name]: text };
              }}
              hint={hint(LIMITS[name])}
            />
          ))}
        </div>
      </fieldset>
      {models.map((model) => (
        <details key={model} class="relays-set">
          <summary>What you know better of {MODELS[model]}</summary>
          <p class="dim">An old battery, a hill before the antenna. Empty: what is known of the model.</p>
          <div class="relays-numbers">
            {CRAFT_NAMES.map((name) => (
              <TextField
                key={name}
                label={`${CRAFT[name].label}, ${MODELS[model]}`}
                type="number"
                min={CRAFT[name].least}
                max={CRAFT[name].most}
                value={crafts.value[model]?.[name] ?? ""}
                onValue={(text) => {
                  crafts.value = { ...crafts.value, [model]: { ...crafts.value[model], [name]: text } };
                }}
                hint={hint(CRAFT[name])}
              />
            ))}
          </div>
        </details>
      ))}
    </>
  );
}
