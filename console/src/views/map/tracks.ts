/** Where each aircraft was in the last minutes. Kept in the page from when the map is first loaded; nowhere else. */

import { type Signal, signal } from "@preact/signals";
import { onLive } from "../../state/live";

const KEPT = 10 * 60_000; // ms
const APART = 1e-5; // degrees, about 1 m: what hovers or stands adds nothing

interface Was {
  at: number;
  place: [number, number];
}

/** A signal for each dock: where many fly, a point of one redraws one track. */
const tracks = new Map<string, Signal<Was[]>>();

function kept(sn: string): Signal<Was[]> {
  const found = tracks.get(sn) ?? signal<Was[]>([]);
  tracks.set(sn, found);
  return found;
}

export const trackOf = (sn: string): [number, number][] => kept(sn).value.map((each) => each.place);

onLive(({ sn, part, at, data }) => {
  const { latitude, longitude } = data;
  if (part !== "aircraft" || typeof latitude !== "number" || typeof longitude !== "number") return;
  const was = kept(sn);
  const track = was.peek();
  const last = track.at(-1)?.place;
  if (last && Math.abs(last[0] - latitude) < APART && Math.abs(last[1] - longitude) < APART) return;
  was.value = [...track.filter((each) => at - each.at <= KEPT), { at, place: [latitude, longitude] }];
});
