/**
 * A route on a map of its own: one that is kept, or one that is being drawn, whose points can be dragged.
 *
 * Load it lazily: Leaflet comes with it.
 */

import { useSignal, useSignalEffect } from "@preact/signals";
import L from "leaflet";
import { useEffect, useRef } from "preact/hooks";
import { dockOf, nameOf } from "../../state/docks";
import { placeOf } from "./docks-layer";
import { showAll, useGround } from "./ground";
import { dockIcon, name, waypointIcon } from "./icons";

export interface Place {
  latitude: number;
  longitude: number;
}

interface Props {
  points: Place[];
  /** The dock it is flown from. */
  sn?: string;
  /** Told where somebody clicks, or presses Enter over the middle. */
  onPoint?: (latitude: number, longitude: number) => void;
  /** Told where point `at` was dragged to. */
  onMove?: (at: number, latitude: number, longitude: number) => void;
}

export default function RouteMap({ points, sn, onPoint, onMove }: Props) {
  const moved = useRef(onMove);
  moved.current = onMove;
  const placed = useRef("");
  const shown = useSignal(points);
  const from = useSignal(sn);
  useEffect(() => {
    shown.value = points;
    from.value = sn;
  }, [points, sn]);

  const { box, map } = useGround(() => () => {}, onPoint);

  useSignalEffect(() => {
    const made = map.value;
    const dock = from.value ? dockOf(from.value) : undefined;
    const home = dock ? placeOf(dock.dock.value.data) : null;
    if (!made) return;
    const layers = L.layerGroup().addTo(made);
    const places = shown.value.map(({ latitude, longitude }) => L.latLng(latitude, longitude));
    const line = L.polyline(home ? [home, ...places] : places, { className: "map-route", interactive: false });
    line.addTo(layers);
    if (home && dock) {
      const marker = L.marker(home, { icon: dockIcon(true), keyboard: false }).addTo(layers);
      name(marker, `Dock ${nameOf(dock.view.value)}`);
    }
    for (const [at, place] of places.entries()) {
      const icon = waypointIcon(at + 1, "ahead");
      const marker = L.marker(place, { icon, draggable: !!moved.current, keyboard: false }).addTo(layers);
      name(marker, `Point ${at + 1}`);
      marker.on("dragend", () => {
        const { lat, lng } = marker.getLatLng().wrap();
        moved.current?.(at, lat, lng);
      });
    }
    // Looks at it once for each dock: who draws does not want the map to jump.
    const look = from.value ?? "route";
    if (placed.current !== look && (home || places.length)) {
      placed.current = look;
      showAll(made, home ? [home, ...places] : places);
    }
    return () => layers.remove();
  });

  return (
    <div class={onPoint ? "map-box aims" : "map-box"}>
      <div
        ref={box}
        role="application"
        aria-label={onPoint ? "Map of the route; Enter takes its middle" : "Map of the route"}
      />
    </div>
  );
}
