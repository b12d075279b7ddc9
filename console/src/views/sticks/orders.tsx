/** Where the aircraft is to go and how it is stopped: emergency stop, home, take-off and flying to a point, landing. */

import { type Signal, useSignal } from "@preact/signals";
import { Link as To } from "wouter-preact";
import { answer, api, type FlightView } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useOnce } from "../../state/once";
import { type Resource, useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, bound, Problem, StatusTag, TextField } from "../../ui";
import { RETURNING } from "../docks/modes";
import { inTheAir, isOver } from "../flights/words";
import type { Link } from "./link";

export interface Point {
  latitude: number;
  longitude: number;
}

interface Props {
  link: Link;
  dock: DockState;
  /** The dock's flight that is under way; else its last one. */
  flight: Resource<FlightView | null>;
  point: Signal<Point | null>;
}

/** Always in reach, and never asked about twice. */
export function EmergencyStop({ link, onStop }: { link: Link; onStop: () => void }) {
  const stop = useAction(() => {
    onStop();
    return link.command("drone_emergency_stop");
  });
  return (
    <div>
      <button
        type="button"
        class="sticks-stop"
        aria-disabled={!link.holds.includes("flight")}
        title={link.holds.includes("flight") ? "The aircraft stops where it is and hovers" : "Take the sticks first."}
        onClick={() => {
          if (link.holds.includes("flight")) void stop.run();
        }}
      >
        Emergency stop
      </button>
      <Problem error={stop.error.value} />
    </div>
  );
}

export function Orders({ link, dock, flight, point }: Props) {
  const latest = flight.data.value ?? null;
  const now = underWay(latest);
  const view = dock.view.value;
  const noRole = lacksRole("operator");
  const noFlight = now ? undefined : "No flight is under way.";
  const mode = link.state.value?.aircraftMode ?? dock.aircraft.value.data.mode_code;
  const homing = now?.status === "returning" || mode === RETURNING;
  const params = { path: { flight_id: now?.id ?? "" } };
  const again = async () => void (await flight.refresh());
  const home = useAction(async () => {
    await answer(api.POST("/v1/flights/{flight_id}/home", { params, body: {} }));
    await again();
  });
  const cancel = useAction(async () => {
    await answer(api.POST("/v1/flights/{flight_id}/home/cancel", { params }));
    await again();
  });
  return (
    <section class="card" aria-labelledby="sticks-orders">
      <h2 id="sticks-orders">Flight</h2>
      <p>
        {now ? (
          <>
            <To href={`/flights/${now.id}`}>{now.name}</To> <StatusTag status={now.status} /> {now.phase}
          </>
        ) : (
          <span class="dim">{flight.at.value ? "No flight of this dock is under way." : "Asking what flies…"}</span>
        )}
      </p>
      {latest && !now && (
        <p class="dim">
          Last: <To href={`/flights/${latest.id}`}>{latest.name}</To> <StatusTag status={latest.status} />{" "}
          <Age at={latest.endedAt} /> {latest.reason}
        </p>
      )}
      <Problem error={flight.error.value} />
      <div class="row">
        <Button
          kind="main"
          reason={noRole ?? noFlight ?? (homing ? "It is on its way home." : undefined)}
          pending={home.pending.value}
          onClick={home.run}
        >
          Return home
        </Button>
        <Button
          reason={noRole ?? noFlight ?? (homing ? undefined : "It is not on its way home.")}
          pending={cancel.pending.value}
          onClick={cancel.run}
        >
          Cancel the way home
        </Button>
        <Landing link={link} product={view.product ?? ""} />
      </div>
      <Problem error={home.error.value ?? cancel.error.value} />
      <ToPoint dock={dock} flight={flight} point={point} />
    </section>
  );
}

