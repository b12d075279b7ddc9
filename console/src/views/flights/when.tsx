/** When a flight is flown: at once, at a time, or when the dock says that conditions are met. */

import type { Signal } from "@preact/signals";
import type { Dispatch } from "../../api/client";
import { Choice, fields, TextField } from "../../ui";

export interface When {
  how: "now" | "at" | "ready";
  /** As the browser's field has it: local time without a zone. */
  at: string;
  from: string;
  until: string;
  battery: string;
}

export const emptyWhen: When = { how: "now", at: "", from: "", until: "", battery: "90" };

const iso = (local: string) => new Date(local).toISOString();
const DAY = 86_400_000; // ms: how far ahead a flight may be sent

/** Why it is not sent so; undefined where it may be. */
export function whenReason(when: When, toPoint: boolean): string | undefined {
  if (when.how === "now") return undefined;
  if (when.how === "ready" && toPoint) return "Only a route can wait for conditions.";
  const times = when.how === "at" ? [when.at] : [when.from, when.until];
  if (times.some((time) => !time)) return "Give the time.";
  const last = Date.parse(times.at(-1) ?? "");
  if (last <= Date.now()) return "That time has passed.";
  if (last > Date.now() + DAY) return "At most a day ahead; make it recurring to fly later.";
  if (when.how === "ready" && Date.parse(when.from) >= last) return "The end has to be after the beginning.";
  return undefined;
}

export function whenBody(when: When): Pick<Dispatch, "executeAt" | "ready"> {
  if (when.how === "at") return { executeAt: iso(when.at) };
  if (when.how === "ready")
    return { ready: { begin: iso(when.from), end: iso(when.until), batteryLeast: Number(when.battery) } };
  return {};
}

interface Props {
  value: Signal<When>;
  toPoint: boolean;
}

export function WhenFields({ value, toPoint }: Props) {
  const when = value.value;
  const change = (part: Partial<When>) => {
    value.value = { ...value.value, ...part };
  };
  const field = fields(when, change);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <fieldset class="flights-set">
      <legend>When</legend>
      <Choice
        label="When it is flown"
        value={when.how}
        onValue={(how) => change({ how: how as When["how"] })}
        choices={[
          ["now", "At once"],
          ["at", "At a time"],
          ...(toPoint ? [] : ([["ready", "When conditions are met"]] as const)),
        ]}
      />
      {when.how === "at" && (
        <TextField
          label="Time"
          type="datetime-local"
          {...field("at")}
          hint={`In your time zone, ${zone}; at most a day ahead. A dock that is offline then misses it.`}
        />
      )}
      {when.how === "ready" && (
        <div class="row">
          <TextField label="From" type="datetime-local" {...field("from")} hint={`In ${zone}.`} />
          <TextField label="Until" type="datetime-local" {...field("until")} hint="Not ready by then, it is missed." />
          <TextField label="Battery at least" type="number" min={0} max={100} {...field("battery")} hint="%" />
        </div>
      )}
    </fieldset>
  );
}
