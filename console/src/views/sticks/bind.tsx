/** Binding keys, buttons and sticks by pressing them. */

import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button } from "../../ui";
import {
  type Bindings,
  bind,
  gamepadPreset,
  isBound,
  KEPT_FREE,
  keyboardPreset,
  MOVE_NAMES,
  MOVES,
  type Move,
  type Source,
  sourceName,
  UNBOUND,
  unbind,
} from "./bindings";
import type { Pad } from "./engine";
import type { Hands } from "./hands";

const FAR = 0.6; // of an axis that is pushed to bind it

interface Props {
  hands: Hands;
  bindings: Signal<Bindings>;
  onChange: (bindings: Bindings) => void;
}

export function Bind({ hands, bindings, onChange }: Props) {
  const catching = useSignal<Move | null>(null);
  const open = useSignal(!isBound(bindings.peek()));
  const note = useSignal<string | null>(null);
  const pad = hands.pads.value[0];

  useEffect(
    () => () => {
      hands.catching.value = null;
    },
    [],
  );

  const stop = () => {
    catching.value = null;
    hands.catching.value = null;
  };
  const caught = (move: Move, source: Source) => {
    onChange(bind(bindings.value, move, source));
    stop();
  };
  const start = (move: Move) => {
    note.value = null;
    catching.value = move;
    const before = new Map(hands.pads.peek().map((each) => [each.id, each]));
    hands.catching.value = (what) => {
      if (what.code === "Escape") return stop();
      if (KEPT_FREE.has(what.code)) {
        note.value = `${what.code} is needed by the page and the browser.`;
        return;
      }
      caught(move, { kind: "key", code: what.code });
    };
    const end = hands.pads.subscribe((pads) => {
      if (catching.peek() !== move) return void queueMicrotask(() => end());
      const pushed = pushedSince(before, pads);
      if (pushed) caught(move, pushed);
    });
  };

  return (
    <details
      class="sticks-bind"
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>Keys and gamepad</summary>
      <p class="dim">
        Nothing moves the aircraft until you bind it. Bindings are kept in this browser. Press Escape to leave a
        binding.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Move</th>
            <th scope="col">Bound to</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {MOVES.map((move) => (
            <tr key={move}>
              <th scope="row">{MOVE_NAMES[move]}</th>
              <td>
                {catching.value === move ? (
                  <em role="status">press a key, a button or a stick…</em>
                ) : (
                  (bindings.value.moves[move] ?? []).map(sourceName).join(" or ") || <span class="dim">unbound</span>
                )}
              </td>
              <td class="row">
                <Button
                  label={`Bind ${MOVE_NAMES[move]}`}
                  onClick={() => (catching.value === move ? stop() : start(move))}
                >
                  {catching.value === move ? "Leave" : "Bind"}
                </Button>
                <Button
                  label={`Clear ${MOVE_NAMES[move]}`}
                  reason={bindings.value.moves[move] ? undefined : "Nothing is bound."}
                  onClick={() => onChange(unbind(bindings.value, move))}
                >
                  Clear
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {note.value && <p class="warn">{note.value}</p>}
      <div class="row">
        <Button onClick={() => onChange(keyboardPreset(bindings.value))}>Use W A S D and arrows</Button>
        <Button
          reason={pad ? undefined : "No gamepad is seen: connect it, and press one of its buttons."}
          onClick={() => pad && onChange(gamepadPreset(bindings.value, pad.id))}
        >
          Use the gamepad, mode 2
        </Button>
        <Button onClick={() => onChange({ ...UNBOUND, moves: {} })}>Clear all</Button>
      </div>
      <Slider
        label="How far a key pushes"
        value={bindings.value.keyThrow}
        least={0.1}
        most={1}
        onValue={(keyThrow) => onChange({ ...bindings.value, keyThrow })}
      />
      <Slider
        label="Middle of a gamepad's stick that does nothing"
        value={bindings.value.dead}
        least={0.05}
        most={0.5}
        onValue={(dead) => onChange({ ...bindings.value, dead })}
      />
      <p class="dim">{pad ? `Gamepad: ${pad.id}` : "No gamepad is seen."}</p>
    </details>
  );
}

/** The button or axis of a gamepad that was pushed far since binding began. */
function pushedSince(before: Map<string, Pad>, pads: readonly Pad[]): Source | null {
  for (const pad of pads) {
    const was = before.get(pad.id);
    const index = pad.buttons.findIndex((value, at) => value > FAR && (was?.buttons[at] ?? 0) <= FAR);
    if (index >= 0) return { kind: "button", pad: pad.id, index };
    const axis = pad.axes.findIndex((value, at) => Math.abs(value - (was?.axes[at] ?? 0)) > FAR);
    if (axis >= 0) return { kind: "axis", pad: pad.id, index: axis, sign: (pad.axes[axis] ?? 0) > 0 ? 1 : -1 };
  }
  return null;
}

interface SliderProps {
  label: string;
  value: number;
  least: number;
  most: number;
  onValue: (value: number) => void;
}

function Slider({ label, value, least, most, onValue }: SliderProps) {
  return (
    <label class="sticks-slider">
      <span>
        {label}: {Math.round(value * 100)} %
      </span>
      <input
        type="range"
        min={least}
        max={most}
        step={0.05}
        value={value}
        onInput={(event) => onValue(Number(event.currentTarget.value))}
      />
    </label>
  );
}
