/** Areas as they are being edited in this page: nothing of them is anywhere else until they are sent. */

import { Refused } from "../../api/client";
import type { Drawn } from "./drawing";

type Read = { id?: string | undefined; geometry: Drawn["geometry"]; properties: Partial<Drawn["properties"]> };

/** What the API said, with an identity for each. */
export const asDrawn = (read: { features: Read[] } | undefined): Drawn[] => (read?.features ?? []).map(whole);

function whole({ id, geometry, properties }: Read): Drawn {
  const { kind = "keep-in", name = "", enabled = true, radius = 0 } = properties;
  return { type: "Feature", id: id ?? crypto.randomUUID(), geometry, properties: { kind, name, enabled, radius } };
}

const wrong = (detail: string) => new Refused({ title: "Not a file of areas", detail });

/** The areas in the text of a GeoJSON file. Throws Refused with what is wrong and what would be right. */
export function readGeoJson(text: string): Drawn[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw wrong(`This is no JSON: ${(error as Error).message}.`);
  }
  const features = (read as { type?: string; features?: unknown[] }).features;
  if ((read as { type?: string }).type !== "FeatureCollection" || !Array.isArray(features))
    throw wrong("This is no GeoJSON FeatureCollection.");
  return features.map((each, at) => {
    const { geometry, properties, id } = each as Partial<Read>;
    const type: string | undefined = geometry?.type;
    if (!geometry || (type !== "Point" && type !== "Polygon"))
      throw wrong(`Area ${at + 1} is a ${type ?? "nothing"}: only Polygon, and Point with a radius, can be.`);
    if (!properties?.kind) throw wrong(`Area ${at + 1} has no property "kind": keep-in or keep-out.`);
    const own = typeof id === "string" && /^[\w-]{1,64}$/.test(id);
    return whole({ id: own ? id : undefined, geometry, properties });
  });
}

/** Have the browser save them as a file. */
export function saveGeoJson(areas: Drawn[], name: string): void {
  const text = JSON.stringify({ type: "FeatureCollection", features: areas }, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/geo+json" }));
  link.download = `${name.replaceAll(/[^\w-]+/g, "-")}-areas.geojson`;
  link.click();
  URL.revokeObjectURL(link.href);
}
