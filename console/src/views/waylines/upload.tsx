/** Uploading a KMZ: dropped or chosen. What the check refuses is said with the field, and nothing is kept of it. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { Button, bound, Dialog, Problem, TextField } from "../../ui";

const MOST_BYTES = 20 * 1024 * 1024;

interface Props {
  onClose: () => void;
  onKept: (id: string) => void;
}

export function Upload({ onClose, onKept }: Props) {
  const file = useSignal<File | null>(null);
  const name = useSignal("");
  const over = useSignal(false);
  const once = useOnce();
  const take = (given: File | undefined) => {
    if (!given) return;
    file.value = given;
    name.value = given.name.replace(/\.kmz$/i, "").slice(0, 128);
  };
  const { run, pending, error } = useAction(async () => {
    const given = file.value;
    if (!given) return;
    const form = new FormData();
    form.append("file", given);
    if (name.value.trim()) form.append("name", name.value.trim());
    const kept = await once([given.name, given.size, given.lastModified, name.value.trim()], (header) =>
      answer(
        api.POST("/v1/waylines", {
          params: { header },
          // What is sent is the form; its type, as generated, says only which fields it has
          body: form as unknown as { file: string },
          bodySerializer: () => form,
        }),
      ),
    );
    onKept(kept.id);
  });
  const reason = !file.value
    ? "Choose a file first."
    : file.value.size > MOST_BYTES
      ? "The file is over 20 MiB: leave out reference photos, or split the route."
      : undefined;
  return (
    <Dialog title="Upload a route" onClose={onClose}>
      <label
        class={over.value ? "waylines-drop over" : "waylines-drop"}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          take(event.dataTransfer?.files[0]);
        }}
      >
        <span>KMZ file: drop it here, or choose it</span>
        <input
          type="file"
          accept=".kmz,application/vnd.google-earth.kmz"
          onChange={(event) => take(event.currentTarget.files?.[0])}
        />
      </label>
      {file.value && (
        <p role="status">
          {file.value.name}, {Math.ceil(file.value.size / 1024)} kB
        </p>
      )}
      <TextField label="Name" {...bound(name)} maxLength={128} />
      <Problem error={error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" onClick={run} pending={pending.value} reason={reason}>
          Upload
        </Button>
      </div>
    </Dialog>
  );
}
