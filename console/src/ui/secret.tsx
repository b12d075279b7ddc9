/** A secret that is shown once: to be copied now, since no later answer has it. */

import { useSignal } from "@preact/signals";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  secret: string;
  /** What it is for, and what to do with it. */
  detail: string;
  onClose: () => void;
}

export function Secret({ title, secret, detail, onClose }: Props) {
  const copied = useSignal("");
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{detail}</p>
      <output class="secret" aria-label="Secret">
        {secret}
      </output>
      <p class="note">It is shown now and never again.</p>
      <div class="row end">
        <span role="status" class="dim">
          {copied}
        </span>
        <Button
          onClick={async () => {
            try {
              await navigator.clipboard.writeText(secret);
              copied.value = "Copied.";
            } catch {
              copied.value = "The browser does not let us copy it: select it and copy it by hand.";
            }
          }}
        >
          Copy
        </Button>
        <Button kind="main" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
