/** Messages to and from programs on payloads (PSDK) and beside the dock (ESDK). */

import { useSignal } from "@preact/signals";
import { answer, api, onceKey, type SendCustomData } from "../../api/client";
import type { DockState } from "../../state/docks";
import { useAction, useResource } from "../../state/resource";
import { Age, Button, Choice, List, Problem, TextField } from "../../ui";
import { awayOf } from "./allowed";

const MOST_BYTES = 255; // DJI's bound
const ENDS = [
  ["psdk", "a payload of the aircraft (PSDK)"],
  ["esdk", "a program beside the dock (ESDK)"],
] as const;
const sizeOf = (text: string): number => new TextEncoder().encode(text).length;

export function CustomData({ dock }: { dock: DockState }) {
  const { sn } = dock;
  const received = useResource(
    async () =>
      (await answer(api.GET("/v1/docks/{sn}/custom-data", { params: { path: { sn }, query: { limit: 20 } } }))).items,
    [sn],
    5000,
  );
  const to = useSignal<SendCustomData["to"]>("psdk");
  const text = useSignal("");
  const taken = useSignal(false);
  const send = useAction(async () => {
    taken.value = false;
    await answer(
      api.POST("/v1/docks/{sn}/custom-data", {
        params: { path: { sn }, header: onceKey() },
        body: { to: to.value, value: text.value, reason: "" },
      }),
    );
    taken.value = true;
    text.value = "";
  });
  const size = sizeOf(text.value);
  const whyNot =
    awayOf(dock.view.value) ??
    (size === 0 ? "Write something first." : size > MOST_BYTES ? `${size} bytes: DJI takes ${MOST_BYTES}.` : undefined);
  return (
    <details class="card">
      <summary>
        <h2>Custom data</h2>
      </summary>
      <div class="row">
        <Choice
          label="To"
          value={to.value}
          choices={ENDS}
          onValue={(end) => {
            to.value = end as SendCustomData["to"];
          }}
        />
        <TextField
          label="Message"
          hint={`${size} of at most ${MOST_BYTES} bytes`}
          value={text.value}
          onValue={(given) => {
            text.value = given;
            taken.value = false;
          }}
        />
        <Button pending={send.pending.value} reason={whyNot} onClick={() => send.run()}>
          Send
        </Button>
      </div>
      {taken.value && <p role="status">The dock has taken it.</p>}
      <Problem error={send.error.value} />
      <List
        of={received}
        caption="Received messages"
        columns={["From", "Message", "When"]}
        keyOf={(each) => each.id}
        row={(each) => [
          each.end.toUpperCase(),
          <code key="value">{each.value}</code>,
          <Age key="at" at={each.saidAt ?? each.at} />,
        ]}
        empty="Nothing was received yet."
      />
    </details>
  );
}
