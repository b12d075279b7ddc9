/** How a flight stands, in one word and a colour. */

import type { FlightView } from "../../api/client";
import { Tag, type Tone } from "../../ui";
import type { FlightStatus } from "./words";

const TONES: Record<FlightStatus, Tone> = {
  created: "idle",
  preparing: "busy",
  ready: "busy",
  executing: "good",
  paused: "warn",
  returning: "busy",
  ok: "good",
  partially_done: "warn",
  failed: "bad",
  canceled: "idle",
  rejected: "bad",
  timeout: "bad",
  missed: "warn",
};

export const FlightStatusTag = ({ flight }: { flight: Pick<FlightView, "status"> }) => (
  <Tag tone={TONES[flight.status]}>{flight.status}</Tag>
);
