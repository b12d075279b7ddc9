/**
 * One dock at a glance: its status, what it and its aircraft say, how old that is, and the ways to its controls.
 *
 * "Show on map" sets `focus` of state/focus.ts, which whoever shows a map beside tiles hands to it.
 */

import { useSignalEffect } from "@preact/signals";
import { Link } from "wouter-preact";
import type { AlertView } from "../../api/client";
import { type DockState, dockOf, type Heard, nameOf, wantDetails } from "../../state/docks";
import { lookAt } from "../../state/focus";
import { Age, Button, StatusTag, Tag, useSeen } from "../../ui";
import { newest, OLD_AFTER, ofAircraft, ofDock, type Reading } from "./readings";
import "./docks.css";

export function DockTile({ sn }: { sn: string }) {
  const dock = dockOf(sn);
  if (!dock) return <article class="card dock-tile dim">Dock …{sn.slice(-6)} is not known here.</article>;
  return <Tile key={sn} dock={dock} />;
}

function Tile({ dock }: { dock: DockState }) {
  const [element, seen] = useSeen<HTMLElement>();
  useSignalEffect(() => {
    if (seen.value) wantDetails(dock.sn);
  });
  const view = dock.view.value;
  const name = nameOf(view);
  return (
    <article ref={element} class="card dock-tile" aria-label={`Dock ${name}`}>
      <header>
        <h2>
          <Link href={`/docks/${dock.sn}`}>{name}</Link>
        </h2>
        <span class="row">
          {view.online && view.stream?.phase === "live" && <Tag tone="bad">LIVE</Tag>}
          <StatusTag status={view.status} />
        </span>
      </header>
      <p class="dim">
        {view.productName ?? view.product ?? "Unknown model"}, <span title={dock.sn}>…{dock.sn.slice(-6)}</span>
        {!view.online && (
          <>
            , last heard <Age at={newest(dock.dock.value) || view.lastSeenAt} still={!seen.value} />
          </>
        )}
      </p>
      <Standing alerts={dock.alerts.value} />
      {view.lease && (
        <p class="dim">
          Held by {view.lease.user || view.lease.holder}: {view.lease.reason || view.lease.kind}
        </p>
      )}
      <AircraftFacts dock={dock} seen={seen.value} />
      <DockFacts dock={dock} seen={seen.value} />
      <footer class="row">
        <Button label={`Map at ${name}`} onClick={() => lookAt(dock.sn)}>
          Map
        </Button>
        <Link class="button" href={`/docks/${dock.sn}`} aria-label={`Open ${name}`}>
          Open
        </Link>
        <Link class="button" href={`/docks/${dock.sn}/sticks`} aria-label={`Sticks of ${name}`}>
          Sticks
        </Link>
      </footer>
    </article>
  );
}

const WORST: AlertView["level"][] = ["warning", "caution", "notice"];
const ALERT_CLASS = { warning: "bad", caution: "warn", notice: "dim" };

export function Standing({ alerts }: { alerts: AlertView[] | null }) {
  const worst = alerts && WORST.map((level) => alerts.find((each) => each.level === level)).find((found) => found);
  if (!alerts || !worst) return null;
  return (
    <p class={`dock-alerts ${ALERT_CLASS[worst.level]}`}>
      {alerts.length === 1 ? "1 alert" : `${alerts.length} alerts`}: {worst.text}
    </p>
  );
}

/** What was heard, followed only while it is seen. */
const follow = (heard: DockState["dock"], seen: boolean): Heard => (seen ? heard.value : heard.peek());

export function AircraftFacts({ dock, seen = true }: { dock: DockState; seen?: boolean }) {
  const view = dock.view.value;
  if (!view.aircraftSn) return null;
  const { at, data } = follow(dock.aircraft, seen);
  const title = view.aircraftOnline ? "Aircraft" : "Aircraft, off";
  return <Facts title={title} at={at} past={!view.aircraftOnline} readings={ofAircraft(data)} seen={seen} />;
}

export function DockFacts({ dock, seen = true }: { dock: DockState; seen?: boolean }) {
  const { at, data } = follow(dock.dock, seen);
  return <Facts title="Dock" at={at} past={!dock.view.value.online} readings={ofDock(data)} seen={seen} />;
}

interface FactsProps {
  title: string;
  at: number;
  /** Said by a machine that is off now. */
  past: boolean;
  readings: Reading[];
  seen: boolean;
}

function Facts({ title, at, past, readings, seen }: FactsProps) {
  return (
    <div class={past ? "dock-facts past" : "dock-facts"}>
      <h3>
        {title} <Age at={at} oldAfter={OLD_AFTER} none="nothing heard yet" still={!seen} />
      </h3>
      <dl>
        {readings.map(({ label, text, tone, wide }) => (
          <div key={label} class={wide ? "wide" : undefined}>
            <dt>{label}</dt>
            <dd class={tone}>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
