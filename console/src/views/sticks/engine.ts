/**
 * The sticks: what is held, what follows from it, and what is to be sent. Without DOM, without a clock of its own.
 *
 * Whoever has the events tells them with their time (milliseconds), and calls `tick` ten times a second. The rules that
 * keep an aircraft from moving when nobody means it are here:
 *
 * - Sticks count only while `focus` is given. What is held when it is lost is dropped, and counts again only after it
 *   was let go and taken anew: a key that repeats was not pressed, and a gamepad first has to come to its middle.
 * - A held key must be heard of: keyboards repeat. Without a word of any key for `KEY_TRUST` all keys are dropped, so
 *   that a key whose release was lost moves nothing for longer.
 * - A gamepad that is gone is at rest. One that comes back has to come to its middle first.
 * - Ticks that come late drop everything: what happened meanwhile was not heard.
 */

import { AXES, type Axis, type Bindings, MOVES, type Move, type Source } from "./bindings";

export const LEAST = 364;
export const CENTRE = 1024;
export const MOST = 1684;
const THROW = MOST - CENTRE;

const KEY_TRUST = 2000; // ms
const LATE = 600; // ms between two ticks
const TOLD_FOR = 5000; // ms that somebody is told why their sticks were let go
const NEUTRALS = 5; // a message may be lost
const OFF_MIDDLE = "The gamepad has to come to its middle first.";
const REST = 0.15; // of a gamepad that has to come to its middle first

/** 364 to 1684, 1024 in the middle. Up is right (roll), forward (pitch), climbing, clockwise (yaw). */
export type Sticks = Record<Axis, number>;

export const NEUTRAL: Readonly<Sticks> = { roll: CENTRE, pitch: CENTRE, throttle: CENTRE, yaw: CENTRE };

/** A gamepad at one moment: axes -1 to 1, buttons 0 to 1. */
export interface Pad {
  id: string;
  axes: readonly number[];
  buttons: readonly number[];
}

export interface Tick {
  sticks: Sticks;
  /** What is to be sent now, if anything. */
  send: Sticks | null;
  /** The moves that are held and count. */
  held: Move[];
  /** Why what is held does not count; null where it does, or nothing is held. */
  dropped: string | null;
}

export class Engine {
  private focused = false;
  private readonly keys = new Set<string>();
  private keyHeardAt = 0;
  private tickedAt: number | null = null;
  private moving = false;
  private neutrals = 0;
  private dropped: string | null = null;
  private droppedAt = 0;
  /** Gamepads that have been in their middle since they were last dropped. */
  private readonly rested = new Set<string>();

  constructor(public bindings: Bindings) {}

  /** Whether sticks are meant for this page now. Without it nothing is held; `why` is for people. */
  focus(has: boolean, why: string): void {
    if (!has && this.focused) this.drop(why);
    this.focused = has;
  }

  /** A key goes down, or repeats. True where it is bound. */
  press(code: string, repeats: boolean, at: number): boolean {
    if (!this.binds(code)) return false;
    if (this.focused && (!repeats || this.keys.has(code))) {
      if (!repeats) this.dropped = null;
      this.keys.add(code);
      this.keyHeardAt = at;
    }
    return true;
  }

  /** A key comes up. True where it is bound. */
  release(code: string, at: number): boolean {
    if (this.keys.delete(code)) this.keyHeardAt = at;
    return this.binds(code);
  }

  /** Let go of everything. It counts again when it is taken anew. True where the aircraft was being moved. */
  drop(why: string): boolean {
    const moved = this.moving;
    if (moved || this.keys.size > 0) this.tell(why);
    this.keys.clear();
    this.rested.clear();
    if (moved) this.neutrals = NEUTRALS;
    this.moving = false;
    return moved;
  }

  /** After an emergency stop not even neutral sticks follow. */
  stop(): void {
    this.drop("Emergency stop.");
    this.neutrals = 0;
  }

