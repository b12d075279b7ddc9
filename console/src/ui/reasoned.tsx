/** Asking for a reason before something is done; the reason is kept with who did it. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useAction } from "../state/resource";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { bound, TextField } from "./field";
import { Problem } from "./problem";

interface Asked {
  /** What will happen. */
  detail: ComponentChildren;
  title: string;
  yes: string;
  /** What the text is called. */
  ask?: string;
  hint?: string;
  /** Without a reason it cannot be done. */
  needed?: boolean;
  kind?: "plain" | "main" | "danger";
}

interface DialogProps extends Asked {
  /** Done before the dialog closes, which shows what went wrong. */
  onYes: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

const LENGTH = 500;
const LEAST = 3; // characters, as the API wants them

export function ReasonDialog({ detail, title, yes, ask = "Reason", hint, needed, kind, onYes, onClose }: DialogProps) {
  const text = useSignal("");
  const act = useAction(async () => {
    await onYes(text.value.trim());
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{detail}</p>
      <TextField
        label={ask}
        hint={hint ?? (needed ? "It stands in the audit log." : "May be left out; it stands in the audit log.")}
        maxLength={LENGTH}
        {...bound(text)}
      />
      <Problem error={act.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind={kind === "danger" ? "danger" : "main"}
          pending={act.pending.value}
          reason={needed && text.value.trim().length < LEAST ? "Give a reason first." : undefined}
          onClick={act.run}
        >
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}

interface Props extends Asked {
  children: ComponentChildren;
  onClick: (reason: string) => unknown;
  /** Why it cannot be used now. */
  reason?: string | undefined;
  pending?: boolean;
  label?: string;
}

/** A button that asks for a reason before it acts. */
export function ReasonButton({ children, onClick, reason, pending, label, ...asked }: Props) {
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  return (
    <>
      <Button
        kind={asked.kind}
        reason={reason}
        pending={pending}
        label={label}
        onClick={() => {
          open.value = true;
        }}
      >
        {children}
      </Button>
      {open.value && (
        <ReasonDialog
          {...asked}
          onClose={close}
          onYes={async (given) => {
            close();
            onClick(given);
          }}
        />
      )}
    </>
  );
}
