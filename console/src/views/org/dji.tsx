/** DJI's application, which docks are told when they are paired. Key and licence go in, and never come out again. */

import { useSignal } from "@preact/signals";
import { answer, api, type OrgView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, bound, count, Dialog, Problem, TextField, Tick } from "../../ui";

export function DjiCard({ org, onChanged }: { org: OrgView; onChanged: () => unknown }) {
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  return (
    <section class="card" aria-label="DJI application">
      <h2>DJI application</h2>
      <p>
        {org.dji.own
          ? `Docks are told your own application, App ID ${org.dji.appId}. Its key and licence are sealed.`
          : "Docks are told the application of this system."}
      </p>
      <div class="row end">
        <Button
          onClick={() => {
            open.value = true;
          }}
        >
          Set application
        </Button>
      </div>
      {open.value && (
        <SetDji
          paired={org.seatsUsed}
          onDone={() => {
            close();
            void onChanged();
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

function SetDji({ paired, onDone, onClose }: { paired: number; onDone: () => void; onClose: () => void }) {
  const id = useSignal("");
  const key = useSignal("");
  const licence = useSignal("");
  const replace = useSignal(false);
  const save = useAction(async () => {
    const body = {
      appId: id.value.trim(),
      appKey: key.value.trim(),
      appLicense: licence.value.trim(),
      replace: replace.value,
    };
    await answer(api.PUT("/v1/org/dji", { body }));
    onDone();
  });
  const whole = id.value.trim() && key.value.trim() && licence.value.trim();
  return (
    <Dialog title="Set DJI's application" onClose={onClose}>
      <p>From DJI's developer pages. What is set is sealed, and not shown again.</p>
      <TextField label="App ID" {...bound(id)} />
      <TextField label="App Key" type="password" autocomplete="off" {...bound(key)} />
      <TextField label="App License" type="password" autocomplete="off" {...bound(licence)} />
      {paired > 0 && (
        <Tick
          checked={replace.value}
          onTick={(on) => {
            replace.value = on;
          }}
        >
          Also while {count(paired, "dock is", "docks are")} paired: a dock compares the licence with the one that it
          was first registered with, and has to be reset and paired anew
        </Tick>
      )}
      <Problem error={save.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="main"
          reason={whole ? undefined : "All three are needed."}
          pending={save.pending.value}
          onClick={save.run}
        >
          Set it
        </Button>
      </div>
    </Dialog>
  );
}
