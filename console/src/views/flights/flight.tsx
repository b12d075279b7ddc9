/** One flight: where it is, how its gate decided, what its dock was told, and its files; with its controls and map. */

import { lazy, Suspense } from "preact/compat";
import { Link } from "wouter-preact";
import { answer, api, type FlightView } from "../../api/client";
import { useResource } from "../../state/resource";
import { Age, NotYet, Problem, SagaLink } from "../../ui";
import { FlightControls } from "./controls";
import { Facts } from "./facts";
import "./flights.css";
import { FlyTo } from "./fly-to";
import { GateTable } from "./gate";
import { FlightMedia } from "./media";
import { ProgressLine } from "./progress";
import { FlightStatusTag } from "./status";
import { Told } from "./told";
import { inTheAir, isOver } from "./words";

const DockMap = lazy(() => import("../map/map"));
const RouteMap = lazy(() => import("../map/route-map"));
const EVERY = 1500; // ms

export default function Flight({ params }: { params: { id: string } }) {
  const { id } = params;
  const resource = useResource(
    () => answer(api.GET("/v1/flights/{flight_id}", { params: { path: { flight_id: id } } })),
    [id],
    EVERY,
  );
  const flight = resource.data.value;
  if (!flight) return <NotYet title="Flight" of={resource} />;
  return (
    <div class="pad">
      <p>
        <Link href="/flights">Flights</Link>
      </p>
      <div class="row">
        <h1>{flight.name}</h1>
        <FlightStatusTag flight={flight} />
        <SagaLink saga={flight.saga} />
        <span class="dim">
          as read <Age at={resource.at.value} oldAfter={10} />
        </span>
      </div>
      <Problem error={resource.error.value} />
      <div class="flights-detail">
        <section class="card" aria-label="State">
          <h2>State</h2>
          <ProgressLine flight={flight} />
          {flight.reason && (
            <p class="note" role="status">
              {flight.reason}
              {flight.errorCode != null && <span class="dim"> (DJI {flight.errorCode})</span>}
            </p>
          )}
          <FlightControls flight={flight} onTold={resource.refresh} />
        </section>
        <section class="card" aria-label="Facts">
          <h2>Facts</h2>
          <Facts flight={flight} />
        </section>
        <section class="card wide map" aria-label="Map">
          {isOver(flight.status) ? <WhereItWas flight={flight} /> : <FlyTo flight={flight} onTold={resource.refresh} />}
        </section>
        <section class="card wide" aria-label="Gate">
          <h2>Gate</h2>
          {flight.gate.length ? (
            <GateTable readings={flight.gate} />
          ) : (
            <p class="dim">
              {inTheAir(flight.status) || isOver(flight.status)
                ? "No gate was looked at."
                : "The gate is looked at before the take-off."}
            </p>
          )}
        </section>
        <FlightMedia flight={id} />
        <Told flight={flight} />
      </div>
    </div>
  );
}

/** Of a flight that has ended: the route it was sent on, beside its dock. */
function WhereItWas({ flight }: { flight: FlightView }) {
  const { waylineId: wayline, dockSn: sn } = flight;
  const route = useResource(
    async () =>
      wayline
        ? answer(api.GET("/v1/waylines/{wayline_id}/route", { params: { path: { wayline_id: wayline } } }))
        : null,
    [wayline],
    0,
  );
  const points = route.data.value?.points;
  return (
    <>
      <Problem error={route.error.value} />
      <Suspense fallback={<p class="dim">Loading the map…</p>}>
        {points ? (
          <RouteMap points={points} sn={sn} />
        ) : (
          <DockMap sns={[sn]} focus={sn} mark={placeOfTarget(flight.target)} />
        )}
      </Suspense>
    </>
  );
}

function placeOfTarget(target: FlightView["target"]) {
  const { latitude, longitude } = target ?? {};
  return typeof latitude === "number" && typeof longitude === "number" ? { latitude, longitude } : null;
}
