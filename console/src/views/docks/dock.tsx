/** One dock in full: what it and its aircraft say, who holds it, and all that it can be told. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { Link } from "wouter-preact";
import { answer, api } from "../../api/client";
import { type DockState, dockOf, listed, nameOf, refreshDocks, wantDetails } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, Moment, Problem, SagaLink, StatusTag, Tag } from "../../ui";
import { Ai } from "./ai";
import { CustomData } from "./custom-data";
import { Debug } from "./debug";
import { Lease } from "./lease";
import { LicencesOf } from "./licences";
import { PropertiesOf } from "./properties";
import { StreamOf } from "./stream";
import { AircraftFacts, DockFacts, Standing } from "./tile";
import "./docks.css";

export default function DockPage({ params }: { params: { sn: string } }) {
  const unpaired = useSignal(false);
  const dock = dockOf(params.sn);
  if (dock && !unpaired.value)
    return (
      <One
        key={params.sn}
        dock={dock}
        onUnpaired={() => {
          unpaired.value = true;
        }}
      />
    );
  return (
    <div class="pad">
      <h1>Dock {params.sn}</h1>
      <Problem error={listed.value.error} />
      {unpaired.value && <p role="status">The dock is unpaired. Nothing of it is left but its saga's history.</p>}
      {!unpaired.value && <p class="empty">{listed.value.at ? "Your organisation has no such dock." : "Loading…"}</p>}
      <Link href="/">All docks</Link>
    </div>
  );
}

function One({ dock, onUnpaired }: { dock: DockState; onUnpaired: () => void }) {
  useSignalEffect(() => wantDetails(dock.sn));
  const view = dock.view.value;
  const aircraft = dock.aircraft.value.data.firmware_version;
  return (
    <div class="pad dock-page">
      <div class="row apart">
        <h1>{nameOf(view)}</h1>
        <div class="row">
          {view.online && view.stream?.phase === "live" && <Tag tone="bad">LIVE</Tag>}
          <StatusTag status={view.status} />
          <SagaLink saga={view.saga} />
          {view.missionId && (
            <Link class="button" href={`/missions/${view.missionId}`}>
              Its mission
            </Link>
          )}
          <Link class="button main" href={`/docks/${dock.sn}/sticks`}>
            Sticks
          </Link>
        </div>
      </div>
      <Standing alerts={dock.alerts.value} />
      <div class="dock-columns">
        <section class="card">
          <h2>The dock</h2>
          <dl class="facts">
            <dt>Model</dt>
            <dd>{view.productName ?? view.product ?? "unknown"}</dd>
            <dt>Serial</dt>
            <dd>{view.sn}</dd>
            <dt>Firmware</dt>
            <dd>{view.firmwareVersion ?? "not told"}</dd>
            <dt>Aircraft</dt>
            <dd>
              {view.aircraftSn ?? "none"}
              {view.aircraftSn && (view.aircraftOnline ? ", on" : ", off")}
            </dd>
            <dt>Its firmware</dt>
            <dd>{aircraft ? String(aircraft) : "not told"}</dd>
            <dt>Paired</dt>
            <dd>
              <Moment at={view.pairedAt} />
            </dd>
            <dt>{view.online ? "Online" : "Offline"} since</dt>
            <dd>
              <Age at={view.onlineChangedAt} />
            </dd>
          </dl>
          <DockFacts dock={dock} />
          <AircraftFacts dock={dock} />
        </section>
        <div class="dock-side">
          <Lease dock={dock} />
          <StreamOf dock={dock} />
          {view.model === "dock3" && <Ai dock={dock} />}
        </div>
      </div>
      <Debug dock={dock} />
      <PropertiesOf dock={dock} />
      <LicencesOf dock={dock} />
      <CustomData dock={dock} />
      <Unpair dock={dock} onUnpaired={onUnpaired} />
    </div>
  );
}

function Unpair({ dock, onUnpaired }: { dock: DockState; onUnpaired: () => void }) {
  const view = dock.view.value;
  const unpair = useAction(async () => {
    await answer(api.DELETE("/v1/docks/{sn}", { params: { path: { sn: dock.sn } } }));
    onUnpaired();
    await refreshDocks();
  });
  return (
    <section class="card">
      <h2>Unpair</h2>
      <p>
        Takes the dock out of the organisation: its account is revoked, its seat is free, flights to come are called
        off.
      </p>
      <Button
        kind="danger"
        pending={unpair.pending.value}
        reason={lacksRole("admin") ?? (view.missionId ? "It is in a mission: take it out of that first." : undefined)}
        confirm={{
          title: `Unpair ${nameOf(view)}?`,
          detail: "It cannot be taken back: the dock must be paired anew, with a new code.",
          yes: "Unpair it",
        }}
        onClick={() => unpair.run()}
      >
        Unpair this dock
      </Button>
      <Problem error={unpair.error.value} />
    </section>
  );
}
