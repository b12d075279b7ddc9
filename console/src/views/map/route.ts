/** Where waylines lead, read once: the file of a wayline never changes. */

import { answer, api, type RouteView } from "../../api/client";

const known = new Map<string, Promise<RouteView>>();

export function routeOf(wayline: string): Promise<RouteView> {
  let asked = known.get(wayline);
  if (!asked) {
    asked = answer(api.GET("/v1/waylines/{wayline_id}/route", { params: { path: { wayline_id: wayline } } }));
    known.set(wayline, asked);
    asked.catch(() => known.delete(wayline)); // the next look asks again
  }
  return asked;
}

/** What is done at a point, for people: `60 m, photo, hovers 5 s`. */
export function saidPoint(point: RouteView["points"][number]): string {
  const words = [`${Math.round(point.height)} m${point.heightMode === "WGS84" ? " above the ellipsoid" : ""}`];
  if (point.photos > 0) words.push(point.photos === 1 ? "photo" : `${point.photos} photos`);
  if (point.hover > 0) words.push(`hovers ${Math.round(point.hover)} s`);
  return words.join(", ");
}
