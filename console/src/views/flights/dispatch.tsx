/**
 * Sending a flight: what is flown, from which docks, when, and past which limits of the gate.
 *
 * Each dock gets a request of its own: sent again after a lost answer, it makes no second flight.
 */

import { type Signal, useSignal } from "@preact/signals";
import { Link } from "wouter-preact";
import { answer, api, type Dispatch, type FlightView } from "../../api/client";
import { dockOf, docks, nameOf } from "../../state/docks";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { Button, bound, Choice, Dialog, Problem, StatusTag, TextField, Tick } from "../../ui";
import { WaylineChoice } from "../waylines/choice";
import { GateNow, type Overrides, overridesReason } from "./gate-now";
import "./flights.css";
import { emptyPoint, PointFields, pointBody, pointReason } from "./point";
import { emptyWhen, WhenFields, whenBody, whenReason } from "./when";

interface Props {
  mission?: string;
  /** A dock or a route that was chosen already. */
  sn?: string;
  wayline?: string;
  onClose: () => void;
  onSent: () => unknown;
}

interface Sent {
  flight?: FlightView;
  error?: Error;
}

const LOWEST_HOME = 20; // m
const HIGHEST_HOME = 1500;

export function DispatchDialog({ mission, sn, wayline, onClose, onSent }: Props) {
  const chosen = useSignal<string[]>(sn ? [sn] : []);
  const route = useSignal(wayline ?? "");
  const toPoint = useSignal(false);
  const point = useSignal(emptyPoint);
  const when = useSignal(emptyWhen);
  const name = useSignal("");
  const home = useSignal("100");
  const queue = useSignal(false);
  const landAt = useSignal("");
  const overrides = useSignal<Record<string, Overrides>>({});
  const sent = useSignal<Record<string, Sent>>({});
  const once = useOnce();

  const candidates = docks.value.filter((dock) => {
    const { missionId } = dock.view.value;
    return mission ? missionId === mission : missionId !== null;
  });

  const bodyFor = (dock: string): Dispatch => ({
    dockSn: dock,
    ...(toPoint.value ? { to: pointBody(point.value, dock) } : { waylineId: route.value }),
    ...(name.value.trim() ? { name: name.value.trim() } : {}),
    rthAltitude: Number(home.value),
    queue: queue.value,
    overrides: overrides.value[dock] ?? {},
    ...whenBody(when.value),
    ...(landAt.value ? { landAt: landAt.value } : {}),
  });

  const { run, pending, error } = useAction(async () => {
    await Promise.all(
      chosen.value
        .filter((dock) => !sent.value[dock]?.flight)
        .map(async (dock) => {
          try {
            const body = bodyFor(dock);
            const flight = await once(body, (header) => answer(api.POST("/v1/flights", { params: { header }, body })));
            sent.value = { ...sent.value, [dock]: { flight } };
          } catch (fault) {
            sent.value = { ...sent.value, [dock]: { error: fault as Error } };
          }
        }),
    );
    await onSent();
  });

  const height = Number(home.value);
  const reason =
    (chosen.value.length ? undefined : "Choose a dock.") ??
    (toPoint.value ? pointReason(point.value) : route.value ? undefined : "Choose a route.") ??
    whenReason(when.value, toPoint.value) ??
    (height >= LOWEST_HOME && height <= HIGHEST_HOME ? undefined : "The height of the way home is 20 to 1500 m.") ??
    chosen.value.map((dock) => overridesReason(overrides.value[dock] ?? {})).find(Boolean) ??
    (chosen.value.every((dock) => sent.value[dock]?.flight) ? "All of these are sent." : undefined);

  return (
    <Dialog title="Dispatch a flight" onClose={onClose} wide>
      <fieldset class="flights-set">
        <legend>Docks</legend>
        {candidates.length === 0 && (
          <p class="empty">
            No dock is in {mission ? "this mission" : "a mission"}. Assign one first; a dock flies for its mission.
          </p>
        )}
        {candidates.map((dock) => (
          <div key={dock.sn} class="row">
            <Tick
              checked={chosen.value.includes(dock.sn)}
              onTick={(on) => {
                chosen.value = on ? [...chosen.value, dock.sn] : chosen.value.filter((each) => each !== dock.sn);
              }}
            >
              {nameOf(dock.view.value)}
            </Tick>
            <StatusTag status={dock.view.value.status} />
            <Result of={sent.value[dock.sn]} />
          </div>
        ))}
      </fieldset>
      <fieldset class="flights-set">
        <legend>What is flown</legend>
        <div class="row">
          <label class="tick">
            <input type="radio" name="what" checked={!toPoint.value} onChange={() => set(toPoint, false)} />
            <span>A route</span>
          </label>
          <label class="tick">
            <input type="radio" name="what" checked={toPoint.value} onChange={() => set(toPoint, true)} />
            <span>To a point</span>
          </label>
        </div>
        {toPoint.value ? (
          <PointFields value={point} sns={chosen.value} mission={mission} />
        ) : (
          <WaylineChoice value={route} sn={chosen.value[0]} />
        )}
        <TextField label="Name" {...bound(name)} hint="Else the route's." maxLength={128} />
      </fieldset>
      <WhenFields value={when} toPoint={toPoint.value} />
      <fieldset class="flights-set">
        <legend>Way home and busy docks</legend>
        <TextField
          label="Height of the way home"
          type="number"
          min={LOWEST_HOME}
          max={HIGHEST_HOME}
          {...bound(home)}
          hint="m above take-off, 20 to 1500. Without a link the aircraft comes home at this height, unless the route says that it is flown on."
        />
        {!toPoint.value && when.value.how === "now" && chosen.value.length === 1 && (
          <LandAt value={landAt} from={chosen.value[0] as string} />
        )}
        <Tick checked={queue.value} onTick={(on) => set(queue, on)}>
          Wait where a dock is busy, instead of being refused
        </Tick>
      </fieldset>
      {chosen.value.map((dock) => (
        <GateOf key={dock} sn={dock} all={overrides} />
      ))}
      <Problem error={error.value} />
      {Object.entries(sent.value).map(([dock, { error: fault }]) => fault && <Problem key={dock} error={fault} />)}
      <div class="row end">
        <Button onClick={onClose}>Close</Button>
        <Button kind="main" onClick={run} pending={pending.value} reason={reason}>
          {chosen.value.length > 1 ? `Dispatch from ${chosen.value.length} docks` : "Dispatch"}
        </Button>
      </div>
    </Dialog>
  );
}

