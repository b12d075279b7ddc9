/** The recurring flights themselves, with their counts, and pause, resume and delete. */

import { useSignal } from "@preact/signals";
import { answer, api, type RecurringView } from "../../api/client";
import { dockName } from "../../state/docks";
import { type Resource, useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Button, List, Moment, Problem, Tag } from "../../ui";
import { saidCron } from "./cron";

export function ScheduleList({ of }: { of: Resource<RecurringView[]> }) {
  return (
    <List
      of={of}
      caption="Recurring flights"
      columns={["Flight", "Dock", "When", "Where it is busy", "Until", "Turns", "State", "Controls"]}
      keyOf={(schedule) => schedule.id}
      row={(schedule) => [
        schedule.name,
        dockName(schedule.dockSn),
        <span key="when">
          {saidCron(schedule.cron)} <span class="dim">{schedule.timeZone}</span>
        </span>,
        schedule.whenBusy === "wait" ? "waits" : "skips the turn",
        schedule.endAt ? <Moment key="until" at={schedule.endAt} /> : "no end",
        `${schedule.begun} begun, ${schedule.missed} missed, ${schedule.skipped} skipped`,
        <span key="state">
          <Tag tone={schedule.paused ? "warn" : "good"}>{schedule.paused ? "paused" : "runs"}</Tag>
          {schedule.paused && schedule.note && <span class="dim"> {schedule.note}</span>}
        </span>,
        <Controls key="controls" schedule={schedule} onDone={of.refresh} />,
      ]}
      empty="No flight is flown again and again yet. Make one: it passes the gate at each turn like any other."
    />
  );
}

type Word = "pause" | "resume" | "delete";

function Controls({ schedule, onDone }: { schedule: RecurringView; onDone: () => unknown }) {
  const told = useSignal<Word | null>(null);
  const { run, pending, error } = useAction(async (word: Word) => {
    told.value = word;
    const params = { params: { path: { schedule: schedule.id } } };
    if (word === "pause") await answer(api.POST("/v1/schedules/{schedule}/pause", params));
    else if (word === "resume") await answer(api.POST("/v1/schedules/{schedule}/resume", params));
    else await answer(api.DELETE("/v1/schedules/{schedule}", params));
    await onDone();
  });
  const role = lacksRole("operator");
  const waits = (word: Word) => pending.value && told.value === word;
  return (
    <div class="row">
      {schedule.paused ? (
        <Button label={`Resume ${schedule.name}`} onClick={() => run("resume")} pending={waits("resume")} reason={role}>
          Resume
        </Button>
      ) : (
        <Button label={`Pause ${schedule.name}`} onClick={() => run("pause")} pending={waits("pause")} reason={role}>
          Pause
        </Button>
      )}
      <Button
        kind="danger"
        label={`Delete ${schedule.name}`}
        onClick={() => run("delete")}
        pending={waits("delete")}
        reason={role}
        confirm={{
          title: `Delete ${schedule.name}?`,
          detail: "No further turn begins. A flight in the air is left alone, and those of the past stay in the list.",
          yes: "Delete",
        }}
      >
        Delete
      </Button>
      <Problem error={error.value} />
    </div>
  );
}
