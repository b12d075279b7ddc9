/**
 * What can be said to one flight. A control that its state or its dock does not allow is shown, disabled, with the reason;
 * how a flight stands is what the dock said last, never what was asked for.
 */

import { useSignal } from "@preact/signals";
import { answer, api, type FlightView, onceKey } from "../../api/client";
import { dockOf } from "../../state/docks";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, Problem } from "../../ui";
import { isHomeward } from "../docks/modes";
import { Continue } from "./continue";
import { GiveWayline } from "./give-wayline";
import { inTheAir, isOver } from "./words";

type Word = "pause" | "resume" | "stop" | "home" | "home/cancel" | "wayline/cancel";

/** Sends one word; answers when the dock took it, or throws its refusal. */
function tell(flight: string, word: Word): Promise<FlightView> {
  const params = { params: { path: { flight_id: flight } } };
  switch (word) {
    case "pause":
      return answer(api.POST("/v1/flights/{flight_id}/pause", params));
    case "resume":
      return answer(api.POST("/v1/flights/{flight_id}/resume", params));
    case "stop":
      return answer(api.POST("/v1/flights/{flight_id}/stop", params));
    case "home":
      return answer(api.POST("/v1/flights/{flight_id}/home", { ...params, body: {} }));
    case "home/cancel":
      return answer(api.POST("/v1/flights/{flight_id}/home/cancel", params));
    case "wayline/cancel":
      return answer(api.POST("/v1/flights/{flight_id}/wayline/cancel", params));
  }
}

const GIVEN_ENDS = ["called off", "done", "failed", "ran out of time"];

/** Why each word is not to be said to the flight now; undefined where it may be. */
export function reasons(flight: FlightView) {
  const role = lacksRole("operator");
  const { status, phase } = flight;
  const over = isOver(status) ? "The flight has ended." : undefined;
  const ground = over ?? (inTheAir(status) ? undefined : "The aircraft has not taken off.");
  const hovers = phase === "hovering";
  const dock = dockOf(flight.dockSn);
  // Of a flight to a point docks tell no way home; the aircraft itself does
  const mode = dock?.aircraft.value.data.mode_code;
  const homeward = (status === "returning" && !hovers) || isHomeward(mode);
  const given = !!flight.inFlight && !GIVEN_ENDS.includes(flight.inFlight.status);
  const paused = given ? flight.inFlight?.status === "paused" : status === "paused";
  const model = dock?.view.value.model;
  const toPoint = !!flight.target;
  return {
    pause:
      role ??
      ground ??
      (paused ? "It is paused already." : undefined) ??
      (homeward ? "It is on its way home: cancel that instead." : undefined) ??
      (hovers && !given ? "It hovers already." : undefined),
    resume:
      role ??
      ground ??
      (toPoint && !given ? "A flight to a point has no route to resume: send it to a point." : undefined) ??
      (paused ? undefined : "It is not paused."),
    stop: role ?? over,
    home: role ?? ground ?? (homeward ? "It is on its way home already." : undefined),
    cancelHome: role ?? ground ?? (homeward ? undefined : "It is not on its way home."),
    flyTo: role ?? ground ?? (homeward ? "It is on its way home: cancel that first." : undefined),
    giveWayline:
      role ??
      ground ??
      (model === "dock1" ? "A Dock 1 takes no route in flight; Dock 2 and 3 do." : undefined) ??
      (given ? "It flies a route that was given in flight: cancel that first." : undefined) ??
      (toPoint || status === "paused" || hovers ? undefined : "It flies its route: pause it first."),
    cancelWayline: role ?? ground ?? (given ? undefined : "It flies no route that was given in flight."),
    goOn:
      role ??
      (over ? undefined : "The flight has not ended: resume it, or wait.") ??
      (status === "ok" ? "The flight was flown to its end." : undefined) ??
      (flight.breakPoint ? undefined : "The dock named no place where it broke off."),
  };
}

interface Props {
  flight: FlightView;
  /** Read the flight again: the dock has taken something. */
  onTold: () => unknown;
}

export function FlightControls({ flight, onTold }: Props) {
  const told = useSignal<Word | null>(null);
  const giving = useSignal(false);
  const going = useSignal(false);
  const action = useAction(async (word: Word) => {
    told.value = word;
    await tell(flight.id, word);
    await onTold();
  });
  const why = reasons(flight);
  const pending = (word: Word) => action.pending.value && told.value === word;
  const control = (word: Word, text: string, reason: string | undefined) => (
    <Button onClick={() => action.run(word)} pending={pending(word)} reason={reason}>
      {text}
    </Button>
  );
  const flying = inTheAir(flight.status);
  if (isOver(flight.status))
    return (
      <fieldset class="flights-controls" aria-label={`Controls of ${flight.name}`}>
        <Button
          onClick={() => {
            going.value = true;
          }}
          reason={why.goOn}
        >
          Continue from break point
        </Button>
        {going.value && <Continue flight={flight} onClose={() => close(going)} />}
      </fieldset>
    );
  return (
    <fieldset class="flights-controls" aria-label={`Controls of ${flight.name}`}>
      <div class="row">
        {control("pause", "Pause", why.pause)}
        {control("resume", "Resume", why.resume)}
        {control("home", "Return home", why.home)}
        {control("home/cancel", "Cancel return", why.cancelHome)}
        <Button
          onClick={() => {
            giving.value = true;
          }}
          reason={why.giveWayline}
        >
          Give a route in flight…
        </Button>
        {control("wayline/cancel", "Cancel that route", why.cancelWayline)}
        <Button
          kind="danger"
          onClick={() => action.run("stop")}
          pending={pending("stop")}
          reason={why.stop}
          confirm={
            flying
              ? {
                  title: `Stop ${flight.name}?`,
                  detail: "The aircraft comes home and the rest of the route is dropped. This cannot be taken back.",
                  yes: "Stop and come home",
                }
              : { title: `Abort ${flight.name}?`, detail: "The take-off is called off.", yes: "Abort" }
          }
        >
          {flying ? "Stop" : "Abort"}
        </Button>
      </div>
      <Problem error={action.error.value} />
      {giving.value && <GiveWayline flight={flight} onClose={() => close(giving)} onTold={onTold} />}
    </fieldset>
  );
}

function close(open: { value: boolean }) {
  open.value = false;
}

/** Send an aircraft in the air to a point, m above the ellipsoid. */
export const flyTo = (flight: string, latitude: number, longitude: number, height: number, maxSpeed: number) =>
  answer(
    api.POST("/v1/flights/{flight_id}/fly-to", {
      params: { path: { flight_id: flight } },
      body: { latitude, longitude, height, maxSpeed },
    }),
  );

/** A new flight from where one broke off. */
export const goOn = (flight: string, queue: boolean, overrides: Record<string, string>) =>
  answer(
    api.POST("/v1/flights/{flight_id}/continue", {
      params: { path: { flight_id: flight }, header: onceKey() },
      body: { queue, overrides },
    }),
  );
