/** What an alert says: its words, its code, and what dock or saga said in full. */

import { Link } from "wouter-preact";
import type { AlertView } from "../../api/client";
import { Tag, type Tone } from "../../ui";

export const LEVELS = ["notice", "caution", "warning"] as const;
export const KINDS = [
  "hms",
  "airsense",
  "area",
  "obstacle",
  "exit_homing",
  "return_home",
  "flight_setup",
  "joystick_invalid",
  "dock_taken",
  "flight_silent",
  "flight_problem",
  "firmware_failed",
  "relay_decision",
] as const;

const TONES: Record<AlertView["level"], Tone> = { notice: "idle", caution: "warn", warning: "bad" };

export const LevelTag = ({ level }: { level: AlertView["level"] }) => <Tag tone={TONES[level]}>{level}</Tag>;

export function AboutAlert({ of }: { of: AlertView }) {
  const about = [
    of.kind.replaceAll("_", " "),
    of.module,
    of.code && `DJI ${of.code}`,
    of.device && `device ${of.device}`,
    of.inFlight === true && "in flight",
  ].filter(Boolean);
  return (
    <>
      {of.text}
      <div class="dim">
        {about.join(" · ")}
        {of.flightId && (
          <>
            {" · "}
            <Link href={`/flights/${of.flightId}`}>flight</Link>
          </>
        )}
        {of.missionId && (
          <>
            {" · "}
            <Link href={`/missions/${of.missionId}`}>mission</Link>
          </>
        )}
      </div>
      {Object.keys(of.data).length > 0 && (
        <details>
          <summary>As it was said</summary>
          <pre class="alerts-said">{JSON.stringify(of.data, null, 2)}</pre>
        </details>
      )}
    </>
  );
}
