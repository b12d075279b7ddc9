/** Words and rules of flights that several parts of the page need. What is allowed is decided by the API and the dock. */

import type { FlightView } from "../../api/client";

export type FlightStatus = FlightView["status"];

const OVER: FlightStatus[] = ["ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed"];
const IN_THE_AIR: FlightStatus[] = ["executing", "paused", "returning"];

export const isOver = (status: FlightStatus): boolean => OVER.includes(status);
export const inTheAir = (status: FlightStatus): boolean => IN_THE_AIR.includes(status);

/** All statuses, in the order in which a flight goes through them. */
export const STATUSES: FlightStatus[] = ["created", "preparing", "ready", "executing", "paused", "returning", ...OVER];

export const said = (word: string): string => word.replaceAll("_", " ");

/** The gate's limits in words, with the unit of reading and limit. */
export const LIMITS: Record<string, { name: string; unit: string; bound: "least" | "most" | "is" }> = {
  battery: { name: "Battery", unit: "%", bound: "least" },
  wind: { name: "Wind", unit: "m/s", bound: "most" },
  rain: { name: "Rain, 0 none to 3 heavy", unit: "", bound: "most" },
  storage: { name: "Free storage of the dock", unit: "MB", bound: "least" },
  dock: { name: "Dock is idle, aircraft inside", unit: "", bound: "is" },
  telemetry: { name: "Age of what the dock says", unit: "s", bound: "most" },
  landing_wind: { name: "Wind where it lands", unit: "m/s", bound: "most" },
  landing_rain: { name: "Rain where it lands, 0 none to 3 heavy", unit: "", bound: "most" },
  landing_dock: { name: "Dock where it lands is idle and empty", unit: "", bound: "is" },
  landing_telemetry: { name: "Age of what that dock says", unit: "s", bound: "most" },
};

export const HOW: Record<FlightView["taskType"], string> = { 0: "at once", 1: "at a time", 2: "when ready" };
