/**
 * A dock's and an aircraft's raw properties, as DJI names them, in words and units. Pure; the limits are those of
 * `cli/tile.py`. What is absent is left out.
 */

import type { Heard, Properties } from "../../state/docks";
import type { Tone } from "../../ui";

export interface Reading {
  label: string;
  text: string;
  /** Where the value itself says that it is well or not. */
  tone?: Tone;
  /** Longer than half a tile's width. */
  wide?: boolean;
}

const COVER: Record<number, string> = { 0: "closed", 1: "open", 2: "half open", 3: "abnormal" };
const RAIN: Record<number, string> = { 0: "none", 1: "light", 2: "moderate", 3: "heavy" };
const NETWORK: Record<number, string> = { 1: "4G", 2: "Ethernet" };
const FIX: Record<number, string> = { 0: "not started", 1: "fixing", 2: "fixed", 3: "failed" };
const GREEN_OVER = 50; // %
const AMBER_FROM = 20; // %
const MEGABYTE = 1024; // kB
/** Seconds after which what a machine said last is marked as old: it speaks every 2 s. */
export const OLD_AFTER = 15;

const batteryTone = (percent: number): Tone => (percent > GREEN_OVER ? "good" : percent >= AMBER_FROM ? "warn" : "bad");

const numberIn = (said: Properties, name: string): number | undefined => {
  const value = said[name];
  return typeof value === "number" ? value : undefined;
};

const within = (said: Properties, name: string): Properties => {
  const value = said[name];
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Properties) : {};
};

const all = (said: Properties, name: string): Properties[] => {
  const value = said[name];
  return Array.isArray(value) ? value.filter((each) => each !== null && typeof each === "object") : [];
};

/** At most one digit after the point: a crew reads it from afar. */
const short = (value: number): string => String(Math.round(value * 10) / 10);

const amount = (kilobytes: number): string => {
  const megabytes = kilobytes / MEGABYTE;
  return megabytes < MEGABYTE ? `${Math.round(megabytes)} MB` : `${short(megabytes / MEGABYTE)} GB`;
};

function measured(said: Properties, wanted: readonly (readonly [string, string, string])[]): Reading[] {
  const found: Reading[] = [];
  for (const [name, label, unit] of wanted) {
    const value = numberIn(said, name);
    if (value !== undefined) found.push({ label, text: `${short(value)} ${unit}` });
  }
  return found;
}

function place(said: Properties): Reading[] {
  const latitude = numberIn(said, "latitude");
  const longitude = numberIn(said, "longitude");
  if (!latitude || !longitude) return []; // 0, 0 is what a machine without a fix says
  return [{ label: "Position", text: `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`, wide: true }];
}

function firmware(said: Properties): Reading[] {
  const version = said.firmware_version;
  return version ? [{ label: "Firmware", text: String(version) }] : [];
}

function cover(said: Properties): Reading[] {
  const state = numberIn(said, "cover_state");
  if (state === undefined) return [];
  return [{ label: "Cover", text: COVER[state] ?? String(state), ...(state === 3 && { tone: "bad" as const }) }];
}

function charge(said: Properties): Reading[] {
  const state = within(said, "drone_charge_state");
  const percent = numberIn(state, "capacity_percent");
  if (percent === undefined) return [];
  const text = `${percent} %, ${state.state ? "charging" : "not charging"}`;
  return [{ label: "Charge", text, tone: batteryTone(percent), wide: true }];
}

function network(said: Properties): Reading[] {
  const state = within(said, "network_state");
  const quality = numberIn(state, "quality");
  if (quality === undefined) return [];
  const text = `${quality} of 5, ${NETWORK[numberIn(state, "type") ?? 0] ?? "unknown"}`;
  return [{ label: "Network", text, wide: true, ...(quality === 0 && { tone: "bad" as const }) }];
}

function storage(said: Properties): Reading[] {
  const state = within(said, "storage");
  const total = numberIn(state, "total");
  const used = numberIn(state, "used");
  if (!total || used === undefined) return [];
  return [{ label: "Storage", text: `${amount(total - used)} free of ${amount(total)}`, wide: true }];
}

function rain(said: Properties): Reading[] {
  const state = numberIn(said, "rainfall");
  return state === undefined ? [] : [{ label: "Rain", text: RAIN[state] ?? String(state) }];
}

/** What a dock says of itself and the place where it stands. */
export function ofDock(said: Properties): Reading[] {
  const inside = said.drone_in_dock;
  return [
    ...cover(said),
    ...(inside == null ? [] : [{ label: "Aircraft inside", text: inside ? "yes" : "no" }]),
    ...charge(said),
    ...network(said),
    ...storage(said),
    ...measured(said, [
      ["environment_temperature", "Outside", "°C"],
      ["temperature", "Inside", "°C"],
      ["humidity", "Humidity", "%"],
      ["wind_speed", "Wind", "m/s"],
    ]),
    ...rain(said),
    ...place(said),
    ...firmware(said),
  ];
}

function battery(said: Properties): Reading[] {
  const pack = within(said, "battery");
  const percent = numberIn(pack, "capacity_percent");
  const found: Reading[] =
    percent === undefined ? [] : [{ label: "Battery", text: `${percent} %`, tone: batteryTone(percent) }];
  const each = all(pack, "batteries");
  const several = (name: string, show: (value: number) => string): string =>
    each
      .map((one) => numberIn(one, name))
      .filter((value) => value !== undefined)
      .map(show)
      .join(" / ");
  const voltage = several("voltage", (millivolts) => (millivolts / 1000).toFixed(1));
  if (voltage) found.push({ label: "Voltage", text: `${voltage} V` });
  const temperature = several("temperature", short);
  if (temperature) found.push({ label: "Battery temp.", text: `${temperature} °C` });
  const seconds = numberIn(pack, "remain_flight_time");
  if (seconds) found.push({ label: "Can fly for", text: `${Math.round(seconds / 60)} min` });
  return found;
}

function fix(said: Properties): Reading[] {
  const state = within(said, "position_state");
  const satellites = numberIn(state, "gps_number");
  if (satellites === undefined) return [];
  const fixed = numberIn(state, "is_fixed");
  const how = fixed === undefined ? "" : `, ${FIX[fixed] ?? fixed}`;
  return [
    { label: "Satellites", text: `${satellites} GPS, ${numberIn(state, "rtk_number") ?? 0} RTK${how}`, wide: true },
  ];
}

/** What an aircraft says of itself. */
export function ofAircraft(said: Properties): Reading[] {
  return [
    ...battery(said),
    ...measured(said, [
      ["elevation", "Above take-off", "m"],
      ["height", "Altitude", "m"],
      ["horizontal_speed", "Speed", "m/s"],
      ["vertical_speed", "Climb", "m/s"],
      ["attitude_head", "Heading", "°"],
      ["home_distance", "From home", "m"],
    ]),
    ...fix(said),
    ...place(said),
    ...firmware(said),
  ];
}

/** Milliseconds of the newest that is known; 0: nothing. */
export const newest = (...heard: Heard[]): number => Math.max(...heard.map((each) => each.at));
