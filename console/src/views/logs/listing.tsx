/** Which logs a dock and its aircraft have, by the dock's own word; some are chosen, and uploaded. */

import { useSignal } from "@preact/signals";
import { answer, api, type LogListView, onceKey } from "../../api/client";
import { dockOf } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { lacksRole } from "../../state/session";
import { Age, Button, bound, bytes, count, Moment, Problem, TextField, Tick } from "../../ui";

type Of = LogListView["devices"][number];
type Chosen = Record<Of["device"], number[]>;

const NONE: Chosen = { aircraft: [], dock: [] };
const MOST = 100; // of a device in one upload

export function LogListing({ sn, onStarted }: { sn: string; onStarted: () => unknown }) {
  const params = { path: { sn } };
  const listed = useResource(() => answer(api.GET("/v1/docks/{sn}/logs", { params })), [sn], 15_000);
  const chosen = useSignal<Chosen>(NONE);
  const queue = useSignal(false);
  const why = useSignal("");
  const refresh = useAction(async () => {
    await answer(api.POST("/v1/docks/{sn}/logs/refresh", { params }));
    await listed.refresh();
  });
  const start = useAction(async () => {
    const files = Object.entries(chosen.value)
      .filter(([, boots]) => boots.length)
      .map(([device, boots]) => ({ device: device as Of["device"], boots }));
    const body = { files, queue: queue.value, reason: why.value.trim() };
    await answer(api.POST("/v1/docks/{sn}/logs/uploads", { params: { ...params, header: onceKey() }, body }));
    chosen.value = NONE;
    await onStarted();
  });
  const offline = dockOf(sn)?.view.value.online === false ? "The dock is offline." : undefined;
  const number = chosen.value.aircraft.length + chosen.value.dock.length;
  let reason = lacksRole("operator") ?? offline;
  if (!number) reason ??= "Choose logs.";
  else if (Math.max(chosen.value.aircraft.length, chosen.value.dock.length) > MOST)
    reason ??= `At most ${MOST} of a device at once.`;

  return (
    <section class="card" aria-label="Logs of the dock">
      <div class="row apart">
        <h2>Logs of the dock</h2>
        <Button reason={lacksRole("operator") ?? offline} pending={refresh.pending.value} onClick={refresh.run}>
          Ask the dock
        </Button>
      </div>
      <Problem error={listed.error.value ?? refresh.error.value} />
      <div class="logs-devices">
        {listed.data.value?.devices.map((of) => (
          <Device
            key={of.device}
            of={of}
            chosen={chosen.value[of.device]}
            onChoose={(boots) => {
              chosen.value = { ...chosen.value, [of.device]: boots };
            }}
          />
        ))}
      </div>
      <TextField label="Reason" hint="May be left out; it stands in the audit log." maxLength={500} {...bound(why)} />
      <Tick
        checked={queue.value}
        onTick={(on) => {
          queue.value = on;
        }}
      >
        Wait where the dock is held by something else
      </Tick>
      <Problem error={start.error.value} />
      <div class="row end">
        <Button
          kind="main"
          reason={reason}
          pending={start.pending.value}
          onClick={start.run}
          confirm={{
            title: "Upload these logs?",
            detail: `${count(number, "log")} of this dock. It is held for that: nothing flies from it meanwhile.`,
            yes: "Upload them",
          }}
        >
          Upload
        </Button>
      </div>
    </section>
  );
}

interface DeviceProps {
  of: Of;
  chosen: number[];
  onChoose: (boots: number[]) => void;
}

function Device({ of, chosen, onChoose }: DeviceProps) {
  return (
    <fieldset>
      <legend>{of.device === "dock" ? "Dock" : "Aircraft"}</legend>
      <p class="dim">
        by its word <Age at={of.at} none="never: ask it" />
      </p>
      {of.error && <p class="bad">{of.error}</p>}
      {of.at && !of.logs.length && <p>It has no logs.</p>}
      <div class="logs-boots">
        {of.logs.map((log) => (
          <Tick
            key={log.bootIndex}
            checked={chosen.includes(log.bootIndex)}
            onTick={(on) => onChoose(on ? [...chosen, log.bootIndex] : chosen.filter((boot) => boot !== log.bootIndex))}
          >
            {log.bootIndex}: {log.beginsAt ? <Moment at={log.beginsAt} /> : "no time known"}
            {log.endsAt && (
              <>
                {" to "}
                <Moment at={log.endsAt} />
              </>
            )}
            {log.size != null && `, ${bytes(log.size)}`}
          </Tick>
        ))}
      </div>
    </fieldset>
  );
}
