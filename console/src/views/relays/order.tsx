/** The docks of a relay in the order in which they fly the route. */

import type { Signal } from "@preact/signals";
import { Link } from "wouter-preact";
import { type DockState, dockName, dockOf, docks, nameOf } from "../../state/docks";
import { Button, Choice, StatusTag } from "../../ui";

const LEAST = 2;
const MOST = 50;

/** Why these docks cannot be planned with; undefined where they can. */
export function orderReason(sns: string[]): string | undefined {
  if (sns.length < LEAST) return "Choose two docks at least, in the order in which they fly.";
  if (sns.length > MOST) return `A relay takes ${MOST} docks.`;
  const off = sns.find((sn) => dockOf(sn)?.view.value.online === false);
  return off ? `${dockName(off)} is offline; all docks of a relay have to be online.` : undefined;
}

/** Why a relay over these docks cannot begin now: each has to be held by nobody. */
export function heldReason(sns: string[]): string | undefined {
  const sn = sns.find((each) => dockOf(each)?.view.value.lease);
  return sn && `${dockName(sn)} is busy: ${held(dockOf(sn))}.`;
}

function held(dock: DockState | undefined): string {
  const lease = dock?.view.value.lease;
  return lease ? `held by ${lease.user} for ${lease.reason || lease.kind}` : "";
}

export function DockOrder({ mission, value }: { mission: string; value: Signal<string[]> }) {
  const inMission = docks.value.filter((dock) => dock.view.value.missionId === mission);
  const left = inMission.filter((dock) => !value.value.includes(dock.sn));
  const move = (at: number, to: number) => {
    const list = [...value.value];
    const [taken] = list.splice(at, 1);
    if (taken) list.splice(to, 0, taken);
    value.value = list;
  };
  const last = value.value.length - 1;
  return (
    <>
      {inMission.length < LEAST && (
        <p class="empty">
          This mission has {inMission.length === 0 ? "no dock" : "one dock"}; a relay takes two.{" "}
          <Link href={`/missions/${mission}`}>Assign docks to it</Link>.
        </p>
      )}
      <ol class="relays-order" aria-label="Docks in the order in which they fly">
        {value.value.map((sn, at) => {
          const dock = dockOf(sn);
          const name = dockName(sn);
          return (
            <li key={sn}>
              <div class="row apart">
                <span class="row">
                  {name}
                  {dock && <StatusTag status={dock.view.value.status} />}
                </span>
                <span class="row">
                  <Button
                    label={`Move ${name} up`}
                    reason={at === 0 ? "It flies first." : undefined}
                    onClick={() => move(at, at - 1)}
                  >
                    ↑
                  </Button>
                  <Button
                    label={`Move ${name} down`}
                    reason={at === last ? "It flies last." : undefined}
                    onClick={() => move(at, at + 1)}
                  >
                    ↓
                  </Button>
                  <Button
                    label={`Remove ${name}`}
                    onClick={() => {
                      value.value = value.value.filter((each) => each !== sn);
                    }}
                  >
                    ✕
                  </Button>
                </span>
              </div>
              {dock?.view.value.lease && <small class="warn">{held(dock)}</small>}
            </li>
          );
        })}
      </ol>
      {left.length > 0 && (
        <Choice
          label="Add a dock"
          value=""
          onValue={(sn) => {
            if (sn) value.value = [...value.value, sn];
          }}
          choices={[["", "Choose the next dock"], ...left.map((dock) => [dock.sn, nameOf(dock.view.value)] as const)]}
          hint="In the order in which they stand along the route."
        />
      )}
    </>
  );
}
