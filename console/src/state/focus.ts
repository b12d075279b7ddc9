/** The dock that a person looks at: a tile sets it, and a map beside the tiles goes there. */

import { signal } from "@preact/signals";

/** A new object each time, so that the same dock can be gone to again. */
export const focus = signal<{ sn: string } | undefined>(undefined);

export const lookAt = (sn: string): void => {
  focus.value = { sn };
};
