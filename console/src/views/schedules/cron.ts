/** Turns by the clock: what a person chooses, as the five fields that the API takes, and back in words. */

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
export const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const WEEK = 7;

/** `06:00, 18:30` on days of the week; throws with what is wrong. Times must share their minutes, as cron has it. */
export function cronOf(times: string, days: readonly number[]): string {
  const parts = times
    .split(",")
    .map((time) => time.trim())
    .filter(Boolean);
  if (parts.length === 0) throw new Error("Give a time, like 06:00.");
  const found = parts.map((time) => /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time));
  const bad = found.indexOf(null);
  if (bad >= 0) throw new Error(`"${parts[bad]}" is no time; give it like 06:00.`);
  const minutes = new Set(found.map((time) => Number(time?.[2])));
  if (minutes.size > 1) throw new Error("All times of one schedule have the same minutes; make another for the rest.");
  if (days.length === 0) throw new Error("Choose a day.");
  const hours = [...new Set(found.map((time) => Number(time?.[1])))].sort((a, b) => a - b);
  const names = [...days].sort((a, b) => a - b).map((day) => DAYS[day]);
  return `${[...minutes][0]} ${hours.join(",")} * * ${days.length === WEEK ? "*" : names.join(",")}`;
}

/** In words where it is of the kind that this page makes, else as it is. */
export function saidCron(cron: string): string {
  const [minute, hours, day, month, week] = cron.split(/\s+/);
  if (!minute || !hours || !week || day !== "*" || month !== "*") return cron;
  if (!/^\d+$/.test(minute) || !/^[\d,]+$/.test(hours)) return cron;
  const times = hours.split(",").map((hour) => `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`);
  const days = week === "*" ? "every day" : week.replaceAll(",", ", ");
  return `${times.join(", ")}, ${days}`;
}
