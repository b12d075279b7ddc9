/** What a flight was sent with, and when what of it happened. */

import type { ComponentChildren } from "preact";
import { Link } from "wouter-preact";
import type { FlightView } from "../../api/client";
import { dockName } from "../../state/docks";
import { Moment } from "../../ui";
import { HOW } from "./words";

const degrees = (value: unknown) => (typeof value === "number" ? value.toFixed(6) : "?");
const place = (at: Record<string, unknown>) =>
  `${degrees(at.latitude)}, ${degrees(at.longitude)}${typeof at.height === "number" ? `, ${Math.round(at.height)} m above the ellipsoid` : ""}`;

export function Facts({ flight }: { flight: FlightView }) {
  const { breakPoint } = flight;
  return (
    <dl class="facts">
      <Fact name="Dock">
        <Link href={`/docks/${flight.dockSn}`}>{dockName(flight.dockSn)}</Link>
      </Fact>
      <Fact name="Lands at">{flight.landingDockSn && dockName(flight.landingDockSn)}</Fact>
      <Fact name="Aircraft">{flight.aircraftSn}</Fact>
      <Fact name="Mission">
        <Link href={`/missions/${flight.missionId}`}>open</Link>
      </Fact>
      <Fact name="Route">{flight.waylineId && <Link href={`/waylines?show=${flight.waylineId}`}>open</Link>}</Fact>
      <Fact name="Point">{flight.target && place(flight.target)}</Fact>
      <Fact name="Flown">{HOW[flight.taskType]}</Fact>
      <Fact name="At">{flight.executeAt && <Moment at={flight.executeAt} />}</Fact>
      <Fact name="Ready from">{flight.readyFrom && <Moment at={flight.readyFrom} />}</Fact>
      <Fact name="Ready until">{flight.readyUntil && <Moment at={flight.readyUntil} />}</Fact>
      <Fact name="Goes on from">
        {flight.resumes && <Link href={`/flights/${flight.resumes}`}>the flight that broke off</Link>}
      </Fact>
      <Fact name="Turn of">{flight.scheduleId && <Link href="/schedules">a recurring flight</Link>}</Fact>
      <Fact name="Asked for by">{flight.requestedBy}</Fact>
      <Fact name="Asked for">
        <Moment at={flight.createdAt} />
      </Fact>
      <Fact name="Took off">{flight.startedAt && <Moment at={flight.startedAt} />}</Fact>
      <Fact name="Ended">{flight.endedAt && <Moment at={flight.endedAt} />}</Fact>
      <Fact name="Broke off at">{breakPoint && typeof breakPoint.latitude === "number" && place(breakPoint)}</Fact>
      <Fact name="Left of the route">
        {breakPoint &&
          `break ${breakPoint.index ?? "?"}, ${Math.round(Number(breakPoint.progress ?? 0) * 100)} % of that leg`}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === null || children === undefined || children === false || children === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
