/** A button that asks for a reason before it acts; the reason is kept with who did it. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { bound, TextField } from "./field";

interface Props {
  children: ComponentChildren;
  /** What will happen. */
  detail: string;
  title: string;
  yes: string;
  onClick: (reason: string) => unknown;
  /** What the text is called. */
  ask?: string;
  hint?: string;
  /** Why it cannot be used now. */
  reason?: string | undefined;
  pending?: boolean;
  kind?: "plain" | "main" | "danger";
  label?: string;
}

const LENGTH = 500;

export function ReasonButton(props: Props) {
  const { children, detail, title, yes, onClick, ask = "Reason", reason, pending, kind, label } = props;
  const { hint = "May be left out; it stands in the audit log." } = props;
  const open = useSignal(false);
  const text = useSignal("");
  const close = () => {
    open.value = false;
  };
  return (
    <>
      <Button
        kind={kind}
        reason={reason}
        pending={pending}
        label={label}
        onClick={() => {
          text.value = "";
          open.value = true;
        }}
      >
        {children}
      </Button>
      {open.value && (
        <Dialog title={title} onClose={close}>
          <p>{detail}</p>
          <TextField label={ask} hint={hint} maxLength={LENGTH} {...bound(text)} />
          <div class="row end">
            <Button onClick={close}>Cancel</Button>
            <Button
              kind={kind === "danger" ? "danger" : "main"}
              onClick={() => {
                close();
                onClick(text.value.trim());
              }}
            >
              {yes}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
