/** Name and limits: what the gate asks for before take-off, and how many videos there may be at once. */

import { useSignal } from "@preact/signals";
import { answer, api, type OrgView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Choice, fields, Moment, Problem, TextField } from "../../ui";

const RAIN = [
  ["0", "none"],
  ["1", "light"],
  ["2", "moderate"],
  ["3", "heavy"],
] as const;

export function LimitsCard({ org, onChanged }: { org: OrgView; onChanged: () => unknown }) {
  const { gate } = org;
  const asItIs = {
    name: org.name,
    battery: String(gate.batteryLeast),
    wind: String(gate.windMost),
    rain: String(gate.rainMost),
    storage: String(gate.storageLeastMb),
    streams: String(org.streamsMost),
  };
  const typed = useSignal<Partial<typeof asItIs>>({});
  const shown = { ...asItIs, ...typed.value };
  const field = fields(shown, (changes) => {
    typed.value = { ...typed.value, ...changes };
  });
  const changed = (name: keyof typeof asItIs) => shown[name].trim() !== asItIs[name];
  const number = (name: keyof typeof asItIs) => (changed(name) ? Number(shown[name]) : undefined);
  const save = useAction(async () => {
    const limits = {
      batteryLeast: number("battery"),
      windMost: number("wind"),
      rainMost: number("rain"),
      storageLeastMb: number("storage"),
    };
    const body = {
      name: changed("name") ? shown.name.trim() : undefined,
      gate: Object.values(limits).some((each) => each !== undefined) ? limits : undefined,
      streamsMost: number("streams"),
    };
    await answer(api.PATCH("/v1/org", { body }));
    await onChanged();
    typed.value = {};
  });
  const names = Object.keys(asItIs) as (keyof typeof asItIs)[];
  const faulty = names.some(
    (name) => name !== "name" && (!shown[name].trim() || !Number.isFinite(Number(shown[name]))),
  );
  let reason: string | undefined;
  if (!names.some(changed)) reason = "Nothing has been changed.";
  else if (faulty) reason = "Each limit is a number.";

  return (
    <section class="card" aria-label="Name and limits">
      <h2>Name and limits</h2>
      <dl class="facts">
        <dt>Seats</dt>
        <dd>
          {org.seatsUsed} of {org.seats} docks are paired
        </dd>
        <dt>Since</dt>
        <dd>
          <Moment at={org.createdAt} />
        </dd>
      </dl>
      <TextField label="Name" maxLength={128} {...field("name")} />
      <h3>Before take-off</h3>
      <TextField label="Battery at least" hint="%, 0 to 100." inputMode="numeric" {...field("battery")} />
      <TextField label="Wind at most" hint="m/s, 0 to 20." inputMode="decimal" {...field("wind")} />
      <Choice label="Rain at most" {...field("rain")} choices={RAIN} />
      <TextField label="Free storage at least" hint="MB." inputMode="numeric" {...field("storage")} />
      <h3>Video</h3>
      <TextField label="Videos at once" hint="0 to 1000." inputMode="numeric" {...field("streams")} />
      <Problem error={save.error.value} />
      <p class="dim">They hold for the next take-off, and for the next video.</p>
      <div class="row end">
        <Button
          kind="main"
          label="Save name and limits"
          reason={reason}
          pending={save.pending.value}
          onClick={save.run}
        >
          Save
        </Button>
      </div>
    </section>
  );
}
