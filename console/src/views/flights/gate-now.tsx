/** The gate of a dock as it stands now, with overrides by name and reason for what does not pass. */

import { answer, api } from "../../api/client";
import { dockOf, nameOf } from "../../state/docks";
import { useResource } from "../../state/resource";
import { Age, Problem, Tag, TextField } from "../../ui";
import { GateTable } from "./gate";
import { LIMITS } from "./words";

/** Reasons by limit, as the API takes them. */
export type Overrides = Record<string, string>;

const SHORTEST = 3; // characters of a reason
const AGAIN = 15_000; // ms; each look listens to the dock for up to 3 s

/** Why a flight with these overrides is not sent; undefined where it may be. */
export function overridesReason(overrides: Overrides): string | undefined {
  const short = Object.entries(overrides).find(([, reason]) => reason.trim().length < SHORTEST);
  return short ? `Give the reason for passing over the limit "${LIMITS[short[0]]?.name ?? short[0]}".` : undefined;
}

interface Props {
  sn: string;
  /** Read and written as one. */
  overrides: { value: Overrides };
}

export function GateNow({ sn, overrides }: Props) {
  const gate = useResource(() => answer(api.GET("/v1/docks/{sn}/gate", { params: { path: { sn } } })), [sn], AGAIN);
  const found = gate.data.value;
  const name = nameOf(dockOf(sn)?.view.value ?? { sn, displayName: "" });
  const change = (limit: string, reason: string | undefined) => {
    const { [limit]: _, ...rest } = overrides.value;
    overrides.value = reason === undefined ? rest : { ...rest, [limit]: reason };
  };
  return (
    <section aria-label={`Gate of ${name}`}>
      <h3 class="row">
        Gate of {name}
        {found && <Tag tone={found.open ? "good" : "bad"}>{found.open ? "would pass" : "would not pass"}</Tag>}
      </h3>
      <Problem error={gate.error.value} />
      {!found && !gate.error.value && <p class="dim">Listening to the dock…</p>}
      {found && (
        <>
          <GateTable
            readings={found.readings}
            extra={({ name: limit }) => (
              <Override limit={limit} reason={overrides.value[limit]} onReason={(reason) => change(limit, reason)} />
            )}
          />
          <p class="foot dim">
            as heard <Age at={gate.at.value} oldAfter={30} />; the flight looks again before it takes off
          </p>
        </>
      )}
    </section>
  );
}

interface OverrideProps {
  limit: string;
  reason: string | undefined;
  onReason: (reason: string | undefined) => void;
}

function Override({ limit, reason, onReason }: OverrideProps) {
  const name = LIMITS[limit]?.name ?? limit;
  return (
    <>
      <label class="tick">
        <input
          type="checkbox"
          checked={reason !== undefined}
          onChange={(event) => onReason(event.currentTarget.checked ? "" : undefined)}
        />
        <span>Override</span>
        <span class="unseen"> {name}</span>
      </label>
      {reason !== undefined && (
        <TextField label={`Reason for overriding: ${name}`} value={reason} onValue={onReason} maxLength={500} />
      )}
    </>
  );
}
