/** Requests of a form that make something, each under an idempotency key: one whose answer was lost makes it once. */

import { useRef } from "preact/hooks";
import { onceKey, Refused } from "../api/client";

type Key = ReturnType<typeof onceKey>;
type Once = <T>(asked: unknown, send: (header: Key) => Promise<T>) => Promise<T>;

const SERVER_ERROR = 500;

/** Nobody knows whether it was done: the API was not reached, or failed on the way. */
const isLost = (fault: unknown): boolean =>
  !(fault instanceof Refused) || (fault.problem.status ?? SERVER_ERROR) >= SERVER_ERROR;

/**
 * `once(body, (header) => answer(api.POST(...)))`: after a lost answer the same is asked under the same key. Once it was
 * answered, with a thing or with a refusal, the same again is another request.
 */
export function useOnce(): Once {
  const keys = useRef(new Map<string, Key>());
  return async (asked, send) => {
    const text = JSON.stringify(asked);
    const key = keys.current.get(text) ?? onceKey();
    keys.current.set(text, key);
    try {
      const made = await send(key);
      keys.current.delete(text);
      return made;
    } catch (fault) {
      if (!isLost(fault)) keys.current.delete(text);
      throw fault;
    }
  };
}
