/**
 * Whether an element is on screen or near it. What is not seen need not follow its signals: it is rendered with what
 * was known when it was last seen (`peek()`), and again when it comes into view.
 */

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

const NEAR = "300px";

const watched = new Map<Element, Signal<boolean>>();
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const seen = watched.get(target);
      if (seen) seen.value = isIntersecting;
    }
  },
  { rootMargin: NEAR },
);

export function useSeen<E extends Element>(): [RefObject<E>, Signal<boolean>] {
  const element = useRef<E>(null);
  const seen = useSignal(false);
  useEffect(() => {
    const here = element.current;
    if (!here) return;
    watched.set(here, seen);
    observer.observe(here);
    return () => {
      watched.delete(here);
      observer.unobserve(here);
    };
  }, [seen]);
  return [element, seen];
}
