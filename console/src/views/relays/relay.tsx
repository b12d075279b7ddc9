/** One relay: who flies, waits and is done, what it asks, and what can be said to it; with its map. */

import { lazy, Suspense } from "preact/compat";
import { Link } from "wouter-preact";
import { answer, api, type RelayView, type RouteView } from "../../api/client";
import { dockName } from "../../state/docks";
import { useResource } from "../../state/resource";
import { Age, Moment, NotYet, Problem, SagaLink, Tag } from "../../ui";
import { routeOf } from "../map/route";
import { RelayControls } from "./controls";
import { FliesNow, LegTable } from "./legs";
import { RelayQuestion } from "./question";
import type { Drawn } from "./relay-map";
import "./relays.css";
import { counts, isOver, MEANING, metres, range, TONES } from "./words";

const RelayMap = lazy(() => import("./relay-map"));
const EVERY = 1500; // ms

export default function Relay({ params }: { params: { id: string } }) {
  const { id } = params;
  const resource = useResource(
    () => answer(api.GET("/v1/relays/{relay_id}", { params: { path: { relay_id: id } } })),
    [id],
    EVERY,
  );
  const relay = resource.data.value;
  const files = [...new Set(relay?.legs.flatMap((leg) => leg.waylineId ?? []))].sort();
  const routes = useResource(
    async () => new Map(await Promise.all(files.map(async (file) => [file, await routeOf(file)] as const))),
    [files.join()],
    0,
  );
  const mission = useResource(
    async () =>
      relay
        ? answer(api.GET("/v1/missions/{mission_id}", { params: { path: { mission_id: relay.missionId } } }))
        : undefined,
    [relay?.missionId],
    0,
  );
  if (!relay) return <NotYet title="Relay" of={resource} />;
  return (
    <div class="pad">
      <p>
        <Link href="/relays">Relays</Link>
      </p>
      <div class="row">
        <h1>{relay.name}</h1>
        <Tag tone={TONES[relay.status]}>{relay.status}</Tag>
        <SagaLink saga={relay.saga} />
        <span class="dim">
          as read <Age at={resource.at.value} oldAfter={10} />
        </span>
      </div>
      <Problem error={resource.error.value} />
      <div class="relays-detail">
        {relay.question && <RelayQuestion relay={relay} question={relay.question} onTold={resource.refresh} />}
        <section class="card" aria-label="State">
          <h2>State</h2>
          <p aria-live="polite">{MEANING[relay.status]}</p>
          {relay.reason && <p class="note">{relay.reason}</p>}
          <Covered relay={relay} />
          <RelayControls relay={relay} onTold={resource.refresh} />
        </section>
        <FliesNow legs={relay.legs} />
        <section class="card" aria-label="Legs">
          <h2>Legs</h2>
          <LegTable legs={relay.legs} />
        </section>
        <section class="card" aria-label="Map">
          <Problem error={routes.error.value} />
          <Suspense fallback={<p class="dim">Loading the map…</p>}>
            <RelayMap sns={relay.docks} drawn={draw(relay, routes.data.value)} />
          </Suspense>
        </section>
        <section class="card" aria-label="Facts">
          <h2>Facts</h2>
          <dl class="facts">
            <dt>Mission</dt>
            <dd>
              <Link href={`/missions/${relay.missionId}`}>{mission.data.value?.name ?? relay.missionId}</Link>
            </dd>
            <dt>Docks, in order</dt>
            <dd>{relay.docks.map(dockName).join(", ")}</dd>
            <dt>Next dock is sent</dt>
            <dd>
              {relay.overlap == null
                ? "when the one before it has landed"
                : `when ${relay.overlap} % of the leg before are flown`}
            </dd>
            <dt>Started</dt>
            <dd>
              <Moment at={relay.createdAt} /> by {relay.requestedBy}
            </dd>
            <dt>Last change</dt>
            <dd>
              <Age at={relay.updatedAt} />
            </dd>
            <dt>Ended</dt>
            <dd>{relay.endedAt ? <Moment at={relay.endedAt} /> : "not yet"}</dd>
          </dl>
        </section>
      </div>
    </div>
  );
}

function Covered({ relay }: { relay: RelayView }) {
  return (
    <>
      <progress
        class="relays-covered"
        aria-label={`Flown of ${relay.name}`}
        max={relay.lengthM || 1}
        value={relay.coveredM}
      />
      <p>
        {metres(relay.coveredM)} of {metres(relay.lengthM)} flown
        {relay.gapM > 0 && <span class="warn">, {metres(relay.gapM)} accepted not to be flown</span>}
        {!isOver(relay.status) && <span class="dim">; legs count when they are done</span>}
      </p>
    </>
  );
}

function draw(relay: RelayView, routes: Map<string, RouteView> | undefined): Drawn {
  const found = relay.legs
    .map((leg, at) => ({ leg, number: at + 1, route: routes?.get(leg.waylineId ?? "") }))
    .filter(({ leg }) => counts(leg))
    .sort((a, b) => a.leg.start - b.leg.start);
  const drawn: Drawn = { lines: [], handOffs: [] };
  for (const [at, { leg, number, route }] of found.entries()) {
    if (!route) continue;
    const points = route.points.map(({ latitude, longitude }) => ({ latitude, longitude }));
    const name = `Leg ${number}: ${dockName(leg.dockSn)}, ${range(leg)}, ${leg.status}`;
    drawn.lines.push({ name, number, points, state: leg.status });
    const next = found[at + 1]?.leg;
    const place = points.at(-1);
    if (next && place)
      drawn.handOffs.push({ name: `Hand-off from ${dockName(leg.dockSn)} to ${dockName(next.dockSn)}`, place });
  }
  return drawn;
}
