/** The form that starts a pairing. */

import { useSignal } from "@preact/signals";
import { answer, api, onceKey, type PairingStarted, type StartPairing } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, bound, Choice, Problem, TextField } from "../../ui";

type Model = NonNullable<StartPairing["expectedModel"]>;
const MODELS: [Model | "", string][] = [
  ["", "any"],
  ["dock1", "Dock 1"],
  ["dock2", "Dock 2"],
  ["dock3", "Dock 3"],
];

export function Start({ onStarted }: { onStarted: (started: PairingStarted) => void }) {
  const name = useSignal("");
  const model = useSignal<Model | "">("");
  const sn = useSignal("");
  const start = useAction(async () => {
    const body: StartPairing = {
      displayName: name.value.trim(),
      expectedModel: model.value || null,
      expectedSn: sn.value.trim() || null,
    };
    onStarted(await answer(api.POST("/v1/pairings", { body, params: { header: onceKey() } })));
  });
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.value.trim()) void start.run();
      }}
    >
      <h2>What is it to be called?</h2>
      <TextField label="Name" hint="What people call the dock, like North shore" maxLength={64} {...bound(name)} />
      <Choice
        label="Expected model"
        hint="Another model is then refused"
        value={model.value}
        choices={MODELS}
        onValue={(text) => {
          model.value = text as Model | "";
        }}
      />
      <TextField
        label="Expected serial"
        hint="If known: another dock is then refused. Needed to pair a dock anew that you have already"
        maxLength={64}
        {...bound(sn)}
      />
      <Problem error={start.error.value} />
      <Button
        kind="main"
        pending={start.pending.value}
        reason={name.value.trim() ? undefined : "Give the dock a name first."}
        onClick={() => start.run()}
      >
        Start pairing
      </Button>
    </form>
  );
}
