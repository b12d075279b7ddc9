/** An endpoint is added or changed: where it is, and which events it is told. */

import { useSignal } from "@preact/signals";
import { answer, api, type WebhookSecret, type WebhookView } from "../../api/client";
import { useOnce } from "../../state/once";
import { useAction, useResource } from "../../state/resource";
import { Button, bound, Dialog, Problem, TextField, Tick } from "../../ui";

interface Props {
  /** Null: a new one. */
  of: WebhookView | null;
  /** Given the secret of a new one. */
  onDone: (made: WebhookSecret | null) => void;
  onClose: () => void;
}

export function Endpoint({ of, onDone, onClose }: Props) {
  const url = useSignal(of?.url ?? "");
  const description = useSignal(of?.description ?? "");
  const everything = useSignal(of ? of.events.includes("*") : true);
  const patterns = useSignal(of && !of.events.includes("*") ? of.events.join("\n") : "");
  const once = useOnce();
  const types = useResource(() => answer(api.GET("/v1/webhooks/events")), [], 0);
  const events = everything.value ? ["*"] : patterns.value.split(/[\s,]+/).filter(Boolean);
  const save = useAction(async () => {
    const body = { url: url.value.trim(), description: description.value.trim(), events };
    if (of) {
      await answer(api.PATCH("/v1/webhooks/{webhook_id}", { params: { path: { webhook_id: of.id } }, body }));
      onDone(null);
    } else {
      onDone(await once(body, (header) => answer(api.POST("/v1/webhooks", { params: { header }, body }))));
    }
  });
  let reason: string | undefined;
  if (!url.value.trim()) reason = "Say where it is.";
  else if (!events.length) reason = "Choose events.";

  return (
    <Dialog title={of ? "Change the endpoint" : "Add an endpoint"} wide onClose={onClose}>
      <TextField label="URL" hint="https, reached from the public network." type="url" {...bound(url)} />
      <TextField label="Description" maxLength={200} {...bound(description)} />
      <Tick
        checked={everything.value}
        onTick={(on) => {
          everything.value = on;
        }}
      >
        All events
      </Tick>
      {!everything.value && (
        <>
          <div class="field">
            <label for="patterns">Events</label>
            <textarea
              id="patterns"
              rows={4}
              aria-describedby="patterns-hint"
              value={patterns.value}
              onInput={(event) => {
                patterns.value = event.currentTarget.value;
              }}
            />
            <small id="patterns-hint" class="dim">
              A type or a pattern a line, like flight.* or dock.offline.
            </small>
          </div>
          <Problem error={types.error.value} />
          <details>
            <summary>All types of events</summary>
            <ul class="webhooks-types">
              {(types.data.value ?? []).map((each) => (
                <li key={each.type}>
                  <Button
                    label={`Add ${each.type}`}
                    reason={events.includes(each.type) ? "It is among them." : undefined}
                    onClick={() => {
                      patterns.value = [...events, each.type].join("\n");
                    }}
                  >
                    Add
                  </Button>
                  <span>
                    <code>{each.type}</code> <span class="dim">{each.meaning}</span>
                  </span>
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
      <Problem error={save.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={reason} pending={save.pending.value} onClick={save.run}>
          {of ? "Change" : "Add"}
        </Button>
      </div>
    </Dialog>
  );
}
