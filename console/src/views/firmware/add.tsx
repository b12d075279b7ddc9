/** A package is added: the file, what its name says, and what it is for. */

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { PackageView } from "../../api/client";
import { Button, bound, bytes, Choice, Dialog } from "../../ui";
import { PRODUCTS } from "./products";
import { bringIn, busy, nameParts, upload } from "./upload";

interface Props {
  known: PackageView[];
  onClose: () => void;
}

const NOTES = 20_000;

export function AddPackage({ known, onClose }: Props) {
  const file = useSignal<File | null>(null);
  const product = useSignal("");
  const notes = useSignal("");
  const id = useId();
  const parts = file.value && nameParts(file.value.name);
  // A code stands for one product: the API holds the next package to what the first ready one said
  const said = parts ? known.find((each) => each.code === parts.code && each.status === "ready") : undefined;
  const chosen = said?.product ?? product.value;

  let reason: string | undefined;
  if (busy(upload.value)) reason = "Another package is on its way; one goes at a time.";
  else if (!file.value) reason = "Choose the file first.";
  else if (!parts) reason = "The name of the file is not one of DJI's: CODE_VERSION.zip.";
  else if (!chosen) reason = "Say what it is for.";

  return (
    <Dialog title="Add a package" onClose={onClose}>
      <div class="field">
        <label for={id}>File</label>
        <input
          id={id}
          type="file"
          accept=".zip"
          onChange={(event) => {
            file.value = event.currentTarget.files?.[0] ?? null;
          }}
        />
        <small class="dim">Under the name that DJI released it with, like WM265E_07.01.10.05.zip.</small>
      </div>
      <div aria-live="polite">
        {file.value &&
          (parts ? (
            <dl class="facts">
              <dt>Code</dt>
              <dd>{parts.code}</dd>
              <dt>Version</dt>
              <dd>{parts.version}</dd>
              <dt>Size</dt>
              <dd>{bytes(file.value.size)}</dd>
            </dl>
          ) : (
            <p class="bad">
              {file.value.name} is not the name of a firmware package: it is CODE_VERSION.zip, like
              WM265E_07.01.10.05.zip.
            </p>
          ))}
      </div>
      {said ? (
        <p>
          For <strong>{said.productName}</strong>, by the code {said.code}, as {said.fileName} was.
        </p>
      ) : (
        <Choice
          label="For"
          hint="The product that this code stands for; later packages of the code are held to it."
          {...bound(product)}
          choices={[["", "Choose…"], ...PRODUCTS.map(({ key, name }) => [key, name] as const)]}
        />
      )}
      <div class="field">
        <label for={`${id}n`}>Release notes</label>
        <textarea
          id={`${id}n`}
          rows={4}
          maxLength={NOTES}
          value={notes.value}
          onInput={(event) => {
            notes.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="main"
          reason={reason}
          onClick={() => {
            if (file.value) void bringIn(file.value, chosen, notes.value);
            onClose();
          }}
        >
          Upload
        </Button>
      </div>
    </Dialog>
  );
}
