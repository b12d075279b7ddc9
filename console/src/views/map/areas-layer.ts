/** A mission's areas as they are drawn: inside a keep-in area is where aircraft may be, a keep-out one is barred. */

import L from "leaflet";

/** A GeoJSON feature as the API says it. */
export interface Area {
  geometry: { type: "Point"; coordinates: number[] } | { type: "Polygon"; coordinates: number[][][] };
  properties: { kind: string; name?: string; enabled?: boolean; radius?: number };
}

const STYLES = { "keep-in": "map-area in", "keep-out": "map-area out" } as Record<string, string>;

export function areaShape(area: Area): L.Path {
  const { geometry, properties } = area;
  const options = {
    className: `${STYLES[properties.kind] ?? "map-area"}${properties.enabled === false ? " off" : ""}`,
  };
  if (geometry.type === "Point") {
    const [longitude, latitude] = geometry.coordinates;
    return L.circle([latitude as number, longitude as number], { radius: properties.radius ?? 0, ...options });
  }
  const ring = (geometry.coordinates[0] ?? []).map(([longitude, latitude]) =>
    L.latLng(latitude as number, longitude as number),
  );
  return L.polygon(ring, options);
}

/** Draw all of them into `layers`, in place of what was there. */
export function showAreas(layers: L.LayerGroup, areas: Area[]): void {
  layers.clearLayers();
  for (const area of areas) {
    const words = document.createElement("span");
    const off = area.properties.enabled === false ? ", off" : "";
    words.textContent = `${area.properties.name || "Area"} (${area.properties.kind}${off})`;
    areaShape(area).bindTooltip(words, { sticky: true }).addTo(layers);
  }
}
