/** How old something is, ticking. Milliseconds or an ISO time. */

import { ago, now } from "../state/clock";

interface Props {
  at: number | string | null | undefined;
  /** Older than this (seconds) it is marked as old. */
  oldAfter?: number;
  /** Said where there is no time. */
  none?: string;
  /** Does not tick: it is not seen. */
  still?: boolean;
}

export function Age({ at: given, oldAfter, none = "never", still = false }: Props) {
  const time = typeof given === "string" ? Date.parse(given) : (given ?? 0);
  if (!time) return <span class="dim">{none}</span>;
  const at = still ? now.peek() : now.value;
  const old = oldAfter !== undefined && at - time > oldAfter * 1000;
  return (
    <time class={old ? "old" : "dim"} dateTime={new Date(time).toISOString()} title={new Date(time).toLocaleString()}>
      {ago(time, at)} ago
    </time>
  );
}

/** A moment in the reader's own time. */
export function Moment({ at }: { at: string | null | undefined }) {
  if (!at) return <span class="dim">–</span>;
  return <time dateTime={at}>{new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" })}</time>;
}
