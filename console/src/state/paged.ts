/** Lists that the API gives a page at a time: as many pages as were asked for, read again together. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { type Resource, useResource } from "./resource";

export interface Paged<T> extends Resource<T[]> {
  /** Whether the list goes on. */
  more: ReadonlySignal<boolean>;
  showMore: () => Promise<void>;
}

interface Page<T> {
  items: T[];
  next?: string | null;
}

/** As useResource: `ask` is given the cursor; `deps` are the filters, and a change of them begins at the first page. */
export function usePaged<T>(
  ask: (after: string | undefined) => Promise<Page<T>>,
  deps: unknown[] = [],
  every = 10_000,
): Paged<T> {
  const pages = useSignal(1);
  const more = useSignal(false);
  useEffect(() => {
    pages.value = 1;
  }, deps);
  const resource = useResource(
    async () => {
      const items: T[] = [];
      let after: string | undefined;
      for (let page = 0; page < pages.value; page += 1) {
        const found = await ask(after);
        items.push(...found.items);
        after = found.next ?? undefined;
        if (after === undefined) break;
      }
      more.value = after !== undefined;
      return items;
    },
    deps,
    every,
  );
  const showMore = useCallback(() => {
    pages.value += 1;
    return resource.refresh();
  }, [resource.refresh]);
  return { ...resource, more, showMore };
}
