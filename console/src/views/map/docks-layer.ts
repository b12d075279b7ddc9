/** Docks and their aircraft on the map: each has its own effect, so that one dock's news moves only its own markers. */

import { effect } from "@preact/signals";
import L from "leaflet";
import { ago, now } from "../../state/clock";
import { type DockState, docks, nameOf, order, type Properties, wantDetails } from "../../state/docks";
import { isFlying } from "../docks/modes";
import { aircraftIcon, dockIcon, landingIcon, name, turnTo, wear } from "./icons";
import { trackOf } from "./tracks";

type Place = [number, number];

/** Latitude and longitude where both are said and are a place; docks without a fix say zeros. */
export function placeOf(data: Properties): Place | null {
  const { latitude, longitude } = data;
  if (typeof latitude !== "number" || typeof longitude !== "number") return null;
  return latitude === 0 && longitude === 0 ? null : [latitude, longitude];
}

/** Where names stand: docks that are close together, as on one roof, do not hide each other's. */
const BESIDE: [L.Direction, L.PointTuple][] = [
  ["bottom", [0, 14]],
  ["right", [14, 0]],
  ["left", [-14, 0]],
  ["top", [0, -14]],
];

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const QUIET = 10_000; // ms: of an aircraft that is told of each second

/** Keep markers of the docks that `wanted` names (all without) on the map. `onDock` is told which was chosen. */
export function showDocks(map: L.Map, wanted: () => string[] | undefined, onDock: (sn: string) => void): () => void {
  const shown = new Map<string, () => void>();
  const end = effect(() => {
    const only = wanted();
    const here = docks.value.filter((dock) => !only || only.includes(dock.sn));
    const keep = new Set(here.map((dock) => dock.sn));
    for (const [sn, gone] of shown)
      if (!keep.has(sn)) {
        gone();
        shown.delete(sn);
      }
    for (const dock of here)
      if (!shown.has(dock.sn))
        shown.set(
          dock.sn,
          showDock(map, dock, () => onDock(dock.sn)),
        );
  });
  return () => {
    end();
    for (const gone of shown.values()) gone();
  };
}

function showDock(map: L.Map, dock: DockState, chosen: () => void): () => void {
  wantDetails(dock.sn);
  const layers = L.layerGroup().addTo(map);
  const base = marker(dockIcon(true)).on("click", chosen);
  const craft = marker(aircraftIcon(), 1000).on("click", chosen);
  const landing = marker(landingIcon(), -1000);
  const track = L.polyline([], { className: "map-track", interactive: false });
  const [direction, offset] = BESIDE[order.peek().indexOf(dock.sn) % BESIDE.length] ?? ["bottom", [0, 14]];
  const label = L.tooltip({ permanent: true, direction, offset, className: "map-label" });
  base.bindTooltip(label);
  let called = "";

  const ends = [
    effect(() => {
      const { view, dock: heard } = dock;
      const place = placeOf(heard.value.data);
      put(layers, base, place);
      wear(base, dockIcon(view.value.online));
      if (called !== nameOf(view.value)) label.setContent(text(nameOf(view.value)));
      called = nameOf(view.value);
      if (place) name(base, `Dock ${nameOf(view.value)}, ${view.value.status.replaceAll("_", " ")}`);
      const alternate = heard.value.data.alternate_land_point as Properties | undefined;
      put(layers, landing, alternate?.is_configured ? placeOf(alternate) : null);
      name(landing, `Alternate landing point of ${nameOf(view.value)}`);
    }),
    effect(() => {
      const { at, data } = dock.aircraft.value;
      const flying = isFlying(data.mode_code);
      const place = dock.view.value.aircraftOnline && flying ? placeOf(data) : null;
      put(layers, craft, place);
      if (!place) return;
      const heading = number(data.attitude_head) ?? 0;
      turnTo(craft, heading);
      const height = number(data.elevation);
      const said = [
        `Aircraft of ${nameOf(dock.view.value)}`,
        `heading ${Math.round((heading + 360) % 360)}°`,
        height === null ? "" : `${Math.round(height)} m above take-off`,
        now.value - at > QUIET ? `no news for ${ago(at, now.value)}` : "",
      ];
      name(craft, said.filter(Boolean).join(", "));
    }),
    effect(() => {
      const points = trackOf(dock.sn);
      if (points.length > 1) track.setLatLngs(points).addTo(layers);
    }),
  ];
  return () => {
    for (const end of ends) end();
    layers.remove();
  };
}

const marker = (icon: L.DivIcon, zIndexOffset = 0) => L.marker([0, 0], { icon, zIndexOffset, keyboard: true });

/** Tooltips take HTML; names that people gave are text. */
function text(words: string): HTMLElement {
  const element = document.createElement("span");
  element.textContent = words;
  return element;
}

function put(layers: L.LayerGroup, what: L.Marker, place: Place | null) {
  if (!place) {
    layers.removeLayer(what);
    return;
  }
  // Moving a marker measures its label: what stays where it is is left alone
  if (!what.getLatLng().equals(place)) what.setLatLng(place);
  if (!layers.hasLayer(what)) layers.addLayer(what);
}
