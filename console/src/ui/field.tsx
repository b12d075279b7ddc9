/** Labelled inputs of forms. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface Labelled {
  label: string;
  /** Units, bounds, what it is for. */
  hint?: string;
}

type TextProps = Labelled & {
  value: string;
  onText: (text: string) => void;
} & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "label">;

export function TextField({ label, hint, value, onText, ...rest }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        aria-describedby={hint ? `${id}h` : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
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

interface ChoiceProps extends Labelled {
  value: string;
  onChoice: (value: string) => void;
  /** Value and text of each choice. */
  choices: readonly (readonly [string, string])[];
  disabled?: boolean;
}

export function Choice({ label, hint, value, onChoice, choices, disabled }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint ? `${id}h` : undefined}
        onChange={(event) => onChoice(event.currentTarget.value)}
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
