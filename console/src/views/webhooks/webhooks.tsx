/** Webhooks: endpoints of the organisation's own systems, which are told what happens. */

import { useSignal } from "@preact/signals";
import { useLocation, useSearchParams } from "wouter-preact";
import { all, answer, api, type WebhookSecret, type WebhookView } from "../../api/client";
import { useAction, useResource } from "../../state/resource";
import { Age, Button, List, Moment, Problem, SagaLink, Secret, Tag } from "../../ui";
import { Deliveries } from "./deliveries";
import { Endpoint } from "./endpoint";
import "./webhooks.css";

export default function Webhooks() {
  const hooks = useResource(() =>
    all((after) => answer(api.GET("/v1/webhooks", { params: { query: { limit: 100, after } } }))),
  );
  const editing = useSignal<WebhookView | "new" | null>(null);
  const secret = useSignal<WebhookSecret | null>(null);
  const [params] = useSearchParams();
  const [, go] = useLocation();
  const log = hooks.data.value?.find((each) => each.id === params.get("log"));

  return (
    <div class="pad webhooks">
      <div class="row apart">
        <h1>Webhooks</h1>
        <Button
          kind="main"
          onClick={() => {
            editing.value = "new";
          }}
        >
          Add an endpoint
        </Button>
      </div>
      <p class="dim">Each event is sent as a signed POST, in order for each subject, and again until it is taken.</p>
      <List
        of={hooks}
        caption="Endpoints"
        columns={["Endpoint", "Events", "State", "Added", ""]}
        keyOf={(each) => each.id}
        empty="No endpoint. Add one to have your own systems told of what happens."
        row={(each) => [
          <>
            <span class="webhooks-url">{each.url}</span>
            {each.description && <div class="dim">{each.description}</div>}
          </>,
          each.events.join(", "),
          <State key="state" of={each} />,
          <>
            <Moment at={each.createdAt} />
            <div class="dim">by {each.createdBy}</div>
          </>,
          <Actions
            key="do"
            of={each}
            onChanged={hooks.refresh}
            onEdit={() => {
              editing.value = each;
            }}
            onSecret={(made) => {
              secret.value = made;
            }}
            onLog={() => go(`/webhooks?log=${each.id}`)}
          />,
        ]}
      />
      {log && <Deliveries key={log.id} hook={log} />}
      {editing.value && (
        <Endpoint
          of={editing.value === "new" ? null : editing.value}
          onDone={(made) => {
            editing.value = null;
            secret.value = made;
            void hooks.refresh();
          }}
          onClose={() => {
            editing.value = null;
          }}
        />
      )}
      {secret.value && (
        <Secret
          title="Secret of the endpoint"
          secret={secret.value.secret}
          detail={`It signs what is sent to ${secret.value.url}: put it where the requests are checked.`}
          onClose={() => {
            secret.value = null;
          }}
        />
      )}
    </div>
  );
}

function State({ of }: { of: WebhookView }) {
  return (
    <>
      <Tag tone={!of.enabled ? "idle" : of.failingSince ? "bad" : "good"}>
        {!of.enabled ? "disabled" : of.failingSince ? "failing" : "enabled"}
      </Tag>
      {of.reason && <div>{of.reason}</div>}
      {of.failingSince && (
        <div class="dim">
          takes nothing since <Age at={of.failingSince} />
        </div>
      )}
      {of.previousUntil && Date.parse(of.previousUntil) > Date.now() && (
        <div class="dim">
          the secret before signs too until <Moment at={of.previousUntil} />
        </div>
      )}
    </>
  );
}

interface ActionsProps {
  of: WebhookView;
  onChanged: () => unknown;
  onEdit: () => void;
  onSecret: (made: WebhookSecret) => void;
  onLog: () => void;
}

function Actions({ of, onChanged, onEdit, onSecret, onLog }: ActionsProps) {
  const params = { path: { webhook_id: of.id } };
  const test = useAction(async () => {
    await answer(api.POST("/v1/webhooks/{webhook_id}/test", { params }));
    onLog();
  });
  const enable = useAction(async () => {
    await answer(api.PATCH("/v1/webhooks/{webhook_id}", { params, body: { enabled: !of.enabled } }));
    await onChanged();
  });
  const rotate = useAction(async () => {
    onSecret(await answer(api.POST("/v1/webhooks/{webhook_id}/rotate", { params, body: { overlap: 86_400 } })));
    await onChanged();
  });
  const remove = useAction(async () => {
    await answer(api.DELETE("/v1/webhooks/{webhook_id}", { params }));
    await onChanged();
  });
  return (
    <>
      <div class="row">
        <Button label={`Deliveries to ${of.url}`} onClick={onLog}>
          Deliveries
        </Button>
        <Button
          label={`Test ${of.url}`}
          reason={of.enabled ? undefined : "It is disabled: enable it first."}
          pending={test.pending.value}
          onClick={test.run}
        >
          Test
        </Button>
        <Button label={`Change ${of.url}`} onClick={onEdit}>
          Change
        </Button>
        <Button
          label={`${of.enabled ? "Disable" : "Enable"} ${of.url}`}
          pending={enable.pending.value}
          onClick={enable.run}
          confirm={
            of.enabled
              ? {
                  title: "Disable this endpoint?",
                  detail: "What is due is cancelled, and what happens until it is enabled is not told later.",
                  yes: "Disable it",
                }
              : undefined
          }
        >
          {of.enabled ? "Disable" : "Enable"}
        </Button>
        <Button
          label={`New secret for ${of.url}`}
          pending={rotate.pending.value}
          onClick={rotate.run}
          confirm={{
            title: "Make a new secret?",
            detail:
              "It is shown once. For a day the old one signs beside it, so that there is time to put it into place.",
            yes: "Make it",
          }}
        >
          New secret
        </Button>
        <Button
          kind="danger"
          label={`Remove ${of.url}`}
          pending={remove.pending.value}
          onClick={remove.run}
          confirm={{
            title: "Remove this endpoint?",
            detail: "What was due is cancelled, and its log can no longer be read.",
            yes: "Remove it",
          }}
        >
          Remove
        </Button>
        <SagaLink saga={of.saga} />
      </div>
      <Problem error={test.error.value ?? enable.error.value ?? rotate.error.value ?? remove.error.value} />
    </>
  );
}
