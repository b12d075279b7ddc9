/** Under a list: the button that shows what is further down. */

import type { Paged } from "../state/paged";
import { useAction } from "../state/resource";
import { Button } from "./button";

export function More<T>({ of }: { of: Paged<T> }) {
  const next = useAction(of.showMore);
  if (!of.more.value) return null;
  return (
    <Button pending={next.pending.value} onClick={next.run}>
      Show more
    </Button>
  );
}
