/** A flight as a row of a list. */

import { Link } from "wouter-preact";
import type { FlightView } from "../../api/client";
import { dockName } from "../../state/docks";
import { Age, Moment } from "../../ui";
import { FlightStatusTag } from "./status";
import { HOW } from "./words";

export const FLIGHT_COLUMNS = ["Flight", "Dock", "State", "Progress", "When", "Reason"] as const;

export function flightRow(flight: FlightView) {
  const { percent } = flight.progress ?? {};
  return [
    <Link key="name" href={`/flights/${flight.id}`}>
      {flight.name}
    </Link>,
    dockName(flight.dockSn),
    <FlightStatusTag key="state" flight={flight} />,
    percent == null ? <span class="dim">–</span> : `${percent} %`,
    <span key="when">
      {HOW[flight.taskType]}
      {flight.executeAt && (
        <>
          {" "}
          <Moment at={flight.executeAt} />
        </>
      )}
      , <Age at={flight.endedAt ?? flight.startedAt ?? flight.createdAt} />
    </span>,
    flight.reason ?? "",
  ];
}
