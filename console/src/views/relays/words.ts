/** Words and rules of relays that several parts of the page need. What is allowed is decided by the API and the docks. */

import type { RelayLeg, RelayView } from "../../api/client";
import type { Tone } from "../../ui";

export type RelayStatus = RelayView["status"];
export type LegStatus = RelayLeg["status"];

const OVER: RelayStatus[] = ["completed", "partial", "aborted"];
export const isOver = (status: RelayStatus): boolean => OVER.includes(status);

/** All statuses, in the order in which a relay goes through them. */
export const STATUSES: RelayStatus[] = ["starting", "running", "paused", "deciding", "ending", ...OVER];

export const TONES: Record<RelayStatus, Tone> = {
  starting: "busy",
  running: "good",
  paused: "warn",
  deciding: "bad",
  ending: "busy",
  completed: "good",
  partial: "warn",
  aborted: "bad",
};

/** What each status means, said under it. */
export const MEANING: Record<RelayStatus, string> = {
  starting: "Docks are leased and files uploaded; nothing has taken off.",
  running: "The docks fly one after another.",
  paused: "What flies hovers, nothing takes off. After 3 minutes of hovering an aircraft comes home.",
  deciding: "It waits for an answer; what flies goes on, nothing new takes off.",
  ending: "Every aircraft comes home, every dock is given back.",
  completed: "The whole route was flown.",
  partial: "Flown with a gap that somebody accepted.",
  aborted: "Called off.",
};

export const LEG_TONES: Record<LegStatus, Tone> = {
  waiting: "idle",
  flying: "good",
  hovering: "warn",
  returning: "busy",
  done: "good",
  failed: "bad",
  skipped: "warn",
  replaced: "idle",
};

const IN_THE_AIR: LegStatus[] = ["flying", "hovering", "returning"];
export const flies = (leg: RelayLeg): boolean => IN_THE_AIR.includes(leg.status);

/** Whether it is a part of the route still: one that was replaced is flown by others. */
export const counts = (leg: RelayLeg): boolean => leg.status !== "replaced";

/** `840 m`, `12.4 km`. */
export const metres = (length: number): string =>
  length < 10_000 ? `${Math.round(length)} m` : `${(length / 1000).toFixed(1)} km`;

/** Which metres of the route a leg is. */
export const range = (leg: Pick<RelayLeg, "start" | "end">): string =>
  `${Math.round(leg.start)} to ${Math.round(leg.end)} m`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
