/** Which key, button or stick moves what. Nothing is bound until somebody binds it; kept in this browser. */

export const AXES = ["roll", "pitch", "throttle", "yaw"] as const;
export type Axis = (typeof AXES)[number];

export const MOVES = ["forward", "back", "left", "right", "up", "down", "turnLeft", "turnRight"] as const;
export type Move = (typeof MOVES)[number];

export const MOVE_NAMES: Record<Move, string> = {
  forward: "Forward",
  back: "Back",
  left: "Left",
  right: "Right",
  up: "Climb",
  down: "Descend",
  turnLeft: "Turn left",
  turnRight: "Turn right",
};

export type Source =
  | { kind: "key"; code: string }
  | { kind: "button"; pad: string; index: number }
  | { kind: "axis"; pad: string; index: number; sign: 1 | -1 };

export interface Bindings {
  moves: Partial<Record<Move, Source[]>>;
  /** How far a key or a button pushes, 0.1 to 1. */
  keyThrow: number;
  /** The middle of a gamepad's stick that does nothing, 0.05 to 0.5. */
  dead: number;
}

export const UNBOUND: Readonly<Bindings> = { moves: {}, keyThrow: 0.5, dead: 0.12 };

/** Keys that the page and the browser need: they cannot be bound. */
export const KEPT_FREE: ReadonlySet<string> = new Set([
  "Tab",
  "Escape",
  "Enter",
  "NumpadEnter",
  "ShiftLeft",
  "ShiftRight",
  "ControlLeft",
  "ControlRight",
  "AltLeft",
  "AltRight",
  "MetaLeft",
  "MetaRight",
  "CapsLock",
  "ContextMenu",
]);

const KEPT_AS = "argus.sticks";

/** Offered, and bound only when somebody says so. */
const KEYS: Record<Move, string> = {
  forward: "KeyW",
  back: "KeyS",
  left: "KeyA",
  right: "KeyD",
  up: "ArrowUp",
  down: "ArrowDown",
  turnLeft: "ArrowLeft",
  turnRight: "ArrowRight",
};

/** Mode 2, as most remote controllers have it: climb and turn left, forward and sideways right. */
const STICKS: Record<Move, [number, 1 | -1]> = {
  up: [1, -1],
  down: [1, 1],
  turnLeft: [0, -1],
  turnRight: [0, 1],
  forward: [3, -1],
  back: [3, 1],
  left: [2, -1],
  right: [2, 1],
};

export const keyboardPreset = (before: Bindings): Bindings =>
  MOVES.reduce((found, move) => bind(found, move, { kind: "key", code: KEYS[move] }), before);

export const gamepadPreset = (before: Bindings, pad: string): Bindings =>
  MOVES.reduce((found, move) => {
    const [index, sign] = STICKS[move];
    return bind(found, move, { kind: "axis", pad, index, sign });
  }, before);

const same = (a: Source, b: Source): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Bind `source` to `move`: it is taken from where it was, and replaces what else of the same sort moved that. */
export function bind(before: Bindings, move: Move, source: Source): Bindings {
  const moves: Bindings["moves"] = {};
  for (const each of MOVES) {
    const kept = (before.moves[each] ?? []).filter(
      (other) => !same(other, source) && !(each === move && (other.kind === "key") === (source.kind === "key")),
    );
    if (each === move) kept.push(source);
    if (kept.length > 0) moves[each] = kept;
  }
  return { ...before, moves };
}

export function unbind(before: Bindings, move: Move): Bindings {
  const { [move]: _, ...moves } = before.moves;
  return { ...before, moves };
}

export const isBound = (bindings: Bindings): boolean => Object.keys(bindings.moves).length > 0;

/** `W`, `↑`, `button 3`, `stick 1 −`. */
export function sourceName(source: Source): string {
  if (source.kind === "button") return `button ${source.index}`;
  if (source.kind === "axis") return `stick axis ${source.index} ${source.sign > 0 ? "+" : "−"}`;
  const arrows: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
  return arrows[source.code] ?? source.code.replace(/^Key|^Digit/, "");
}

export function load(): Bindings {
  try {
    return checked(JSON.parse(localStorage.getItem(KEPT_AS) ?? "null"));
  } catch {
    return { ...UNBOUND };
  }
}

export const save = (bindings: Bindings): void => localStorage.setItem(KEPT_AS, JSON.stringify(bindings));

/** What was kept, as far as it makes sense: another version of the page may have written it. */
function checked(kept: Partial<Bindings> | null): Bindings {
  const moves: Bindings["moves"] = {};
  for (const move of MOVES) {
    const sources = kept?.moves?.[move];
    if (!Array.isArray(sources)) continue;
    const good = sources.filter(isSource);
    if (good.length > 0) moves[move] = good;
  }
  const within = (value: unknown, least: number, most: number, otherwise: number) =>
    typeof value === "number" && value >= least && value <= most ? value : otherwise;
  return {
    moves,
    keyThrow: within(kept?.keyThrow, 0.1, 1, UNBOUND.keyThrow),
    dead: within(kept?.dead, 0.05, 0.5, UNBOUND.dead),
  };
}

function isSource(each: Partial<Record<string, unknown>> | null): each is Source {
  if (each?.kind === "key") return typeof each.code === "string" && !KEPT_FREE.has(each.code);
  const placed = typeof each?.pad === "string" && Number.isInteger(each.index);
  return placed && (each?.kind === "button" || (each?.kind === "axis" && (each.sign === 1 || each.sign === -1)));
}
