/**
 * A relay on a map of its own: its docks and aircraft as they are, the legs, and where each is handed off.
 *
 * Load it lazily: Leaflet comes with it.
 */

import { useSignal, useSignalEffect } from "@preact/signals";
import L from "leaflet";
import { useEffect, useRef } from "preact/hooks";
import { dockOf } from "../../state/docks";
import { Button } from "../../ui";
import { placeOf, showDocks } from "../map/docks-layer";
import { putMarker } from "../map/flights-layer";
import { showAll, useGround } from "../map/ground";
import { handOffIcon, targetIcon, waypointIcon } from "../map/icons";
import type { Place } from "./along";
import type { LegStatus } from "./words";

/** A leg as it is drawn; `planned`: who is to fly it if it began now. `number` from 1; without: the whole route. */
export interface Line {
  name: string;
  number?: number;
  points: Place[];
  state: LegStatus | "planned" | "route";
}

export interface Drawn {
  lines: Line[];
  handOffs: { name: string; place: Place }[];
  /** Where nobody reaches. */
  lost?: { name: string; place: Place };
}

const at = ({ latitude, longitude }: Place): [number, number] => [latitude, longitude];

export default function RelayMap({ sns, drawn }: { sns: string[]; drawn: Drawn }) {
  const docks = useSignal(sns);
  const shown = useSignal(drawn);
  const looked = useRef("");
  useEffect(() => {
    docks.value = sns;
  }, [sns.join()]);
  // Rendered again with every reading: drawn anew only where it is another
  useEffect(() => {
    shown.value = drawn;
  }, [JSON.stringify(drawn)]);

  const { box, map } = useGround((made) =>
    showDocks(
      made,
      () => docks.value,
      (sn) => {
        const place = placeOf(dockOf(sn)?.dock.peek().data ?? {});
        if (place) showAll(made, [place]);
      },
    ),
  );

  const seeAll = () => {
    const places = [
      ...docks.value.map((sn) => placeOf(dockOf(sn)?.dock.value.data ?? {})).filter((place) => place !== null),
      ...shown.value.lines.flatMap((line) => line.points.map(at)),
    ];
    if (map.value) showAll(map.value, places);
    return places.length;
  };

  useSignalEffect(() => {
    const made = map.value;
    if (!made) return;
    const layers = L.layerGroup().addTo(made);
    for (const line of shown.value.lines) drawLine(layers, line);
    for (const { name, place } of shown.value.handOffs) putMarker(layers, handOffIcon(), at(place), name);
    const { lost } = shown.value;
    if (lost) putMarker(layers, targetIcon(), at(lost.place), lost.name);
    return () => layers.remove();
  });

  // Looks at all of it when docks or the route are others; a leg that begins does not move the map under somebody.
  useSignalEffect(() => {
    const known = docks.value.filter((sn) => placeOf(dockOf(sn)?.dock.value.data ?? {}));
    const first = shown.value.lines[0]?.points[0];
    const what = JSON.stringify([known, first]);
    if (map.value && looked.current !== what && seeAll()) looked.current = what;
  });

  return (
    <div class="map-box">
      <div ref={box} role="application" aria-label="Map of the relay" />
      <div class="map-tools row">
        <Button onClick={seeAll}>Show all</Button>
      </div>
    </div>
  );
}

function drawLine(layers: L.LayerGroup, line: Line) {
  const odd = line.number !== undefined && line.number % 2 === 1 ? " odd" : "";
  const places = line.points.map(at);
  L.polyline(places, { className: `relays-line ${line.state}${odd}`, interactive: false }).addTo(layers);
  const middle = between(line.points);
  if (line.number === undefined || !middle) return;
  const state = line.state === "done" ? "done" : line.state === "flying" ? "now" : "ahead";
  putMarker(layers, waypointIcon(line.number, state), at(middle), line.name);
}

/** Somewhere amid a leg, where no hand-off is. */
function between(points: Place[]): Place | undefined {
  const half = Math.floor(points.length / 2);
  const b = points[half];
  const a = points[half - 1];
  if (!a || !b) return b;
  return { latitude: (a.latitude + b.latitude) / 2, longitude: (a.longitude + b.longitude) / 2 };
}
