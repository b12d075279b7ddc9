/**
 * Every dock of the organisation: what the API lists, and over it what comes live. The one place where views look.
 *
 * Each dock has its own signals, so that a dock's news renders that dock's parts of the page and nothing else.
 */

import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import { type AlertView, all, answer, api, type DockView } from "../api/client";
import { type LiveMessage, link, onLive } from "./live";

/** Properties as DJI names them; see docs of the Cloud API. */
export type Properties = Record<string, unknown>;

/** Properties with the time at which they were heard (milliseconds); 0: not yet. */
export interface Heard {
  at: number;
  data: Properties;
}

export interface DockState {
  sn: string;
  view: Signal<DockView>;
  dock: Signal<Heard>;
  aircraft: Signal<Heard>;
  /** The newest progress of a flight, as the bridge tells it. */
  flight: Signal<Heard>;
  /** What of its alerts stands; null: not known yet. */
  alerts: Signal<AlertView[] | null>;
}

const NOTHING: Heard = { at: 0, data: {} };
const LIST_EVERY = 10_000; // ms; what changes without being told live: names, missions, leases, streams
const DETAILS_AT_ONCE = 4;

const states = new Map<string, DockState>();
/** Serials, online ones first, then by name. */
export const order = signal<string[]>([]);
/** When the list was last read (milliseconds), and what was wrong if it could not be. */
export const listed = signal<{ at: number; error: Error | null }>({ at: 0, error: null });

export const docks = computed<DockState[]>(() => order.value.map((sn) => states.get(sn)).filter((each) => !!each));

export const dockOf = (sn: string): DockState | undefined => {
  order.value; // whoever looks for a dock wants to know when the list changes
  return states.get(sn);
};

/** A dock as people call it. */
export const nameOf = (view: Pick<DockView, "sn" | "displayName">): string =>
  view.displayName || `…${view.sn.slice(-6)}`;

/** The name of a dock by its serial; also of one that is not ours any more. */
export const dockName = (sn: string): string => nameOf(dockOf(sn)?.view.value ?? { sn, displayName: null });

/** All of a view that is worth rendering for: when a dock that is here was last heard is told live. */
const told = (view: DockView): string => JSON.stringify(view.online ? { ...view, lastSeenAt: null } : view);

function take(views: DockView[]) {
  for (const view of views) {
    const state = states.get(view.sn);
    if (state) {
      if (told(view) !== told(state.view.value)) state.view.value = view;
    } else
      states.set(view.sn, {
        sn: view.sn,
        view: signal(view),
        dock: signal(NOTHING),
        aircraft: signal(NOTHING),
        flight: signal(NOTHING),
        alerts: signal(null),
      });
  }
  const here = new Set(views.map((view) => view.sn));
  for (const sn of states.keys()) if (!here.has(sn)) states.delete(sn);
  const sorted = [...views].sort((a, b) => +b.online - +a.online || nameOf(a).localeCompare(nameOf(b)));
  const sns = sorted.map((view) => view.sn);
  if (sns.join() !== order.value.join()) order.value = sns;
}

let reading: Promise<void> | null = null;

/** Read the list again now; who asks while it is being read gets that reading. */
export function refreshDocks(): Promise<void> {
  reading ??= readDocks().finally(() => {
    reading = null;
  });
  return reading;
}

async function readDocks(): Promise<void> {
  try {
    const views = await all((after) => answer(api.GET("/v1/docks", { params: { query: { limit: 500, after } } })));
    take(views);
    listed.value = { at: Date.now(), error: null };
  } catch (error) {
    listed.value = { at: listed.value.at, error: error as Error };
  }
}

const standing = (alerts: AlertView[]): AlertView[] => alerts.filter((each) => each.open);

/** What stands of all docks: live pictures tell it only where something changes. */
async function readAlerts(): Promise<void> {
  const query = { open: true, limit: 500 };
  try {
    const [found] = await Promise.all([
      all((after) => answer(api.GET("/v1/alerts", { params: { query: { ...query, after } } }))),
      refreshDocks(),
    ]);
    batch(() => {
      for (const state of states.values()) state.alerts.value = found.filter((each) => each.sn === state.sn);
    });
  } catch {
    // Not known is shown as not known (null); a change of a dock's alerts tells all that stand of it.
  }
}

function hear(message: LiveMessage) {
  const state = states.get(message.sn);
  if (!state) {
    void refreshDocks(); // a dock that was paired a moment ago
    return;
  }
  const { at, data } = message;
  if (message.part === "dock") state.dock.value = { at, data };
  else if (message.part === "aircraft") state.aircraft.value = { at, data };
  else if (message.part === "flight") state.flight.value = { at, data };
  else if (message.part === "alerts") state.alerts.value = standing(data.alerts as AlertView[]);
  else if (message.part === "presence") {
    const view = state.view.value;
    const seen = data as { online: boolean; status: DockView["status"]; aircraft_sn: string; aircraft_online: boolean };
    state.view.value = {
      ...view,
      online: seen.online,
      status: seen.status,
      aircraftSn: seen.aircraft_sn ?? view.aircraftSn,
      aircraftOnline: seen.aircraft_online,
      lastSeenAt: new Date(at).toISOString(),
    };
  }
}

const wanted: string[] = [];
let running = 0;

/** What the store has of a dock that has not spoken yet; asked for once, a few docks at a time. */
export function wantDetails(sn: string) {
  const state = states.get(sn);
  if (!state || state.dock.peek().at || wanted.includes(sn)) return;
  wanted.push(sn);
  void work();
}

async function work() {
  if (running >= DETAILS_AT_ONCE) return;
  running += 1;
  for (let sn = wanted.shift(); sn !== undefined; sn = wanted.shift()) {
    const state = states.get(sn);
    if (!state) continue;
    try {
      const path = { params: { path: { sn } } };
      const found = await answer(api.GET("/v1/docks/{sn}", path));
      if (!state.dock.value.at)
        state.dock.value = { at: Date.parse(found.osdAt ?? "") || 0, data: { ...found.state, ...found.osd } };
      if (found.aircraftSn && !state.aircraft.value.at) {
        const craft = await answer(api.GET("/v1/docks/{sn}/aircraft", path));
        if (!state.aircraft.value.at)
          state.aircraft.value = { at: Date.parse(craft.osdAt ?? "") || 0, data: { ...craft.state, ...craft.osd } };
      }
    } catch {
      // What is not known is not shown; live news or the next visit of the tile fill it in.
    }
  }
  running -= 1;
}

/** Keep the docks up to date while somebody is signed in; the returned function ends it. */
export function followDocks(): () => void {
  void refreshDocks();
  const endAlerts = effect(() => {
    if (link.value.up) void readAlerts(); // also after a gap, in which alerts may have come and gone
  });
  const timer = setInterval(() => !document.hidden && void refreshDocks(), LIST_EVERY);
  const end = onLive(hear);
  return () => {
    clearInterval(timer);
    end();
    endAlerts();
    states.clear();
    order.value = [];
    listed.value = { at: 0, error: null };
  };
}
