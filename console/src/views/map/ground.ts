/** A Leaflet map with what lies under everything: tiles where the installation names some, else a grid of metres. */

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { place } from "../../state/place";
import { MetreGrid } from "./grid";
import "./map.css";

const DEEPEST = 22; // zoom: about 4 cm a pixel
const TILES_TO = 19; // what public tile servers have; closer, their tiles are enlarged

/** No animation of zooming: nothing on it moves that does not move in the field. */
export function makeGround(element: HTMLElement): L.Map {
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
