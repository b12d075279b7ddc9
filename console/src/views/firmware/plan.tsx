/** How a rollout spreads: canary, waves, how many at once, soak, when it halts, in which hours. */

import type { NewRollout } from "../../api/client";
import { Choice, fields, TextField, Tick } from "../../ui";

/** As typed; "" is not given. */
export interface Plan {
  canary: string;
  canaryIn: "docks" | "percent";
  steps: string;
  atOnce: string;
  soakMinutes: string;
  abortPercent: string;
  abortAfter: string;
  window: boolean;
  start: string;
  end: string;
  zone: string;
  offline: "wait" | "skip";
  attempts: string;
  upgradeType: "3" | "2";
}

export const USUAL: Plan = {
  canary: "1",
  canaryIn: "docks",
  steps: "",
  atOnce: "10",
  soakMinutes: "0",
  abortPercent: "20",
  abortAfter: "",
  window: false,
  start: "22:00",
  end: "05:00",
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  offline: "wait",
  attempts: "3",
  upgradeType: "3",
};

const percents = (text: string): number[] =>
  text
    .split(/[\s,;%]+/)
    .filter(Boolean)
    .map(Number);
const given = (text: string): number | null => (text.trim() ? Number(text) : null);

const whole = (text: string, least: number, most: number): boolean => {
  const number = given(text);
  return number === null || (Number.isInteger(number) && number >= least && number <= most);
};

/** What is wrong with what was typed, as far as the page can tell; the API looks at all of it. */
export function planFault(plan: Plan): string | undefined {
  if (!whole(plan.canary, 1, plan.canaryIn === "percent" ? 100 : 10_000)) return "Canary: a whole number from 1 on.";
  const steps = percents(plan.steps);
  if (steps.some((step, at) => !(Number.isInteger(step) && step >= 1 && step <= 100 && step > (steps[at - 1] ?? 0))))
    return "Waves: percentages from 1 to 100 that grow, like 25, 50.";
  if (!plan.atOnce || !whole(plan.atOnce, 1, 500)) return "At once: 1 to 500 docks.";
  if (!(Number(plan.soakMinutes) >= 0 && Number(plan.soakMinutes) <= 43_200)) return "Soak: 0 to 43,200 minutes.";
  if (!whole(plan.abortPercent, 0, 100)) return "Halt above: 0 to 100 %.";
  if (!whole(plan.abortAfter, 0, 10_000)) return "Halt after: a whole number of docks.";
  if (!plan.attempts || !whole(plan.attempts, 1, 10)) return "Tries: 1 to 10.";
  if (plan.window && plan.start === plan.end) return "The hours have no length: start and end are the same.";
  return undefined;
}

export function planBody(plan: Plan): Omit<NewRollout, "packages" | "name" | "docks" | "filter"> {
  return {
    upgradeType: plan.upgradeType === "2" ? 2 : 3,
    canary: plan.canaryIn === "docks" ? given(plan.canary) : null,
    canaryPercent: plan.canaryIn === "percent" ? given(plan.canary) : null,
    steps: percents(plan.steps),
    atOnce: Number(plan.atOnce),
    soak: Number(plan.soakMinutes) * 60,
    abortAfter: given(plan.abortAfter),
    abortPercent: given(plan.abortPercent),
    window: plan.window ? { start: plan.start, end: plan.end, zone: plan.zone.trim() } : null,
    offline: plan.offline,
    attempts: Number(plan.attempts),
  };
}

interface Props {
  value: Plan;
  onChange: (value: Plan) => void;
}

export function PlanFields({ value, onChange }: Props) {
  const set = (changes: Partial<Plan>) => onChange({ ...value, ...changes });
  const field = fields(value, set);
  return (
    <fieldset>
      <legend>How it spreads</legend>
      <div class="filters">
        <TextField label="Canary" hint="The first wave; empty: none." inputMode="numeric" {...field("canary")} />
        <Choice
          label="Canary in"
          value={value.canaryIn}
          onValue={(unit) => set({ canaryIn: unit === "percent" ? "percent" : "docks" })}
          choices={[
            ["docks", "docks"],
            ["percent", "% of the docks"],
          ]}
        />
        <TextField
          label="Waves after it"
          hint="% reached after each, like 25, 50; then the rest."
          {...field("steps")}
        />
        <TextField label="At once" hint="Docks, 1 to 500." inputMode="numeric" {...field("atOnce")} />
        <TextField label="Soak" hint="Minutes between two waves." inputMode="numeric" {...field("soakMinutes")} />
        <TextField
          label="Halt above"
          hint="% of the docks failed; empty: not by that."
          inputMode="numeric"
          {...field("abortPercent")}
        />
        <TextField
          label="Halt after"
          hint="More failed docks than this; empty: not by that."
          inputMode="numeric"
          {...field("abortAfter")}
        />
        <TextField
          label="Tries"
          hint="Of a dock before it has failed, 1 to 10."
          inputMode="numeric"
          {...field("attempts")}
        />
        <Choice
          label="A dock that is offline"
          value={value.offline}
          onValue={(offline) => set({ offline: offline === "skip" ? "skip" : "wait" })}
          choices={[
            ["wait", "is waited for"],
            ["skip", "is skipped"],
          ]}
        />
        <Choice
          label="Upgrade"
          value={value.upgradeType}
          onValue={(kind) => set({ upgradeType: kind === "2" ? "2" : "3" })}
          choices={[
            ["3", "normal"],
            ["2", "consistency, where the device asks for it"],
          ]}
        />
      </div>
      <Tick checked={value.window} onTick={(window) => set({ window })}>
        Only at certain hours
      </Tick>
      {value.window && (
        <div class="filters">
          <TextField label="From" type="time" {...field("start")} />
          <TextField label="Until" hint="Before the start: over midnight." type="time" {...field("end")} />
          <TextField label="Time zone" hint="Like Europe/Berlin." {...field("zone")} />
        </div>
      )}
    </fieldset>
  );
}
