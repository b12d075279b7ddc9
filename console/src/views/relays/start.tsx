/** Starting a relay as it was planned: its name, when the next dock is sent, and limits of the gate to pass over. */

import { useSignal } from "@preact/signals";
import { useLocation } from "wouter-preact";
import { answer, api, type StartRelay } from "../../api/client";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { Button, bound, count, Problem, TextField, Tick } from "../../ui";
import { GateNow, type Overrides, overridesReason } from "../flights/gate-now";
import { heldReason } from "./order";
import type { Found } from "./plan";
import { metres } from "./words";

const LEAST = 5; // % of a leg
const MOST = 100;

interface Props {
  found: Found;
  /** Why nothing is started from this plan. */
  reason: string | undefined;
}

export function StartRelayForm({ found, reason }: Props) {
  const name = useSignal("Relay");
  const overlaps = useSignal(false);
  const overlap = useSignal("50");
  const overrides = useSignal<Overrides>({});
  const gates = useSignal(false);
  const once = useOnce();
  const [, go] = useLocation();
  const { plan } = found;
  const flown = [...new Set(plan.legs.map((leg) => leg.dockSn))];

  const { run, pending, error } = useAction(async () => {
    const body: StartRelay = {
      ...found.body,
      name: name.value.trim(),
      overlap: overlaps.value ? Number(overlap.value) : null,
      overrides: overrides.value,
    };
    const relay = await once(body, (header) => answer(api.POST("/v1/relays", { params: { header }, body })));
    go(`/relays/${relay.id}`);
  });

  const part = Number(overlap.value);
  const why =
    reason ??
    (name.value.trim() ? undefined : "Give the relay a name.") ??
    (overlaps.value && !(Number.isInteger(part) && part >= LEAST && part <= MOST)
      ? `The overlap is ${LEAST} to ${MOST} %, whole.`
      : undefined) ??
    overridesReason(overrides.value) ??
    heldReason(flown);

  return (
    <section class="card" aria-label="Start">
      <h2>Start it</h2>
      <TextField label="Name" {...bound(name)} maxLength={128} />
      <Tick
        checked={overlaps.value}
        onTick={(on) => {
          overlaps.value = on;
        }}
      >
        Send the next dock before the one before it has landed
      </Tick>
      {overlaps.value && (
        <TextField
          label="Overlap"
          type="number"
          min={LEAST}
          max={MOST}
          {...bound(overlap)}
          hint={`% of a leg that are flown when the next dock is sent, ${LEAST} to ${MOST}; at most two are in the air`}
        />
      )}
      <details
        onToggle={(event) => {
          gates.value = event.currentTarget.open;
        }}
      >
        <summary>Gates of the docks, and overrides</summary>
        <p class="dim">An override counts for every dock of the relay.</p>
        {gates.value && flown.map((sn) => <GateNow key={sn} sn={sn} overrides={overrides} />)}
      </details>
      <Problem error={error.value} />
      <div class="row end">
        {pending.value && (
          <span role="status" class="dim">
            Leasing the docks and uploading the files…
          </span>
        )}
        <Button
          kind="main"
          onClick={run}
          pending={pending.value}
          reason={why}
          confirm={{
            title: `Start ${name.value.trim()}?`,
            detail: `${count(flown.length, "dock")} fly ${metres(plan.lengthM)} one after another, without anybody watching. The first takes off as soon as all are leased.`,
            yes: "Start the relay",
          }}
        >
          Start…
        </Button>
      </div>
    </section>
  );
}