function set<T>(signal: { value: T }, value: T) {
  signal.value = value;
}

function GateOf({ sn, all }: { sn: string; all: { value: Record<string, Overrides> } }) {
  // A signal of this dock's overrides only, kept in the form's
  const own = {
    get value() {
      return all.value[sn] ?? {};
    },
    set value(given: Overrides) {
      all.value = { ...all.value, [sn]: given };
    },
  };
  return <GateNow sn={sn} overrides={own} />;
}

function Result({ of }: { of: Sent | undefined }) {
  if (!of) return null;
  if (of.flight)
    return (
      <span role="status">
        sent: <Link href={`/flights/${of.flight.id}`}>{of.flight.name}</Link>
      </span>
    );
  return (
    <span class="bad" role="status">
      not sent
    </span>
  );
}

function LandAt({ value, from }: { value: Signal<string>; from: string }) {
  const model = dockOf(from)?.view.value.model;
  const mission = dockOf(from)?.view.value.missionId;
  if (model !== "dock2" && model !== "dock3") return null;
  const others = docks.value.filter((dock) => dock.sn !== from && dock.view.value.missionId === mission);
  return (
    <Choice
      label="Land at"
      hint="Another dock has to be empty (Dock 2 and 3)."
      {...bound(value)}
      choices={[["", "Its own dock"], ...others.map((dock) => [dock.sn, nameOf(dock.view.value)] as const)]}
    />
  );
}
