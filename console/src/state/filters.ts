/** Filters of a list, kept in the address: a link can set them, and going back finds them as they were. */

import { useCallback } from "preact/hooks";
import { useSearchParams } from "wouter-preact";

export interface Filters<N extends string> {
  /** What is set, for the API; what is not set is absent. */
  set: Partial<Record<N, string>>;
  /** The value of one, "" where it is not set: for fields. */
  of: (name: N) => string;
  change: (name: N, value: string) => void;
  /** One as a field has it: `<Choice label="Kind" {...filters.bound("kind")} ... />`. */
  bound: (name: N) => { value: string; onValue: (value: string) => void };
  /** Changes with any of them: for the deps of a resource. */
  key: string;
}

export function useFilters<N extends string>(...names: N[]): Filters<N> {
  const [params, setParams] = useSearchParams();
  const set: Partial<Record<N, string>> = {};
  for (const name of names) {
    const value = params.get(name);
    if (value) set[name] = value;
  }
  const change = useCallback(
    (name: N, value: string) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value) after.set(name, value);
          else after.delete(name);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const of = (name: N) => set[name] ?? "";
  const boundTo = (name: N) => ({ value: of(name), onValue: (value: string) => change(name, value) });
  return { set, of, change, bound: boundTo, key: JSON.stringify(set) };
}

/** A filter's text as a word of the API, or nothing: an address that somebody typed can hold anything. */
export const oneOf = <W extends string>(words: readonly W[], text: string | undefined): W | undefined =>
  words.find((word) => word === text);

/** A time of a `datetime-local` field, which has no zone and means the reader's, as the API wants it. */
export const instant = (local: string | undefined): string | undefined => {
  const at = local ? new Date(local) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
};
