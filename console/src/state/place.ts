/** Where this page is served from: addresses that differ between installations. `GET /page.json`, open to all. */

import { signal } from "@preact/signals";

export interface Place {
  temporalUi: string;
  /** A template for map tiles, `https://.../{z}/{x}/{y}.png`, or null: the map then draws a grid instead. */
  mapTiles: string | null;
  mapAttribution: string;
}

export const place = signal<Place | null>(null);

export async function findPlace(): Promise<void> {
  const got = await fetch("/page.json");
  if (!got.ok) throw new Error(`/page.json answered with ${got.status}`);
  place.value = await got.json();
}
