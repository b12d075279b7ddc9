/** What of all docks' standing alerts nobody has seen to. */

import { computed } from "@preact/signals";
import { docks } from "./docks";

/** How many there are, as far as is known. */
export const unseen = computed(() => {
  let count = 0;
  for (const dock of docks.value) for (const alert of dock.alerts.value ?? []) if (!alert.acknowledged) count += 1;
  return count;
});
