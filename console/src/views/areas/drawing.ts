/** Areas on a Leaflet map that can be drawn and edited: what a person does there comes back as GeoJSON features. */

import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css";
import { type Area, areaShape } from "../map/areas-layer";

export type Kind = "keep-in" | "keep-out";
export type Shape = "polygon" | "circle";
/** An area of the draft, as GeoJSON has it. */
export interface Drawn {
  type: "Feature";
  /** Ours, so that an area keeps its identity while it is edited; the API keeps it too. */
  id: string;
  geometry: Area["geometry"];
  properties: { kind: string; name: string; enabled: boolean; radius: number };
}

const DIGITS = 7; // of a degree: about a centimetre
const rounded = (degrees: number) => Number(degrees.toFixed(DIGITS));

function geometryOf(layer: L.Layer): { geometry: Area["geometry"]; radius: number } | null {
  if (layer instanceof L.Circle) {
    const { lat, lng } = layer.getLatLng().wrap();
    return {
      geometry: { type: "Point", coordinates: [rounded(lng), rounded(lat)] },
      radius: Math.round(layer.getRadius() * 10) / 10,
    };
  }
  if (!(layer instanceof L.Polygon)) return null;
  const corners = (layer.getLatLngs()[0] as L.LatLng[]).map((corner): [number, number] => {
    const { lat, lng } = corner.wrap();
    return [rounded(lng), rounded(lat)];
  });
  const [first] = corners;
  if (!first) return null;
  return { geometry: { type: "Polygon", coordinates: [[...corners, first]] }, radius: 0 };
}

export interface Drawing {
  /** Show these, in place of what is drawn. What is already drawn just so is left alone, also while it is edited. */
  show: (areas: Drawn[], editable: boolean) => void;
  /** Have the next clicks draw one. */
  draw: (shape: Shape, kind: Kind) => void;
  /** Leave off what is being drawn. */
  cancel: () => void;
  look: (id: string) => void;
  end: () => void;
}

/** `changed` is given an area that was drawn or edited; `drawing` whether clicks draw at the moment. */
export function drawOn(
  map: L.Map,
  changed: (id: string, geometry: Area["geometry"], radius: number, kind?: Kind) => void,
  drawing: (busy: boolean) => void,
): Drawing {
  const layers = new Map<string, { layer: L.Path; as: string }>();
  let next: Kind = "keep-in";
  map.pm.setGlobalOptions({ allowSelfIntersection: false, snappable: true, continueDrawing: false });

  const created = ({ layer }: { layer: L.Layer }) => {
    const found = geometryOf(layer);
    layer.remove(); // it is drawn anew with its own identity, as all others are
    if (found) changed(crypto.randomUUID(), found.geometry, found.radius, next);
  };
  const begun = () => drawing(true);
  const ended = () => drawing(false);
  map.on("pm:create", created);
  map.on("pm:drawstart", begun);
  map.on("pm:drawend", ended);

  // Corners are for mouse and finger; the list beside the map is for the keyboard and for those who hear the page.
  const hush = () => {
    for (const corner of map.getPane("markerPane")?.querySelectorAll<HTMLElement>(".marker-icon") ?? []) {
      corner.ariaHidden = "true";
      corner.tabIndex = -1;
    }
  };

  const put = (area: Drawn, editable: boolean) => {
    const layer = areaShape(area);
    const words = document.createElement("span");
    words.textContent = area.properties.name || `unnamed ${area.properties.kind}`;
    layer.bindTooltip(words, { sticky: true }).addTo(map);
    if (editable) {
      layer.pm.enable({ allowSelfIntersection: false });
      hush();
      layer.on("pm:edit pm:dragend", () => {
        hush();
        const found = geometryOf(layer);
        if (found) changed(area.id, found.geometry, found.radius);
      });
    }
    return layer;
  };

  return {
    show(areas, editable) {
      const wanted = new Map(areas.map((area) => [area.id, area]));
      for (const [id, { layer }] of layers)
        if (!wanted.has(id)) {
          layer.remove();
          layers.delete(id);
        }
      for (const area of areas) {
        const as = JSON.stringify([area, editable]);
        const there = layers.get(area.id);
        if (there?.as === as) continue;
        const now = there && geometryOf(there.layer);
        const sameShape =
          now &&
          JSON.stringify(now.geometry) === JSON.stringify(area.geometry) &&
          now.radius === area.properties.radius;
        // While somebody drags a corner its layer must live on; only other changes make a new one.
        if (there && sameShape && lookAlike(there.as, as)) {
          there.as = as;
          continue;
        }
        there?.layer.remove();
        layers.set(area.id, { layer: put(area, editable), as });
      }
    },
    draw(shape, kind) {
      next = kind;
      map.pm.enableDraw(shape === "circle" ? "Circle" : "Polygon", {
        pathOptions: { className: kind === "keep-in" ? "map-area in" : "map-area out" },
      });
    },
    cancel: () => map.pm.disableDraw(),
    look(id) {
      const layer = layers.get(id)?.layer as (L.Path & { getBounds?: () => L.LatLngBounds }) | undefined;
      const bounds = layer?.getBounds?.();
      if (bounds) map.fitBounds(bounds, { maxZoom: 18, padding: [40, 40], animate: false });
    },
    end() {
      map.off("pm:create", created);
      map.off("pm:drawstart", begun);
      map.off("pm:drawend", ended);
      map.pm.disableDraw();
      for (const { layer } of layers.values()) layer.remove();
    },
  };
}

/** Whether two areas differ in their shape alone: what else is seen of them is the same. */
function lookAlike(a: string, b: string): boolean {
  const seen = (text: string) => {
    const [{ properties }, editable] = JSON.parse(text);
    return JSON.stringify([properties.kind, properties.name, properties.enabled, editable]);
  };
  return seen(a) === seen(b);
}
