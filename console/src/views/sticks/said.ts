/** What the drc process says; docs/drc.md. */

import type { Sticks } from "./engine";
import type { Kind } from "./link";

export interface Hello {
  sn: string;
  product: string | null;
  session: string;
  user: string;
  kinds: Kind[];
  /** Seconds of silence until sticks are neutral, and until everything is released. */
  neutralAfter: number;
  releaseAfter: number;
  /** Full sticks: m/s along the ground, up and down, and degrees/s. */
  rates: { ground: number; up: number; down: number; turn: number };
}

export interface DrcState {
  link: "opening" | "open" | "lost";
  problem: string | null;
  /** Whether the dock has given control of the flight. */
  control: boolean;
  sticks: { allowed: boolean; reason?: string; detail?: string; cure?: string };
  dockMode: number | null;
  aircraftMode: number | null;
  aircraftOnline: boolean;
  flight?: string | null;
  payload?: string | null;
  kinds: Kind[];
}

export interface Delay {
  /** Milliseconds to the dock and back. */
  link: number | null;
  /** Milliseconds from dock to aircraft, as the dock says. */
  command: number | null;
  video: { video_id?: string; liveview_delay_time?: number }[];
}

export interface Clipped {
  asked: Sticks;
  sent: Sticks;
  detail: string;
}

export interface Refusal {
  type: "refused";
  of: string;
  reason?: string;
  detail: string;
  cure?: string;
  field?: string | null;
}

export interface Ack {
  type: "ack";
  method: string;
  ok: boolean;
  result: number | null;
  meaning: string;
  output: unknown;
}

export interface Lost {
  type: "lost";
  kinds?: Kind[];
  reason: "forced" | "silence" | "given back" | "ended" | "replaced";
  detail: string;
  by?: string;
}

export interface Push {
  method: string;
  data: Record<string, unknown>;
  at: number;
}