  tick(at: number, pads: readonly Pad[]): Tick {
    if (this.tickedAt !== null && at - this.tickedAt > LATE) this.drop("The page was held up for a moment.");
    this.tickedAt = at;
    if (this.keys.size > 0 && at - this.keyHeardAt > KEY_TRUST) {
      this.keys.clear();
      this.tell("Nothing was heard of the keys for 2 s.");
    }
    for (const id of this.rested) if (!pads.some((pad) => pad.id === id)) this.lost(id);

    const held: Move[] = [];
    let waits = false;
    const pushed = {} as Record<Move, number>;
    for (const move of MOVES) {
      pushed[move] = 0;
      for (const source of this.bindings.moves[move] ?? []) {
        const pad = source.kind === "key" ? undefined : pads.find((each) => each.id === source.pad);
        if (pad && !this.counts(pad)) {
          waits ||= padPush(source, pad, this.bindings.dead) > 0;
          continue;
        }
        pushed[move] = Math.max(pushed[move], this.push(source, pad));
      }
      if (pushed[move] > 0) held.push(move);
    }
    if (held.length > 0) this.dropped = null;
    else if (waits) this.tell(OFF_MIDDLE);
    else if (this.dropped === OFF_MIDDLE || at - this.droppedAt > TOLD_FOR) this.dropped = null;

    const sticks = this.focused ? positions(pushed) : { ...NEUTRAL };
    const moves = AXES.some((axis) => sticks[axis] !== CENTRE);
    if (this.moving && !moves) this.neutrals = NEUTRALS;
    this.moving = moves;
    let send: Sticks | null = null;
    if (moves) send = sticks;
    else if (this.neutrals > 0) {
      this.neutrals -= 1;
      send = { ...NEUTRAL };
    }
    return { sticks, send, held, dropped: this.dropped };
  }

  private lost(id: string): void {
    this.rested.delete(id);
    this.tell("The gamepad is gone.");
  }

  private tell(why: string): void {
    this.dropped = why;
    this.droppedAt = this.tickedAt ?? 0;
  }

  /** Whether a gamepad's position is meant: it has been in its middle since it was last dropped. */
  private counts(pad: Pad): boolean {
    if (!this.focused) return false;
    if (this.rested.has(pad.id)) return true;
    const bound = MOVES.flatMap((move) => this.bindings.moves[move] ?? []).filter(
      (source) => source.kind !== "key" && source.pad === pad.id,
    );
    if (bound.some((source) => padPush(source, pad, REST) > 0)) return false;
    this.rested.add(pad.id);
    return true;
  }

  /** 0 to 1. */
  private push(source: Source, pad: Pad | undefined): number {
    if (source.kind === "key") return this.focused && this.keys.has(source.code) ? this.bindings.keyThrow : 0;
    if (!pad) return 0;
    const pushed = padPush(source, pad, this.bindings.dead);
    return source.kind === "button" ? pushed * this.bindings.keyThrow : pushed;
  }

  private binds(code: string): boolean {
    return MOVES.some((move) => this.bindings.moves[move]?.some((each) => each.kind === "key" && each.code === code));
  }
}

/** How far a button or one side of an axis is pushed, 0 to 1; beyond the dead middle it begins at 0. */
function padPush(source: Source, pad: Pad, dead: number): number {
  if (source.kind === "key") return 0;
  const raw = source.kind === "button" ? (pad.buttons[source.index] ?? 0) : (pad.axes[source.index] ?? 0) * source.sign;
  if (!Number.isFinite(raw) || raw <= dead) return 0;
  return Math.min(1, (raw - dead) / (1 - dead));
}

function positions(pushed: Record<Move, number>): Sticks {
  const between = (up: Move, down: Move) =>
    CENTRE + Math.round(Math.max(-1, Math.min(1, pushed[up] - pushed[down])) * THROW);
  return {
    roll: between("right", "left"),
    pitch: between("forward", "back"),
    throttle: between("up", "down"),
    yaw: between("turnRight", "turnLeft"),
  };
}

/** -1 to 1. */
export const deflection = (position: number): number => (position - CENTRE) / THROW;
