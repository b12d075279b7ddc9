/** Labelled inputs of forms. */

import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface Labelled {
  label: string;
  /** Units, bounds, what it is for. */
  hint?: string;
}

/** What a field shows and what happens where it is changed. */
interface Value {
  value: string;
  onValue: (value: string) => void;
}

/** A signal's value in a field, and back: `<TextField label="Name" {...bound(name)} />`. */
export const bound = (signal: Signal<string>): Value => ({
  value: signal.value,
  onValue: (value) => {
    signal.value = value;
  },
});

/** The members of an object that may be any text. */
type Texts<T> = { [K in keyof T]: string extends T[K] ? K : never }[keyof T];

/** A form that is one object: `const field = fields(plan, change)`, then `<TextField label="Name" {...field("name")} />`. */
export const fields =
  <T extends object>(of: T, change: (part: Partial<T>) => void) =>
  (name: Texts<T>): Value => ({
    value: of[name] as string,
    onValue: (value) => change({ [name]: value } as Partial<T>),
  });

type TextProps = Labelled & Value & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "label">;

export function TextField({ label, hint, value, onValue, ...rest }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        aria-describedby={hint ? `${id}h` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...rest}
      />
      {hint && (
        <small id={`${id}h`} class="dim">
          {hint}
        </small>
      )}
    </div>
  );
}

interface ChoiceProps extends Labelled, Value {
  /** Value and text of each choice. */
  choices: readonly (readonly [string, string])[];
  disabled?: boolean;
}

export function Choice({ label, hint, value, onValue, choices, disabled }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint ? `${id}h` : undefined}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
      {hint && (
        <small id={`${id}h`} class="dim">
          {hint}
        </small>
      )}
    </div>
  );
}

interface TickProps {
  children: ComponentChildren;
  checked: boolean;
  onTick: (checked: boolean) => void;
  disabled?: boolean;
}

export function Tick({ children, checked, onTick, disabled }: TickProps) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
