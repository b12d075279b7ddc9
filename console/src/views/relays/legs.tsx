/** The legs of a relay: who flies, waits and is done; of who flies, how far the dock says it is. */

import { Link } from "wouter-preact";
import { answer, api, Refused, type RelayLeg } from "../../api/client";
import { dockName } from "../../state/docks";
import { useResource } from "../../state/resource";
import { DockLink, duration, Problem, Tag } from "../../ui";
import { ProgressLine } from "../flights/progress";
import "../flights/flights.css";
import { FlightStatusTag } from "../flights/status";
import { flies, LEG_TONES, metres, percent, range } from "./words";

const EVERY = 1500; // ms

export function LegTable({ legs }: { legs: RelayLeg[] }) {
  return (
    <div class="scroll">
      <table>
        <caption class="unseen">Legs of the relay</caption>
        <thead>
          <tr>
            <th scope="col">Leg</th>
            <th scope="col">Dock</th>
            <th scope="col">State</th>
            <th scope="col">Part of the route</th>
            <th scope="col">Planned in the air</th>
            <th scope="col">Flight</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg, at) => (
            <tr key={`${at}/${leg.dockSn}`}>
              <td>{at + 1}</td>
              <td>
                <DockLink sn={leg.dockSn} />
              </td>
              <td>
                <Tag tone={LEG_TONES[leg.status]}>{leg.status}</Tag>
              </td>
              <td>
                {range(leg)} <span class="dim">({metres(leg.end - leg.start)})</span>
              </td>
              <td>
                {duration(leg.seconds)} <span class="dim">({percent(leg.share)} of its budget)</span>
              </td>
              <td>
                {leg.flightId ? <Link href={`/flights/${leg.flightId}`}>Flight of leg {at + 1}</Link> : "none yet"}
                {leg.attempt > 1 && <span class="dim">, attempt {leg.attempt}</span>}
              </td>
              <td>{leg.reason ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who was sent and is not back, with the progress of each flight by its dock's word. */
export function FliesNow({ legs }: { legs: RelayLeg[] }) {
  const found = legs.map((leg, at) => ({ leg, number: at + 1 })).filter(({ leg }) => flies(leg) && leg.flightId);
  if (found.length === 0) return null;
  return (
    <section class="card" aria-label="Flies now">
      <h2>Flies now</h2>
      {found.map(({ leg, number }) => (
        <LegFlight key={leg.flightId} flight={leg.flightId as string} name={`Leg ${number}, ${dockName(leg.dockSn)}`} />
      ))}
    </section>
  );
}

function LegFlight({ flight, name }: { flight: string; name: string }) {
  const resource = useResource(
    () => answer(api.GET("/v1/flights/{flight_id}", { params: { path: { flight_id: flight } } })),
    [flight],
    EVERY,
  );
  const found = resource.data.value;
  const error = resource.error.value;
  // A leg names its flight a moment before there is one
  const beingMade = !found && error instanceof Refused && error.problem.status === 404;
  return (
    <div>
      <h3 class="row">
        <Link href={`/flights/${flight}`}>{name}</Link>
        {found && <FlightStatusTag flight={found} />}
      </h3>
      {beingMade ? <p class="dim">It is being sent.</p> : <Problem error={error} />}
      {found && <ProgressLine flight={found} />}
    </div>
  );
}
