/** A new recurring flight: what is flown, from which dock, at which hours of which days, and until when. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { docks, nameOf } from "../../state/docks";
import { useOnce } from "../../state/once";
import { useAction } from "../../state/resource";
import { Button, bound, Choice, Dialog, Problem, TextField, Tick } from "../../ui";
import { WaylineChoice } from "../waylines/choice";
import { cronOf, DAY_NAMES } from "./cron";

interface Props {
  onClose: () => void;
  onMade: () => unknown;
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function CreateSchedule({ onClose, onMade }: Props) {
  const sn = useSignal("");
  const route = useSignal("");
  const name = useSignal("");
  const times = useSignal("06:00");
  const days = useSignal<number[]>(EVERY_DAY);
  const own = useSignal(false);
  const cron = useSignal("0 6,18 * * MON-FRI");
  const zone = useSignal(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const until = useSignal("");
  const busy = useSignal("skip");
  const home = useSignal("100");
  const once = useOnce();

  const asked = () => ({
    flight: {
      dockSn: sn.value,
      waylineId: route.value,
      ...(name.value.trim() ? { name: name.value.trim() } : {}),
      rthAltitude: Number(home.value),
      queue: busy.value === "wait",
    },
    cron: own.value ? cron.value.trim() : cronOf(times.value, days.value),
    timeZone: zone.value,
    endAt: until.value ? new Date(until.value).toISOString() : null,
    whenBusy: busy.value,
  });
  const { run, pending, error } = useAction(async () => {
    const body = asked();
    await once(body, (header) => answer(api.POST("/v1/schedules", { params: { header }, body })));
    await onMade();
    onClose();
  });
  const reason =
    (sn.value ? undefined : "Choose a dock.") ??
    (route.value ? undefined : "Choose a route.") ??
    (own.value ? undefined : wrong(() => cronOf(times.value, days.value)));
  const inMissions = docks.value.filter((dock) => dock.view.value.missionId);
  return (
    <Dialog title="New recurring flight" onClose={onClose} wide>
      <Choice
        label="Dock"
        {...bound(sn)}
        choices={[["", "Choose a dock"], ...inMissions.map((dock) => [dock.sn, nameOf(dock.view.value)] as const)]}
        hint="Docks that are in a mission."
      />
      <WaylineChoice value={route} sn={sn.value} />
      <TextField label="Name" {...bound(name)} maxLength={128} hint="Else the route's." />
      <Tick checked={own.value} onTick={(on) => set(own, on)}>
        Write the times as cron
      </Tick>
      {own.value ? (
        <TextField
          label="Cron"
          {...bound(cron)}
          hint="Minute, hour, day of month, month, day of week, like 0 6,18 * * MON-FRI"
        />
      ) : (
        <>
          <TextField label="Times of day" {...bound(times)} hint="Like 06:00, or 06:00, 18:00 for two turns a day" />
          <fieldset class="schedules-days">
            <legend>Days</legend>
            <div class="row">
              {DAY_NAMES.map((day, at) => (
                <Tick
                  key={day}
                  checked={days.value.includes(at)}
                  onTick={(on) => set(days, on ? [...days.value, at] : days.value.filter((each) => each !== at))}
                >
                  {day}
                </Tick>
              ))}
            </div>
          </fieldset>
        </>
      )}
      <Choice
        label="Time zone"
        {...bound(zone)}
        choices={ZONES.map((each) => [each, each] as const)}
        hint="The hours keep to this zone's clock, also when it changes to summer time."
      />
      <TextField
        label="Until"
        type="datetime-local"
        {...bound(until)}
        hint="The last moment, in your time zone; empty: no end"
      />
      <Choice
        label="Where the dock is busy"
        {...bound(busy)}
        choices={[
          ["skip", "Skip the turn"],
          ["wait", "Wait for the dock"],
        ]}
      />
      <TextField
        label="Height of the way home"
        type="number"
        min={20}
        max={1500}
        {...bound(home)}
        hint="m above take-off, 20 to 1500"
      />
      <Problem error={error.value} />
      <div class="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" onClick={run} pending={pending.value} reason={reason}>
          Create
        </Button>
      </div>
    </Dialog>
  );
}

function wrong(make: () => unknown): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function set<T>(signal: { value: T }, value: T) {
  signal.value = value;
}
