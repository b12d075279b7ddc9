/**
 * `/v1/live` by WebSocket: the pictures of all docks of the organisation as they change.
 *
 * Messages are gathered and handed on together, at most four times a second, so that many docks cost one pass of
 * rendering. A connection that is lost is opened again, sooner at first than later.
 */

import { batch, signal } from "@preact/signals";
import { signOut, token } from "./session";

export interface LiveMessage {
  sn: string;
  part: "dock" | "aircraft" | "flight" | "presence" | "alert" | "alerts" | "custom" | "detections" | "job" | "property";
  /** Milliseconds since 1970, by the server's clock. */
  at: number;
  data: Record<string, unknown>;
}

const TOGETHER = 250; // ms
const FIRST_PAUSE = 500; // ms
const LONGEST_PAUSE = 10_000; // ms
const POLICY_VIOLATION = 1008;

/** Whether pictures come in, and since when it has been so (milliseconds). */
export const link = signal<{ up: boolean; since: number }>({ up: false, since: Date.now() });

type Hearer = (message: LiveMessage) => void;
const hearers = new Set<Hearer>();

/** Have `hear` called with each message; call what is returned to end it. */
export function onLive(hear: Hearer): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

const gathered: { news: LiveMessage[]; timer: number | undefined } = { news: [], timer: undefined };

function handOn() {
  const { news } = gathered;
  gathered.news = [];
  gathered.timer = undefined;
  batch(() => {
    for (const message of news) for (const hear of hearers) hear(message);
  });
}

/** Keep a connection while somebody is signed in; the returned function ends it. */
export function connectLive(): () => void {
  let socket: WebSocket | null = null;
  let pause = FIRST_PAUSE;
  let over = false;
  let again: number | undefined;

  const open = () => {
    if (token.value === null) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/v1/live`, ["bearer", token.value]);
    socket.onopen = () => {
      pause = FIRST_PAUSE;
      link.value = { up: true, since: Date.now() };
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (typeof message.sn !== "string") return; // a problem, after which the socket is closed
      gathered.news.push(message);
      gathered.timer ??= window.setTimeout(handOn, TOGETHER);
    };
    socket.onclose = (event) => {
      if (over) return;
      if (link.value.up) link.value = { up: false, since: Date.now() };
      if (event.code === POLICY_VIOLATION) return signOut(event.reason || "The session has ended.");
      again = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  };
  open();
  return () => {
    over = true;
    clearTimeout(again);
    socket?.close();
    link.value = { up: false, since: Date.now() };
  };
}
