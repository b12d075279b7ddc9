/** The broker that docks connect to: the shared one, or the organisation's own. */

import { useSignal } from "@preact/signals";
import { answer, api, type OrgView } from "../../api/client";
import { useAction } from "../../state/resource";
import { Button, Choice, Dialog, Problem, TextField, Tick } from "../../ui";

interface Props {
  org: OrgView;
  onChanged: () => unknown;
}

export function BrokerCard({ org, onChanged }: Props) {
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  const back = useAction(async () => {
    await answer(api.DELETE("/v1/org/broker"));
    await onChanged();
  });
  const paired = org.seatsUsed
    ? "Docks are paired, and know the broker that is set now: unpair them first."
    : undefined;
  return (
    <section class="card" aria-label="Broker">
      <h2>Broker</h2>
      <dl class="facts">
        <dt>Which</dt>
        <dd>{org.broker.own ? `your own (${org.broker.kind})` : "the shared one"}</dd>
        <dt>Docks are told</dt>
        <dd>{org.broker.address}</dd>
      </dl>
      <Problem error={back.error.value} />
      <div class="row end">
        {org.broker.own && (
          <Button
            reason={paired}
            pending={back.pending.value}
            onClick={back.run}
            confirm={{
              title: "Back to the shared broker?",
              detail: "The next QR codes name the shared broker; your own is forgotten, with its passwords.",
              yes: "Use the shared one",
            }}
          >
            Use the shared one
          </Button>
        )}
        <Button
          reason={paired}
          onClick={() => {
            open.value = true;
          }}
        >
          Set own broker
        </Button>
      </div>
      {open.value && (
        <SetBroker
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

const EMPTY = {
  host: "",
  port: "8883",
  username: "argus",
  password: "",
  adminUsername: "",
  adminPassword: "",
  apiUrl: "",
  apiKey: "",
  apiSecret: "",
};

function SetBroker({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const kind = useSignal<"mosquitto" | "emqx">("mosquitto");
  const tls = useSignal(true);
  const typed = useSignal(EMPTY);
  const save = useAction(async () => {
    const { host, port, username, password, adminUsername, adminPassword, apiUrl, apiKey, apiSecret } = typed.value;
    const admin = kind.value === "mosquitto" ? { adminUsername, adminPassword } : { apiUrl, apiKey, apiSecret };
    const body = {
      kind: kind.value,
      host: host.trim(),
      port: Number(port),
      tls: tls.value,
      username,
      password,
      ...admin,
    };
    await answer(api.PUT("/v1/org/broker", { body }));
    onDone();
  });
  const field = (name: keyof typeof EMPTY, label: string, hint?: string, secret = false) => (
    <TextField
      label={label}
      hint={hint}
      type={secret ? "password" : "text"}
      autocomplete="off"
      value={typed.value[name]}
      onValue={(text) => {
        typed.value = { ...typed.value, [name]: text };
      }}
    />
  );
  const port = Number(typed.value.port);
  let reason: string | undefined;
  if (!typed.value.host.trim() || !typed.value.password) reason = "Host and password are needed.";
  else if (!Number.isInteger(port) || port < 1 || port > 65_535) reason = "The port is 1 to 65535.";
  return (
    <Dialog title="Set an own broker" onClose={onClose}>
      <p>The next QR codes name it. Passwords are sealed, and not shown again.</p>
      <Choice
        label="Kind"
        value={kind.value}
        onValue={(chosen) => {
          kind.value = chosen === "emqx" ? "emqx" : "mosquitto";
        }}
        choices={[
          ["mosquitto", "Mosquitto, with its dynamic-security plugin"],
          ["emqx", "EMQX"],
        ]}
      />
      {field("host", "Host", "As docks reach it.")}
      {field("port", "Port")}
      <Tick
        checked={tls.value}
        onTick={(on) => {
          tls.value = on;
        }}
      >
        TLS
      </Tick>
      <h3>Our own processes' account</h3>
      {field("username", "Account", "It may use every topic.")}
      {field("password", "Password", undefined, true)}
      <h3>Where docks' accounts are made</h3>
      {kind.value === "mosquitto" ? (
        <>
          {field("adminUsername", "Account of the plugin")}
          {field("adminPassword", "Its password", undefined, true)}
        </>
      ) : (
        <>
          {field("apiUrl", "Address of its HTTP API")}
          {field("apiKey", "API key")}
          {field("apiSecret", "API secret", undefined, true)}
        </>
      )}
      <Problem error={save.error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" reason={reason} pending={save.pending.value} onClick={save.run}>
          Set it
        </Button>
      </div>
    </Dialog>
  );
}
