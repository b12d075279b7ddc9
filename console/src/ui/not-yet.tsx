/** A view whose one thing has not been read yet, or cannot be. */

import type { Resource } from "../state/resource";
import { Problem } from "./problem";

export function NotYet({ title, of }: { title: string; of: Resource<unknown> }) {
  return (
    <div class="pad">
      <h1>{title}</h1>
      <Problem error={of.error.value} />
      {!of.error.value && <p class="dim">Loading…</p>}
    </div>
  );
}
