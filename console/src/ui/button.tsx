/** Buttons. One that cannot be used says why, also to a screen reader; one that cannot be taken back asks first. */

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Dialog } from "./dialog";

interface Props {
  children: ComponentChildren;
  onClick: () => unknown;
  /** Why it cannot be used now; it is then disabled. */
  reason?: string | undefined;
  pending?: boolean;
  kind?: "plain" | "main" | "danger";
  /** Asked before it is done. `detail` says what will happen. */
  confirm?: { title: string; detail: string; yes: string };
  label?: string;
}

export function Button({ children, onClick, reason, pending, kind = "plain", confirm, label }: Props) {
  const [asked, ask] = useState(false);
  const why = useId();
  return (
    <>
      <button
        type="button"
        class={`button ${kind}`}
        aria-disabled={reason !== undefined || pending}
        aria-describedby={reason ? why : undefined}
        aria-label={label}
        title={reason}
        data-pending={pending || undefined}
        onClick={() => {
          if (reason !== undefined || pending) return;
          if (confirm) ask(true);
          else onClick();
        }}
      >
        {children}
      </button>
      {reason && (
        <span id={why} class="unseen">
          {reason}
        </span>
      )}
      {asked && confirm && (
        <Dialog title={confirm.title} onClose={() => ask(false)}>
          <p>{confirm.detail}</p>
          <div class="row end">
            <Button onClick={() => ask(false)}>Cancel</Button>
            <Button
              kind={kind === "danger" ? "danger" : "main"}
              onClick={() => {
                ask(false);
                onClick();
              }}
            >
              {confirm.yes}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
