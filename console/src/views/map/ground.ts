/** A Leaflet map with what lies under everything: tiles where the installation names some, else a grid of metres. */

import { type Signal, useSignal } from "@preact/signals";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { place } from "../../state/place";
import { MetreGrid } from "./grid";
import "./map.css";

const DEEPEST = 22; // zoom: about 4 cm a pixel
const TILES_TO = 19; // what public tile servers have; closer, their tiles are enlarged

type OnPoint = (latitude: number, longitude: number) => void;

/**
 * A map in the element that `box` is put on, for as long as it is shown and `deps` stay; the signal holds it meanwhile.
 * `begin` puts on it what stays there, and returns how to end that. `onPoint` is told where somebody clicks, or presses
 * Enter over the middle.
 */
export function useGround(
  begin: (map: L.Map) => () => void,
  onPoint?: OnPoint,
  deps: unknown[] = [],
): { box: RefObject<HTMLDivElement>; map: Signal<L.Map | null> } {
  const box = useRef<HTMLDivElement>(null);
  const map = useSignal<L.Map | null>(null);
  const point = useRef(onPoint);
  point.current = onPoint;
  useEffect(() => {
    const here = box.current;
    if (!here) return;
    const made = makeGround(here);
    made.on("click", ({ latlng }) => point.current?.(latlng.lat, latlng.wrap().lng));
    made.on("keypress", ({ originalEvent }) => {
      const { lat, lng } = made.getCenter().wrap();
      if (originalEvent.key === "Enter" && originalEvent.target === here) point.current?.(lat, lng);
    });
    const sized = new ResizeObserver(() => made.invalidateSize());
    sized.observe(here);
    const end = begin(made);
    map.value = made;
    return () => {
      map.value = null;
      end();
      sized.disconnect();
      made.remove();
    };
  }, deps);
  return { box, map };
}

/** No animation of zooming: nothing on it moves that does not move in the field. */
function makeGround(element: HTMLElement): L.Map {
  const map = L.map(element, { zoomAnimation: false, fadeAnimation: false, maxZoom: DEEPEST, zoomSnap: 0.5 });
  map.attributionControl.setPrefix(false);
  const tiles = place.value?.mapTiles;
  if (tiles) {
    const attribution = place.value?.mapAttribution;
    L.tileLayer(tiles, { attribution, maxZoom: DEEPEST, maxNativeZoom: TILES_TO }).addTo(map);
  } else new MetreGrid().addTo(map);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  map.setView([0, 0], 2);
  return map;
}

/** Show all of these places; one alone is shown with a few hundred metres around it. */
export function showAll(map: L.Map, places: L.LatLngExpression[]): void {
  if (places.length === 0) return;
  map.fitBounds(L.latLngBounds(places), { maxZoom: 17, padding: [40, 40], animate: false });
}
