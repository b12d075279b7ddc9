/** How long the organisation keeps what it has: days by kind, within bounds. */

import { useSignal } from "@preact/signals";
import { answer, api, type RetentionView } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { Button, duration, Problem, TextField } from "../../ui";

type Kept = RetentionView["kinds"][number];

/** As the change names the kind, which the list names with an underscore. */
const FIELDS = { media: "media", logs: "logs", alerts: "alerts", custom_data: "customData", audit: "audit" } as const;

export function RetentionCard() {
  const retention = useResource(() => answer(api.GET("/v1/org/retention")), [], 60_000);
  const typed = useSignal<Partial<Record<Kept["kind"], string>>>({});
  const save = useAction(async () => {
    const body = Object.fromEntries(
      changes().map(({ kind }) => [FIELDS[kind], typed.value[kind]?.trim() ? Number(typed.value[kind]) : null]),
    );
    await answer(api.PATCH("/v1/org/retention", { body }));
    await retention.refresh();
    typed.value = {};
  });
  const found = retention.data.value;
  const asItIs = (kept: Kept) => (kept.own ? String(kept.days) : "");
  const shown = (kept: Kept) => typed.value[kept.kind] ?? asItIs(kept);
  const changes = () => (found?.kinds ?? []).filter((kept) => shown(kept).trim() !== asItIs(kept));
  const target = (kept: Kept) => (shown(kept).trim() ? Number(shown(kept)) : kept.default);
  const fault = changes().find((kept) => {
    const days = target(kept);
    return shown(kept).trim() && (!Number.isInteger(days) || days < kept.least || days > kept.most);
  });
  const shorter = changes().filter((kept) => target(kept) < kept.days);
  let reason: string | undefined;
  if (!changes().length) reason = "Nothing has been changed.";
  else if (fault) reason = `${fault.what}: ${fault.least} to ${fault.most} days.`;

  return (
    <section class="card" aria-label="Retention">
      <h2>Retention</h2>
      <Problem error={retention.error.value ?? save.error.value} />
      {found && (
        <>
          {found.kinds.map((kept) => (
            <TextField
              key={kept.kind}
              label={`Days for ${kept.kind.replaceAll("_", " ")}`}
              hint={`${kept.what}. ${kept.least} to ${kept.most}; empty: the system's ${kept.default} days.`}
              inputMode="numeric"
              placeholder={`${kept.default}`}
              value={shown(kept)}
              onValue={(text) => {
                typed.value = { ...typed.value, [kept.kind]: text };
              }}
            />
          ))}
          <p class="dim">What is too old goes with the next sweep, every {duration(found.sweptEvery)}.</p>
          <div class="row end">
            <Button
              kind={shorter.length ? "danger" : "main"}
              label="Save retention"
              reason={reason}
              pending={save.pending.value}
              onClick={save.run}
              confirm={
                shorter.length
                  ? {
                      title: "Keep it for less time?",
                      detail: `${shorter.map((kept) => `${kept.kind.replaceAll("_", " ")}: ${target(kept)} instead of ${kept.days} days`).join("; ")}. What is older is gone after the next sweep, and is not to be had again.`,
                      yes: "Keep it for less time",
                    }
                  : undefined
              }
            >
              Save
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
