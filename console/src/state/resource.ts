/** What is read by REST and read again: a view's lists and details, with their age and what went wrong. */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { Refused } from "../api/client";

export interface Resource<T> {
  /** The newest that was read; undefined before the first answer. It stays when a later reading fails. */
  data: Signal<T | undefined>;
  error: Signal<Error | null>;
  /** When `data` was read, milliseconds; 0 before. */
  at: Signal<number>;
  refresh: () => Promise<void>;
}

/**
 * Read with `ask` now, whenever `deps` change, and every `every` ms while the page is seen. Never two at a time; an
 * answer to what is not asked any more is dropped.
 */
export function useResource<T>(ask: () => Promise<T>, deps: unknown[] = [], every = 5000): Resource<T> {
  const data = useSignal<T | undefined>(undefined);
  const error = useSignal<Error | null>(null);
  const at = useSignal(0);
  const turn = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;

  const refresh = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    try {
      const found = await asking.current();
      if (mine !== turn.current) return;
      data.value = found;
      at.value = Date.now();
      error.value = null;
    } catch (fault) {
      if (mine === turn.current) error.value = fault as Error;
    }
  }, []);

  useEffect(() => {
    data.value = undefined;
    void refresh();
    if (!every) return;
    let busy = false;
    const timer = setInterval(async () => {
      if (document.hidden || busy) return;
      busy = true;
      await refresh();
      busy = false;
    }, every);
    return () => {
      clearInterval(timer);
      turn.current += 1;
    };
  }, deps);

  return { data, error, at, refresh };
}

export interface Action<A extends unknown[]> {
  run: (...given: A) => Promise<boolean>;
  pending: Signal<boolean>;
  error: Signal<Error | null>;
}

/**
 * Something that a person sets off: pending while it runs, its problem kept until the next try. `run` says whether it
 * was done. A second click while it runs does nothing.
 */
export function useAction<A extends unknown[]>(act: (...given: A) => Promise<unknown>): Action<A> {
  const pending = useSignal(false);
  const error = useSignal<Error | null>(null);
  const acting = useRef(act);
  acting.current = act;
  const run = useCallback(async (...given: A) => {
    if (pending.value) return false;
    pending.value = true;
    error.value = null;
    try {
      await acting.current(...given);
      return true;
    } catch (fault) {
      error.value = fault as Error;
      if (!(fault instanceof Refused)) console.error(fault);
      return false;
    } finally {
      pending.value = false;
    }
  }, []);
  return { run, pending, error };
}
