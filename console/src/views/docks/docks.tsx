/** All docks as tiles, with the map beside them where there is room; what to do first where there is none. */

import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { all, answer, api, type DockView } from "../../api/client";
import { docks, listed, nameOf, order } from "../../state/docks";
import { focus } from "../../state/focus";
import { useResource } from "../../state/resource";
import { may } from "../../state/session";
import { Button, Choice, Problem, TextField } from "../../ui";
import { DemoDock } from "../pairing/demo-dock";
import { DockTile } from "./tile";

const MANY = 6; // docks; fewer are seen at a glance
const STATUSES: DockView["status"][] = [
  "offline",
  "upgrading",
  "in_operation",
  "debug",
  "flying",
  "streaming",
  "idle",
  "online",
];

const DockMap = lazy(() => import("../map/map"));

export default function Docks() {
  const name = useSignal("");
  const status = useSignal("");
  const mission = useSignal("");
  const filtered = useComputed(() => name.value !== "" || status.value !== "" || mission.value !== "");
  // As one text: it stays the same, and nothing is rendered, where a dock's news changes nothing of the choice
  const chosen = useComputed(() =>
    docks.value
      .filter(({ view }) => matches(view.value, name.value.trim().toLowerCase(), status.value, mission.value))
      .map(({ sn }) => sn)
      .join(),
  );
  const sns = chosen.value ? chosen.value.split(",") : [];
  const count = order.value.length;

  return (
    <div class="docks pad">
      <section class="docks-list">
        <div class="row apart">
          <h1>Docks</h1>
          {may("admin") && count > 0 && (
            <Link class="button" href="/pair">
              Pair a dock
            </Link>
          )}
        </div>
        <Problem error={listed.value.error} />
        {listed.value.at === 0 && !listed.value.error && <p class="dim">Loading…</p>}
        {listed.value.at > 0 && count === 0 && <First />}
        {count > MANY && <Filter name={name} status={status} mission={mission} />}
        {count > MANY && (
          <p class="dim" role="status">
            {filtered.value ? `${sns.length} of ${count} docks` : `${count} docks`}
          </p>
        )}
        <ul class="tiles">
          {sns.map((sn) => (
            <li key={sn}>
              <DockTile sn={sn} />
            </li>
          ))}
        </ul>
      </section>
      {count > 0 && <Beside sns={filtered.value ? sns : undefined} />}
    </div>
  );
}

function matches(view: DockView, name: string, status: string, mission: string): boolean {
  return (
    (!name || nameOf(view).toLowerCase().includes(name) || view.sn.toLowerCase().includes(name)) &&
    (!status || view.status === status) &&
    (!mission || (mission === "none" ? view.missionId == null : view.missionId === mission))
  );
}

type Text = Signal<string>;

function Filter({ name, status, mission }: { name: Text; status: Text; mission: Text }) {
  const missions = useResource(
    () => all((after) => answer(api.GET("/v1/missions", { params: { query: { limit: 200, after } } }))),
    [],
    60_000,
  );
  const going = (missions.data.value ?? []).filter((each) => !["completed", "aborted"].includes(each.status));
  const set = (what: Text) => (text: string) => {
    what.value = text;
  };
  return (
    <search class="docks-filter">
      <TextField label="Name or serial" type="search" value={name.value} onValue={set(name)} />
      <Choice
        label="Status"
        value={status.value}
        onValue={set(status)}
        choices={[["", "any"], ...STATUSES.map((each) => [each, each.replaceAll("_", " ")] as const)]}
      />
      <Choice
        label="Mission"
        value={mission.value}
        onValue={set(mission)}
        choices={[["", "any"], ["none", "in no mission"], ...going.map((each) => [each.id, each.name] as const)]}
      />
    </search>
  );
}

const WIDE = matchMedia("(min-width: 80rem)");

/** The map: always on a wide screen, on a narrow one when it is asked for. */
function Beside({ sns }: { sns: string[] | undefined }) {
  const open = useSignal(WIDE.matches);
  const here = useRef<HTMLElement>(null);
  useEffect(() => {
    const turned = () => {
      open.value = WIDE.matches;
    };
    WIDE.addEventListener("change", turned);
    return () => WIDE.removeEventListener("change", turned);
  }, []);
  const before = useRef(focus.peek());
  useSignalEffect(() => {
    if (focus.value === before.current) return; // of the last visit
    before.current = focus.value;
    open.value = true;
    here.current?.scrollIntoView({ block: "nearest" });
  });
  return (
    <section class="docks-map" aria-label="Map" ref={here}>
      {!WIDE.matches && (
        <Button
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {open.value ? "Hide the map" : "Show the map"}
        </Button>
      )}
      {open.value && (
        <Suspense fallback={<p class="dim">Loading the map…</p>}>
          <div class="docks-map-area">
            <DockMap sns={sns} focus={focus.value?.sn} />
          </div>
        </Suspense>
      )}
    </section>
  );
}

/** What somebody does first whose organisation has no dock. */
function First() {
  if (!may("admin"))
    return <p class="empty">Your organisation has no dock yet. An admin can pair one; it is then shown here.</p>;
  return (
    <div class="card docks-first">
      <h2>Your organisation has no dock yet</h2>
      <p>Pair one: give it a name, and show its camera or its setup page the code that you get.</p>
      <p>
        <Link class="button main" href="/pair">
          Pair a dock
        </Link>
      </p>
      <p>No dock at hand? Switch on the demo dock: a simulated Dock 3 that pairs itself within seconds.</p>
      <DemoDock />
    </div>
  );
}
