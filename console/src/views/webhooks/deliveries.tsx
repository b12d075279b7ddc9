/** What an endpoint was told and is to be told, with each attempt; sent again by hand. */

import { answer, api, type DeliveryView, type WebhookView } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { Button, Choice, List, Moment, More, Problem, StatusTag, TextField } from "../../ui";

const STATUSES = ["due", "delivered", "failed", "cancelled"] as const satisfies readonly DeliveryView["status"][];

export function Deliveries({ hook }: { hook: WebhookView }) {
  const filters = useFilters("status", "type");
  const status = oneOf(STATUSES, filters.set.status);
  const { type } = filters.set;
  const path = { webhook_id: hook.id };
  const deliveries = usePaged(
    (after) =>
      answer(
        api.GET("/v1/webhooks/{webhook_id}/deliveries", {
          params: { path, query: { limit: 100, after, status, type } },
        }),
      ),
    [hook.id, status, type],
    3000,
  );
  const retry = useAction(async (each: DeliveryView) => {
    const params = { path: { ...path, delivery_id: each.id } };
    await answer(api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/retry", { params }));
    await deliveries.refresh();
  });
  return (
    <>
      <h2>Deliveries to {hook.url}</h2>
      <div class="filters">
        <Choice
          label="Status"
          value={status ?? ""}
          onValue={(to) => filters.change("status", to)}
          choices={[["", "All"], ...STATUSES.map((each) => [each, each] as const)]}
        />
        <TextField label="Event" hint="A whole type, like flight.ok." {...filters.bound("type")} />
      </div>
      <Problem error={retry.error.value} />
      <List
        of={deliveries}
        caption={`Deliveries to ${hook.url}`}
        columns={["Event", "About", "Status", "Happened", "Tries", ""]}
        keyOf={(each) => each.id}
        empty="Nothing was sent to this endpoint that fits. Test it to see that it answers."
        row={(each) => [
          each.type,
          `${each.subject.kind} ${each.subject.id}`,
          <>
            <StatusTag status={each.status} />
            {each.reason && <div>{each.reason}</div>}
            {each.nextAt && (
              <div class="dim">
                next try <Moment at={each.nextAt} />
              </div>
            )}
          </>,
          <Moment key="at" at={each.createdAt} />,
          <Tries key="tries" of={each} />,
          <Button
            key="do"
            label={`Send ${each.type} again`}
            reason={hook.enabled ? undefined : "The endpoint is disabled: enable it first."}
            pending={retry.pending.value}
            onClick={() => retry.run(each)}
          >
            Send again
          </Button>,
        ]}
      />
      <More of={deliveries} />
    </>
  );
}

function Tries({ of }: { of: DeliveryView }) {
  return (
    <details>
      <summary>{of.tries}</summary>
      <ul>
        {of.attempts.map((each) => (
          <li key={each.at}>
            <Moment at={each.at} />: {each.error ?? `HTTP ${each.status}`}, {each.ms} ms
            {each.response && <div class="dim">{each.response}</div>}
          </li>
        ))}
      </ul>
      <pre class="webhooks-payload">{of.payload}</pre>
    </details>
  );
}
