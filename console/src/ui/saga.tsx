/** The way from a thing to the saga behind it, in Temporal's web UI. */

import type { SagaLinks } from "../api/client";

export function SagaLink({ saga }: { saga: SagaLinks | null | undefined }) {
  if (!saga) return null;
  return (
    <a class="saga" href={saga.temporal} target="_blank" rel="noreferrer" title={saga.workflowId}>
      saga ↗
    </a>
  );
}
