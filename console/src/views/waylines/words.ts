/** Words of routes. */

/** What the aircraft does without a link, by `exitWaylineWhenRcLost`. */
export const LOST_LINK: Record<number, string> = { 0: "flies on", 1: "comes home" };
