/** The time, ticking once a second while the page is seen: ages on screen grow by it. */

import { signal } from "@preact/signals";

export const now = signal(Date.now());

const tick = () => {
  if (!document.hidden) now.value = Date.now();
};
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);

/** `12 s`, `3 min`, `2 h`, `5 d`: how long ago `at` was, at `from`. */
export function ago(at: number, from: number): string {
  const seconds = Math.max(0, Math.round((from - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
