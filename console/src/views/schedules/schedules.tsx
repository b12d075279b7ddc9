/** Recurring flights, and timed ones that wait: what flies next, day by day, and the schedules behind it. */

import { useComputed, useSignal } from "@preact/signals";
import { Link } from "wouter-preact";
import { all, answer, api, type FlightView, type RecurringView } from "../../api/client";
import { dockName } from "../../state/docks";
import { useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, Problem } from "../../ui";
import { FlightStatusTag } from "../flights/status";
import { isOver } from "../flights/words";
import { CreateSchedule } from "./create";
import { ScheduleList } from "./list";
import "./schedules.css";

const EVERY = 10_000; // ms
const NEWEST = 200; // flights that are looked through for timed ones

/** Something that is to be flown at a time. */
interface Turn {
  key: string;
  at: number;
  name: string;
  sn: string;
  schedule?: RecurringView;
  flight?: FlightView;
}

export default function Schedules() {
  const creating = useSignal(false);
  const schedules = useResource(async () => (await answer(api.GET("/v1/schedules"))).items, [], EVERY);
  const flights = useResource(
    () => all((after) => answer(api.GET("/v1/flights", { params: { query: { limit: 100, after } } })), NEWEST),
    [],
    EVERY,
  );
  const days = useComputed(() => byDay(turnsOf(schedules.data.value ?? [], flights.data.value ?? [])));
  return (
    <div class="pad">
      <div class="row apart">
        <h1>Schedules</h1>
        <Button
          kind="main"
          onClick={() => {
            creating.value = true;
          }}
          reason={lacksRole("operator")}
        >
          New recurring flight…
        </Button>
      </div>
      <section aria-label="Next turns">
        <h2>Next turns</h2>
        <p class="dim">In your time zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}.</p>
        <Problem error={flights.error.value} />
        {days.value.length === 0 && schedules.data.value && <p class="empty">Nothing is planned.</p>}
        {days.value.map(([day, turns]) => (
          <section key={day} class="schedules-day" aria-label={day}>
            <h3>{day}</h3>
            <ul>
              {turns.map((turn) => (
                <li key={turn.key} class="row">
                  <time dateTime={new Date(turn.at).toISOString()}>
                    {new Date(turn.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
                  </time>
                  {turn.flight ? (
                    <Link href={`/flights/${turn.flight.id}`}>{turn.name}</Link>
                  ) : (
                    <span>{turn.name}</span>
                  )}
                  <span class="dim">from {dockName(turn.sn)}</span>
                  {turn.flight && <FlightStatusTag flight={turn.flight} />}
                  {turn.schedule && <span class="dim">recurring</span>}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </section>
      <h2>Recurring flights</h2>
      <ScheduleList of={schedules} />
      {creating.value && (
        <CreateSchedule
          onClose={() => {
            creating.value = false;
          }}
          onMade={schedules.refresh}
        />
      )}
    </div>
  );
}

/** What is to be flown, soonest first. A schedule that is paused has no turns. */
function turnsOf(schedules: RecurringView[], flights: FlightView[]): Turn[] {
  const recurring = schedules
    .filter((schedule) => !schedule.paused)
    .flatMap((schedule) =>
      schedule.next.map((next) => ({
        key: `${schedule.id}/${next}`,
        at: Date.parse(next),
        name: schedule.name,
        sn: schedule.dockSn,
        schedule,
      })),
    );
  const timed = flights.flatMap((flight) => {
    const at = flight.executeAt ?? flight.readyFrom;
    if (!at || isOver(flight.status)) return [];
    return [{ key: flight.id, at: Date.parse(at), name: flight.name, sn: flight.dockSn, flight }];
  });
  return [...recurring, ...timed].sort((a, b) => a.at - b.at);
}

function byDay(turns: Turn[]): [string, Turn[]][] {
  const days = new Map<string, Turn[]>();
  for (const turn of turns) {
    const day = new Date(turn.at).toLocaleDateString([], {
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
    });
    days.set(day, [...(days.get(day) ?? []), turn]);
  }
  return [...days];
}