function Landing({ link, product }: { link: Link; product: string }) {
  const order = useAction((method: string) => link.command(method));
  const noFlight = link.holds.includes("flight") ? undefined : "Take the sticks first.";
  const older = product === "3-1-0" ? "A Dock 1 has no such order." : undefined;
  const state = link.state.value;
  const control = state && !state.control ? undefined : "The dock has given control already.";
  return (
    <>
      <Button
        kind="danger"
        reason={older ?? noFlight}
        pending={order.pending.value}
        confirm={{ title: "Land here now?", detail: "It lands where it is; obstacles stop it.", yes: "Land here" }}
        onClick={() => order.run("drc_emergency_landing")}
      >
        Land here…
      </Button>
      <Button
        kind="danger"
        reason={older ?? noFlight}
        pending={order.pending.value}
        confirm={{
          title: "Land by force?",
          detail: "It lands where it is, whatever is below: people, water, fire.",
          yes: "Land by force",
        }}
        onClick={() => order.run("drc_force_landing")}
      >
        Land by force…
      </Button>
      <Button
        reason={noFlight ?? control}
        pending={order.pending.value}
        onClick={() => order.run("flight_authority_grab")}
      >
        Ask the dock for control
      </Button>
      <Problem error={order.error.value} />
    </>
  );
}

const underWay = (flight: FlightView | null) => (flight && !isOver(flight.status) ? flight : null);

function ToPoint({ dock, flight, point }: Omit<Props, "link">) {
  const ground = Number(dock.dock.value.data.height ?? Number.NaN);
  const above = useSignal("60");
  const speed = useSignal("10");
  const once = useOnce();
  const now = underWay(flight.data.value ?? null);
  const { lease } = dock.view.value;
  const target = point.value;
  const height = Number.isFinite(ground) ? ground + Number(above.value) : Number.NaN;
  const made = useAction(async () => {
    if (!target) return;
    const to = { ...target, height, climb: Math.max(20, Number(above.value)), maxSpeed: Number(speed.value) };
    const body = { dockSn: dock.sn, to, rthAltitude: 100, queue: false };
    await once(body, (header) => answer(api.POST("/v1/flights", { params: { header }, body })));
    await flight.refresh();
  });
  const sent = useAction(async () => {
    if (!target || !now) return;
    const body = { ...target, height, maxSpeed: Number(speed.value) };
    await answer(api.POST("/v1/flights/{flight_id}/fly-to", { params: { path: { flight_id: now.id } }, body }));
    await flight.refresh();
  });
  const reason =
    lacksRole("operator") ??
    (target ? undefined : "Click a point on the map first.") ??
    (Number.isFinite(height) ? undefined : "The dock does not say how high it stands.");
  const flying = now !== null && inTheAir(now.status);
  const held = lease && !now ? `The dock is held by ${lease.user || lease.holder}.` : undefined;
  return (
    <>
      <h3>To a point</h3>
      <p aria-live="polite">
        {target ? (
          `${target.latitude.toFixed(6)}°, ${target.longitude.toFixed(6)}°`
        ) : (
          <span class="dim">Click on the map.</span>
        )}
      </p>
      <div class="row">
        <TextField label="Height above the dock, m" type="number" min={20} max={500} {...bound(above)} />
        <TextField label="Speed, m/s" type="number" min={1} max={15} {...bound(speed)} />
      </div>
      <div class="row">
        <Button
          reason={reason ?? (now ? "A flight is under way." : held)}
          pending={made.pending.value}
          confirm={{
            title: "Take off to this point?",
            detail: `The aircraft climbs and flies to ${target?.latitude.toFixed(6)}°, ${target?.longitude.toFixed(6)}°, ${above.value} m above the dock, and hovers there.`,
            yes: "Take off",
          }}
          onClick={made.run}
        >
          Take off to it
        </Button>
        <Button
          reason={reason ?? (flying ? undefined : "The aircraft is not in the air.")}
          pending={sent.pending.value}
          onClick={sent.run}
        >
          Fly to it
        </Button>
      </div>
      <Problem error={made.error.value ?? sent.error.value} />
    </>
  );
}
