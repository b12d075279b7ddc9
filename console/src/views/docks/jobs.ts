/**
 * Jobs of remote debugging as people call them, what of the dock shows their effect, and what is asked before them.
 * Which of them a dock has, and what they take, the API says; one that is not named here is shown by DJI's name. Pure.
 */

import type { Properties } from "../../state/docks";

interface Group {
  title: string;
  methods: string[];
  /** The property that shows what the dock says of it now. */
  of: string | undefined;
}

export const GROUPS: Group[] = [
  { title: "Cover", methods: ["cover_open", "cover_close", "cover_force_close"], of: "cover_state" },
  { title: "Aircraft", methods: ["drone_open", "drone_close", "drone_format"], of: "sub_device.device_online_status" },
  { title: "Charging", methods: ["charge_open", "charge_close"], of: "drone_charge_state.state" },
  { title: "Push rods", methods: ["putter_open", "putter_close"], of: "putter_state" },
  { title: "Light", methods: ["supplement_light_open", "supplement_light_close"], of: "supplement_light_state" },
  { title: "Alarm", methods: ["alarm_state_switch"], of: "alarm_state" },
  {
    title: "Air conditioner",
    methods: ["air_conditioner_mode_switch"],
    of: "air_conditioner.air_conditioner_state",
  },
  {
    title: "Battery",
    methods: ["battery_store_mode_switch", "battery_maintenance_switch"],
    of: "battery_store_mode",
  },
  {
    title: "Network",
    methods: ["sdr_workmode_switch", "esim_activate", "esim_operator_switch", "sim_slot_switch"],
    of: "wireless_link.link_workmode",
  },
  { title: "Dock", methods: ["device_reboot", "device_format", "rtk_calibration"], of: undefined },
];

const LABELS: Record<string, string> = {
  cover_open: "Open the cover",
  cover_close: "Close the cover",
  cover_force_close: "Force the cover shut",
  drone_open: "Switch the aircraft on",
  drone_close: "Switch the aircraft off",
  drone_format: "Format the aircraft's storage",
  charge_open: "Charge",
  charge_close: "Stop charging",
  putter_open: "Open the push rods",
  putter_close: "Close the push rods",
  supplement_light_open: "Light on",
  supplement_light_close: "Light off",
  alarm_state_switch: "Switch the alarm",
  air_conditioner_mode_switch: "Set the air conditioner",
  battery_store_mode_switch: "Set how the battery is kept",
  battery_maintenance_switch: "Battery maintenance",
  sdr_workmode_switch: "Choose the links to the aircraft",
  esim_activate: "Activate an eSIM",
  esim_operator_switch: "Switch an eSIM's network",
  sim_slot_switch: "Choose SIM card or eSIM",
  device_reboot: "Restart the dock",
  device_format: "Format the dock's storage",
  rtk_calibration: "Calibrate RTK",
};

export const labelOf = (method: string): string => LABELS[method] ?? method;

/** What is asked before; `grave`: it cannot be taken back, or can break something. */
export const DANGERS: Record<string, { detail: string; grave: boolean }> = {
  cover_open: { detail: "The cover moves: nobody may stand near it.", grave: false },
  cover_close: { detail: "The cover moves: nobody may stand near it.", grave: false },
  cover_force_close: {
    detail: "The cover closes without looking at the aircraft: propellers that are in the way break.",
    grave: true,
  },
  drone_close: { detail: "The aircraft's telemetry and video end until it is switched on again.", grave: false },
  drone_format: { detail: "Photos and videos on the aircraft that are not uploaded are lost for good.", grave: true },
  putter_open: { detail: "The push rods move: nobody may reach into the dock.", grave: false },
  putter_close: { detail: "The push rods move: nobody may reach into the dock.", grave: false },
  device_reboot: { detail: "The dock is offline for some minutes.", grave: true },
  device_format: { detail: "Files on the dock that are not uploaded are lost for good.", grave: true },
};

const OFF_ON: Record<number, string> = { 0: "off", 1: "on" };
const WORDS: Record<string, Record<number, string>> = {
  cover_state: { 0: "closed", 1: "open", 2: "half open", 3: "abnormal" },
  "sub_device.device_online_status": OFF_ON,
  "drone_charge_state.state": { 0: "not charging", 1: "charging" },
  putter_state: { 0: "closed", 1: "open", 2: "half open", 3: "abnormal" },
  supplement_light_state: OFF_ON,
  alarm_state: OFF_ON,
  battery_store_mode: { 1: "kept for planned flights", 2: "ready at any time" },
  "wireless_link.link_workmode": { 0: "radio", 1: "radio and 4G" },
  "air_conditioner.air_conditioner_state": {
    0: "rests",
    1: "cools",
    2: "heats",
    3: "dries the air",
    4: "ends cooling",
    5: "ends heating",
    6: "ends drying",
    7: "prepares to cool",
    8: "prepares to heat",
    9: "prepares to dry",
  },
};

/** What the dock says of it, in a word; undefined where it says nothing. */
export function stateOf(path: string, said: Properties): string | undefined {
  let value: unknown = said;
  for (const name of path.split(".")) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Properties)[name];
  }
  if (typeof value !== "number") return undefined;
  return WORDS[path]?.[value] ?? String(value);
}
