/**
 * Planning a relay: a route, the docks in their order, and what is planned with; who would fly what, and the start of it.
 *
 * A plan is of what was asked: when the form changes it is old, and nothing is started from it.
 */

import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { Link, useSearchParams } from "wouter-preact";
import { answer, api, type PlanView, Refused, type RelayPlanBody, type RouteView } from "../../api/client";
import { dockName } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, MissionPick, Problem } from "../../ui";
import { routeOf } from "../map/route";
import { WaylineChoice } from "../waylines/choice";
import { Along } from "./along";
import { type Crafts, LimitFields, limitsBody, limitsReason, modelsOf, usual } from "./limits";
import { DockOrder, orderReason } from "./order";
import { Planned } from "./planned";
import type { Drawn } from "./relay-map";
import "./relays.css";
import { StartRelayForm } from "./start";
import { range } from "./words";

const RelayMap = lazy(() => import("./relay-map"));

export interface Found {
  plan: PlanView;
  body: RelayPlanBody;
  at: number;
}

export default function PlanRelay() {
  const [params] = useSearchParams();
  const mission = useSignal(params.get("mission") ?? "");
  const wayline = useSignal(params.get("wayline") ?? "");
  const order = useSignal<string[]>([]);
  const limits = useSignal(usual);
  const crafts = useSignal<Crafts>({});
  const found = useSignal<Found | null>(null);

  const route = useResource(async () => (wayline.value ? routeOf(wayline.value) : undefined), [wayline.value], 0);
  const models = modelsOf(order.value);
  const body: RelayPlanBody = {
    docks: order.value,
    waylineId: wayline.value,
    heightMode: "relativeToStartPoint",
    ...limitsBody(limits.value, crafts.value, models),
  };
  const { run, pending, error } = useAction(async () => {
    found.value = null;
    const plan = await answer(api.POST("/v1/relays/plan", { body }));
    found.value = { plan, body, at: Date.now() };
  });
  const reason =
    lacksRole("operator") ??
    (mission.value ? undefined : "Choose the mission.") ??
    orderReason(order.value) ??
    (wayline.value ? undefined : "Choose a route.") ??
    limitsReason(limits.value, crafts.value, models);
  const old = found.value !== null && JSON.stringify(found.value.body) !== JSON.stringify(body);
  const refused = error.value instanceof Refused ? error.value : null;

  return (
    <div class="pad">
      <p>
        <Link href="/relays">Relays</Link>
      </p>
      <h1>Plan a relay</h1>
      <div class="relays-plan">
        <section aria-label="What is planned">
          <fieldset class="relays-set">
            <legend>Mission and docks</legend>
            <MissionPick
              value={mission.value}
              none="Choose a mission"
              onValue={(id) => {
                mission.value = id;
                order.value = [];
              }}
            />
            {mission.value && <DockOrder mission={mission.value} value={order} />}
          </fieldset>
          <fieldset class="relays-set">
            <legend>Route</legend>
            <WaylineChoice value={wayline} />
            <small class="dim">
              Its waypoints are flown, with photos and hovering; other actions are not. Where docks lie at different
              heights, take a route with heights above the ellipsoid (WGS84). <Link href="/waylines">Routes</Link>
            </small>
            <Problem error={route.error.value} />
          </fieldset>
          <LimitFields limits={limits} crafts={crafts} models={models} />
          <div class="row end">
            <Button kind="main" onClick={run} pending={pending.value} reason={reason}>
              {pending.value ? "Planning…" : "Plan"}
            </Button>
          </div>
        </section>
        <section class="relays-found" aria-label="The plan" aria-live="polite">
          <Suspense fallback={<p class="dim">Loading the map…</p>}>
            <RelayMap sns={order.value} drawn={draw(route.data.value, old ? null : found.value, refused)} />
          </Suspense>
          {!found.value && !error.value && (
            <p class="dim">
              Nothing is planned yet. A plan starts nothing: it says who would fly what if it began now.
            </p>
          )}
          <Problem error={error.value} />
          {refused && <Named field={refused.problem.field} sns={order.value} />}
          {found.value && <Planned found={found.value} old={old} />}
          {found.value && (
            <StartRelayForm
              found={found.value}
              reason={old ? "What is asked for has changed since the plan: plan again." : reason}
            />
          )}
        </section>
      </div>
    </div>
  );
}

/** A refusal names docks by their number in the list, from 0. */
function Named({ field, sns }: { field: string | null | undefined; sns: string[] }) {
  const sn = sns[Number(/^docks\[(\d+)\]/.exec(field ?? "")?.[1] ?? -1)];
  return sn ? <p class="note">This is about {dockName(sn)}.</p> : null;
}

function draw(route: RouteView | undefined, found: Found | null, refused: Refused | null): Drawn {
  if (!route) return { lines: [], handOffs: [] };
  if (!found) {
    const drawn: Drawn = { lines: [{ name: "The route", points: placesOf(route), state: "route" }], handOffs: [] };
    // The API says in words from where on nobody reaches; where it says so otherwise, the place is not drawn
    const metre = /from metre (\d+)/.exec(refused?.problem.detail ?? "")?.[1];
    const place = metre ? new Along(route.points).place(Number(metre)) : null;
    if (place) drawn.lost = { name: `From metre ${metre} on, no dock reaches far enough`, place };
    return drawn;
  }
  const { legs, lengthM } = found.plan;
  const along = new Along(route.points, lengthM);
  const handOffs: Drawn["handOffs"] = [];
  for (const [at, leg] of legs.entries()) {
    const next = legs[at + 1];
    const place = along.place(leg.end);
    if (next && place)
      handOffs.push({ name: `Hand-off from ${dockName(leg.dockSn)} to ${dockName(next.dockSn)}`, place });
  }
  const lines = legs.map((leg, at) => ({
    name: `Leg ${at + 1}: ${dockName(leg.dockSn)}, ${range(leg)}`,
    number: at + 1,
    points: along.part(leg.start, leg.end),
    state: "planned" as const,
  }));
  return { lines, handOffs };
}

const placesOf = (route: RouteView) => route.points.map(({ latitude, longitude }) => ({ latitude, longitude }));
