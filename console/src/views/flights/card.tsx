/** A flight that is under way: how it stands by the dock's word, and what can be said to it. */

import { Link } from "wouter-preact";
import type { FlightView } from "../../api/client";
import { dockName } from "../../state/docks";
import { Moment, SagaLink } from "../../ui";
import { FlightControls } from "./controls";
import { ProgressLine } from "./progress";
import { FlightStatusTag } from "./status";

export function FlightCard({ flight, onTold }: { flight: FlightView; onTold: () => unknown }) {
  return (
    <article class="card" aria-label={`Flight ${flight.name}`}>
      <div class="row apart">
        <h3>
          <Link href={`/flights/${flight.id}`}>{flight.name}</Link> from {dockName(flight.dockSn)}
        </h3>
        <div class="row">
          <FlightStatusTag flight={flight} />
          <SagaLink saga={flight.saga} />
        </div>
      </div>
      {flight.executeAt && (
        <p>
          Flies at <Moment at={flight.executeAt} />
        </p>
      )}
      {flight.readyFrom && (
        <p>
          Flies when the dock is ready, from <Moment at={flight.readyFrom} /> to <Moment at={flight.readyUntil} />
        </p>
      )}
      <ProgressLine flight={flight} />
      <FlightControls flight={flight} onTold={onTold} />
    </article>
  );
}
