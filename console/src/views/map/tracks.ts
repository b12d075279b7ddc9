/** Where each aircraft was in the last minutes. Kept in the page from when the map is first loaded; nowhere else. */

import { signal } from "@preact/signals";
import { onLive } from "../../state/live";

const KEPT = 10 * 60_000; // ms
const APART = 1e-5; // degrees, about 1 m: what hovers or stands adds nothing

interface Was {
  at: number;
  place: [number, number];
}

const tracks = new Map<string, Was[]>();
/** Changes with each new point. */
export const tracksChanged = signal(0);

export const trackOf = (sn: string): [number, number][] => (tracks.get(sn) ?? []).map((each) => each.place);

onLive(({ sn, part, at, data }) => {
  const { latitude, longitude } = data;
  if (part !== "aircraft" || typeof latitude !== "number" || typeof longitude !== "number") return;
  const track = tracks.get(sn) ?? [];
  while (track[0] && at - track[0].at > KEPT) track.shift();
  const last = track.at(-1)?.place;
  if (last && Math.abs(last[0] - latitude) < APART && Math.abs(last[1] - longitude) < APART) return;
  track.push({ at, place: [latitude, longitude] });
  tracks.set(sn, track);
  tracksChanged.value += 1;
});
