/** Flying a dock's aircraft by hand: who has it, the sticks, video and map beside them, and all orders. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Link as To } from "wouter-preact";
import { answer, api, type FlightView } from "../../api/client";
import { type DockState, dockOf, listed, nameOf, wantDetails } from "../../state/docks";
import { useResource } from "../../state/resource";
import { Problem, StatusTag } from "../../ui";
import { isOver } from "../flights/words";
import { MapOf, Video } from "../missions/others";
import { Authorities } from "./authority";
import { Bind } from "./bind";
import { type Bindings, isBound, load, save } from "./bindings";
import { hands as makeHands } from "./hands";
import { Health } from "./health";
import { Link } from "./link";
import { EmergencyStop, Orders, type Point } from "./orders";
import { Payload } from "./payload";
import { Show } from "./show";
import "./sticks.css";

const LOOK_EVERY = 3000; // ms
const LATEST = 20; // flights among which one may be under way

export default function Sticks({ params }: { params: { sn: string } }) {
  const dock = dockOf(params.sn);
  if (!dock)
    return (
      <div class="pad">
        <h1>Sticks</h1>
        <Problem error={listed.value.error} />
        <p class="dim">{listed.value.at ? "There is no such dock." : "Loading…"}</p>
      </div>
    );
  return <Cockpit key={dock.sn} dock={dock} />;
}

function Cockpit({ dock }: { dock: DockState }) {
  const { sn } = dock;
  const view = dock.view.value;
  const bindings = useSignal<Bindings>(load());
  const point = useSignal<Point | null>(null);
  const link = useMemo(() => new Link(sn), [sn]);
  const hands = useMemo(() => makeHands(link, bindings.peek()), [link]);
  useEffect(() => {
    wantDetails(sn);
    return () => {
      hands.end();
      link.leave(); // nobody sees the sticks any more
    };
  }, [link]);

  const holders = useResource(() => link.look(), [sn], LOOK_EVERY);
  const flight = useResource<FlightView | null>(
    async () => {
      const query = { dock: sn, limit: LATEST };
      const { items } = await answer(api.GET("/v1/flights", { params: { query } }));
      return items.find((each) => !isOver(each.status)) ?? items[0] ?? null;
    },
    [sn],
    LOOK_EVERY,
  );
  const change = (next: Bindings) => {
    hands.engine.drop("Bindings were changed.");
    hands.engine.bindings = next;
    bindings.value = next;
    save(next);
  };

  return (
    <div class="pad sticks">
      <header class="row apart">
        <div class="row">
          <h1>Sticks of {nameOf(view)}</h1>
          <StatusTag status={view.status} />
          <span class="dim">{view.productName}</span>
          {view.missionId && <To href={`/missions/${view.missionId}`}>its mission</To>}
        </div>
        <EmergencyStop link={link} onStop={() => hands.engine.stop()} />
      </header>
      <Problem error={holders.error.value} />
      <Authorities
        link={link}
        onRelease={() => hands.engine.drop("You give it back.")}
        offline={view.online ? undefined : "The dock is offline."}
      />
      <Show link={link} hands={hands} bound={isBound(bindings.value)} />
      <div class="sticks-columns">
        <div>
          {view.missionId ? (
            <Video mission={view.missionId} sn={sn} />
          ) : (
            <p class="empty">The dock is in no mission, so it has no video.</p>
          )}
          <Payload link={link} dock={dock} point={point} />
        </div>
        <div>
          <Health link={link} dock={dock} />
          <section class="sticks-map" aria-label="Map">
            <MapOf
              sns={[sn]}
              focus={sn}
              {...(view.missionId ? { mission: view.missionId } : {})}
              onPoint={(latitude, longitude) => {
                point.value = { latitude, longitude };
              }}
            />
          </section>
          <Orders link={link} dock={dock} flight={flight} point={point} />
          <Bind hands={hands} bindings={bindings} onChange={change} />
        </div>
      </div>
    </div>
  );
}
