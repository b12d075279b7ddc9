/** Where a flight is: its phase, DJI's step, and how much of the route is flown; each by the dock's word. */

import type { FlightView } from "../../api/client";
import { Age } from "../../ui";
import { inTheAir, said } from "./words";

const OLD = 15; // seconds: a dock tells of a flight under way more often

type Told = NonNullable<FlightView["progress"]>;

/** In the air the dock's phase is newer than the flight's own, but for what only the flight knows. */
function phaseOf({ status, phase, progress }: FlightView): string {
  const own = !inTheAir(status) || phase === "hovering" || phase === "silent";
  return own ? phase : (progress?.phase ?? phase);
}

export function ProgressLine({ flight }: { flight: FlightView }) {
  const { progress, landingProgress, inFlight } = flight;
  return (
    <div class="flights-progress">
      <p aria-live="polite">
        <strong>{capital(said(phaseOf(flight)))}</strong>
        {progress?.stepName && <span>: {said(progress.stepName)}</span>}
      </p>
      {progress ? (
        <Bar of={progress} label={`Progress of ${flight.name}`} />
      ) : (
        <p class="dim">The dock has told nothing of it yet.</p>
      )}
      {landingProgress && <Bar of={landingProgress} label="Where it lands" />}
      {inFlight && (
        <p>
          Route given in flight: {inFlight.status}
          {inFlight.percent != null && `, ${inFlight.percent} %`}
          {inFlight.waypoint != null && `, ${inFlight.waypoint} waypoints flown`}{" "}
          <Age at={inFlight.at} oldAfter={OLD} />
        </p>
      )}
    </div>
  );
}

function Bar({ of, label }: { of: Told; label: string }) {
  const facts = [
    of.percent != null && `${of.percent} %`,
    of.waypoint != null && `${of.waypoint} waypoints flown`,
    of.mediaCount != null && `${of.mediaCount} files made`,
  ].filter(Boolean);
  return (
    <div class="row">
      {of.percent != null && <progress max={100} value={of.percent} aria-label={label} />}
      <span>{facts.join(", ")}</span>
      <Age at={of.at} oldAfter={OLD} />
    </div>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
