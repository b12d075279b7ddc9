/** What hands do, told to the engine: keys, gamepads, and whether the page is what a person looks at. Sends what follows. */

import { type Signal, signal } from "@preact/signals";
import type { Bindings } from "./bindings";
import { Engine, NEUTRAL, type Pad, type Tick } from "./engine";
import type { Link } from "./link";

const EVERY = 100; // ms
const PING_EVERY = 1000; // ms
const TYPED_INTO = "input:not([type=checkbox], [type=button]), textarea, select, [contenteditable]";

export interface Hands {
  engine: Engine;
  shown: Signal<Tick>;
  /** Why sticks do not count on this page now; null where they do. */
  away: Signal<string | null>;
  pads: Signal<Pad[]>;
  /** The next key goes to this, and nothing moves the aircraft meanwhile. */
  catching: Signal<((caught: Caught) => void) | null>;
  end: () => void;
}

export interface Caught {
  code: string;
}

export function hands(link: Link, bindings: Bindings): Hands {
  const engine = new Engine(bindings);
  const shown = signal<Tick>({ sticks: { ...NEUTRAL }, send: null, held: [], dropped: null });
  const away = signal<string | null>(null);
  const pads = signal<Pad[]>([]);
  const catching: Hands["catching"] = signal(null);
  let pingedAt = 0;

  const flies = () => link.holds.includes("flight");

  const look = () => {
    const why = whyAway(catching.peek() !== null);
    away.value = why;
    const before = shown.peek().held.length > 0;
    const has = why === null && flies();
    if (!has) {
      const moved = engine.drop(why ?? "You do not have the sticks.");
      // At once, and not with the next tick: those of a hidden page come late. Twice, since one may be lost on its way.
      if (moved || before) for (let n = 0; n < 2; n += 1) link.sticks({ ...NEUTRAL });
    }
    engine.focus(has, why ?? "You do not have the sticks.");
  };

  const tick = () => {
    look();
    const seen = readPads();
    if (JSON.stringify(seen) !== JSON.stringify(pads.peek())) pads.value = seen;
    const now = performance.now();
    const next = engine.tick(now, seen);
    if (JSON.stringify(next) !== JSON.stringify(shown.peek())) shown.value = next;
    link.watch();
    if (next.send && flies()) link.sticks(next.send);
    // A page that is seen keeps what it holds; a hidden one falls silent, and the server takes it back.
    if (!document.hidden && now - pingedAt >= PING_EVERY) {
      link.ping();
      pingedAt = now;
    }
  };

  const down = (event: KeyboardEvent) => {
    const catcher = catching.peek();
    if (catcher) {
      event.preventDefault();
      if (!event.repeat) catcher({ code: event.code });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (engine.drop("A shortcut was pressed.")) link.sticks({ ...NEUTRAL }); // its keys may never come up
      return;
    }
    look();
    if (isTyping() || !flies()) return;
    if (engine.press(event.code, event.repeat, performance.now())) event.preventDefault();
  };
  const up = (event: KeyboardEvent) => {
    if (engine.release(event.code, performance.now()) && flies() && !isTyping()) event.preventDefault();
  };
  const gone = (event: Event) => {
    if (engine.drop(event.type === "blur" ? "This window lost the focus." : "The page went away."))
      link.sticks({ ...NEUTRAL });
    look();
  };

  const ends: (() => void)[] = [];
  const on = (target: EventTarget, name: string, act: (event: never) => void) => {
    target.addEventListener(name, act as EventListener, { capture: true });
    ends.push(() => target.removeEventListener(name, act as EventListener, { capture: true }));
  };
  on(window, "keydown", down);
  on(window, "keyup", up);
  on(window, "blur", gone);
  on(window, "pagehide", gone);
  on(document, "freeze", gone);
  on(document, "visibilitychange", look);
  on(document, "focusin", look);
  on(window, "gamepaddisconnected", () => {
    if (engine.drop("A gamepad is gone.")) link.sticks({ ...NEUTRAL });
  });
  const timer = setInterval(tick, EVERY);
  ends.push(() => clearInterval(timer));

  return {
    engine,
    shown,
    away,
    pads,
    catching,
    end: () => {
      for (const end of ends) end();
      if (engine.drop("The page went away.")) link.sticks({ ...NEUTRAL });
    },
  };
}

function whyAway(catching: boolean): string | null {
  if (document.hidden || document.visibilityState !== "visible") return "This tab is hidden.";
  if (!document.hasFocus()) return "This window does not have the focus: click into it.";
  if (catching) return "A key or stick is being bound.";
  if (document.querySelector("dialog[open]")) return "A dialog is open.";
  if (isTyping()) return "A field has the focus: click beside it.";
  return null;
}

const isTyping = () => document.activeElement?.matches(TYPED_INTO) ?? false;

function readPads(): Pad[] {
  return [...(navigator.getGamepads?.() ?? [])]
    .filter((pad) => pad?.connected)
    .map((pad) => ({
      id: (pad as Gamepad).id,
      axes: (pad as Gamepad).axes,
      buttons: (pad as Gamepad).buttons.map((button) => button.value),
    }));
}
