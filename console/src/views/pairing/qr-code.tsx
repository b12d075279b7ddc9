/** The code that a dock is shown: as a picture, and as text for a dock that is told by its setup page. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { answer, api } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Problem } from "../../ui";

export function QrCode({ id, text }: { id: string; text: string | undefined }) {
  const picture = useSignal<string | undefined>(undefined);
  const copied = useSignal(false);
  const path = { pairing_id: id };
  const load = useAction(async () => {
    const got = await answer(api.GET("/v1/pairings/{pairing_id}/qr.png", { params: { path }, parseAs: "blob" }));
    picture.value = URL.createObjectURL(got as Blob);
  });
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(text ?? "");
    copied.value = true;
  });
  useEffect(() => {
    void load.run();
    return () => {
      if (picture.value) URL.revokeObjectURL(picture.value);
    };
  }, [id]);
  return (
    <div class="pairing-code">
      <Problem error={load.error.value} />
      {picture.value && <img src={picture.value} alt="QR code for the dock" width="264" height="264" />}
      <div>
        {text === undefined ? (
          <p class="dim">The text of the code is told only where the pairing is started; the picture says the same.</p>
        ) : (
          <>
            <details>
              <summary>The code as text</summary>
              <code class="pairing-text">{text}</code>
            </details>
            <Button pending={copy.pending.value} onClick={() => copy.run()}>
              {copied.value ? "Copied" : "Copy the text"}
            </Button>
            <Problem error={copy.error.value} />
          </>
        )}
        <p class="dim">It is a secret until it expires: whoever has it can bind a dock here.</p>
        <p>
          A simulated dock is paired by the text too: save it as <code>code.qr</code> and run{" "}
          <code>argus simulate --model dock3 --qr code.qr</code>
        </p>
      </div>
    </div>
  );
}
