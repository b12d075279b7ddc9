/** What is flown now: the waypoints of each flight with its progress, points that are flown to, hand-offs of relays. */

import L from "leaflet";
import { all, answer, api, type FlightView, type RelayView, type RouteView } from "../../api/client";
import { dockOf, nameOf } from "../../state/docks";
import { isOver } from "../flights/words";
import { handOffIcon, name, targetIcon, waypointIcon } from "./icons";
import { routeOf, saidPoint } from "./route";

const RELAY_OVER = ["completed", "partial", "aborted"];
const RELAY_PAGE = 20;
const NEWEST = 100; // flights that are looked through for those that have not ended

/** A route on the map, with how far it has been flown: `at` is the waypoint that is flown to; null: not begun. */
interface Flown {
  key: string;
  name: string;
  route: RouteView;
  at: number | null;
}

export interface Underway {
  routes: Flown[];
  targets: { key: string; name: string; place: [number, number] }[];
  handOffs: { key: string; name: string; place: [number, number] }[];
}

/** Flights from these docks that have not ended, and relays that run: of a mission, or of all. Throws Refused. */
export async function readUnderway(mission: string | undefined, sns: string[] | undefined): Promise<Underway> {
  const [flights, relays] = await Promise.all([
    all((after) => answer(api.GET("/v1/flights", { params: { query: { limit: NEWEST, mission, after } } })), NEWEST),
    answer(api.GET("/v1/relays", { params: { query: { limit: RELAY_PAGE, mission } } })),
  ]);
  const found: Underway = { routes: [], targets: [], handOffs: [] };
  const wanted = (sn: string) => !sns || sns.includes(sn);
  for (const flight of flights) if (!isOver(flight.status) && wanted(flight.dockSn)) await addFlight(found, flight);
  for (const relay of relays.items)
    if (!RELAY_OVER.includes(relay.status) && relay.docks.some(wanted)) await addHandOffs(found, relay);
  return found;
}

async function addFlight(found: Underway, flight: FlightView) {
  const from = saidDock(flight.dockSn);
  const said = `${flight.name} from ${from}`;
  const { target, inFlightWaylineId, waylineId } = flight;
  if (typeof target?.latitude === "number" && typeof target.longitude === "number")
    found.targets.push({ key: flight.id, name: `Target of ${said}`, place: [target.latitude, target.longitude] });
  const flown = inFlightWaylineId ?? waylineId;
  if (!flown) return;
  const progress = inFlightWaylineId ? flight.inFlight : flight.progress;
  const begun = flight.status !== "created" && flight.status !== "preparing" && flight.status !== "ready";
  const at = begun ? (progress?.waypoint ?? null) : null;
  found.routes.push({ key: `${flight.id}/${flown}`, name: said, route: await routeOf(flown), at });
}

/** Where one leg ends and the next begins. */
async function addHandOffs(found: Underway, relay: RelayView) {
  const legs = relay.legs.filter((leg) => leg.waylineId && leg.status !== "skipped" && leg.status !== "replaced");
  for (const [at, leg] of legs.entries()) {
    const next = legs[at + 1];
    if (!next || !leg.waylineId) continue;
    const last = (await routeOf(leg.waylineId)).points.at(-1);
    if (!last) continue;
    found.handOffs.push({
      key: `${relay.id}/${at}`,
      name: `Hand-off of ${relay.name} from ${saidDock(leg.dockSn)} to ${saidDock(next.dockSn)}`,
      place: [last.latitude, last.longitude],
    });
  }
}

const saidDock = (sn: string) => nameOf(dockOf(sn)?.view.peek() ?? { sn, displayName: "" });

/** Draw all of it into `layers`, in place of what was there. */
export function showUnderway(layers: L.LayerGroup, what: Underway): void {
  layers.clearLayers();
  for (const route of what.routes) showRoute(layers, route.route, route.name, route.at);
  for (const each of what.targets) putMarker(layers, targetIcon(), each.place, each.name);
  for (const each of what.handOffs) putMarker(layers, handOffIcon(), each.place, each.name);
}

/** A route's line and waypoints; those before `at` have been flown over. */
function showRoute(layers: L.LayerGroup, route: RouteView, said: string, at: number | null): void {
  const places = route.points.map((point) => L.latLng(point.latitude, point.longitude));
  L.polyline(places, { className: "map-route", interactive: false }).addTo(layers);
  if (at !== null && at > 0)
    L.polyline(places.slice(0, at + 1), { className: "map-route flown", interactive: false }).addTo(layers);
  for (const [index, point] of route.points.entries()) {
    const state = at === null || index > at ? "ahead" : index === at ? "now" : "done";
    const words = { ahead: "", now: ", flown to now", done: ", flown over" }[state];
    const text = `Waypoint ${index + 1} of ${said}: ${saidPoint(point)}${words}`;
    putMarker(layers, waypointIcon(index + 1, state), [point.latitude, point.longitude], text);
  }
}

/** A marker that says what it is, to who points at it and to a screen reader. */
export function putMarker(layers: L.LayerGroup, icon: L.DivIcon, place: [number, number], words: string) {
  const marker = L.marker(place, { icon, keyboard: false, zIndexOffset: -500 });
  layers.addLayer(marker);
  name(marker, words);
}
