/** What docks were told, and what they said to it. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { oneOf } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { bound, Choice, DockLink, List, Moment, More, StatusTag, TextField } from "../../ui";

const STATUSES = ["sent", "accepted", "refused", "unanswered"] as const;

interface Props {
  dock: string | undefined;
  mission: string | undefined;
}

export function Commands({ dock, mission }: Props) {
  const method = useSignal("");
  const status = useSignal<(typeof STATUSES)[number] | "">("");
  const query = {
    limit: 50,
    dock,
    mission,
    method: method.value.trim() || undefined,
    status: status.value || undefined,
  };
  const commands = usePaged(
    (after) => answer(api.GET("/v1/commands", { params: { query: { ...query, after } } })),
    [dock, mission, query.method, query.status],
  );
  return (
    <>
      <h2>Commands told to docks</h2>
      <div class="filters">
        <TextField label="Method" hint="As DJI names it, like cover_open." {...bound(method)} />
        <Choice
          label="Command's status"
          value={status.value}
          onValue={(to) => {
            status.value = oneOf(STATUSES, to) ?? "";
          }}
          choices={[["", "All"], ...STATUSES.map((each) => [each, each] as const)]}
        />
      </div>
      <List
        of={commands}
        caption="Commands told to docks"
        columns={["Sent", "Dock", "Method", "By", "Status", "What the dock said", "Data"]}
        keyOf={(each) => each.tid}
        empty="No dock was told anything that fits these filters."
        row={(each) => [
          <Moment key="sent" at={each.sentAt} />,
          <DockLink key="dock" sn={each.sn} />,
          <>
            {each.method}
            <div class="dim sagas-id">{each.workflowId}</div>
          </>,
          <>
            {each.user}
            {each.reason && <div class="dim">{each.reason}</div>}
          </>,
          <>
            <StatusTag status={each.status} />
            {each.sends > 1 && <div class="dim">sent {each.sends} ×</div>}
          </>,
          <>
            {each.meaning}
            {each.result != null && each.result !== 0 && <div class="dim">DJI {each.result}</div>}
            {each.mismatch && <div class="warn">{each.mismatch}</div>}
            {each.repliedAt && (
              <div class="dim">
                <Moment at={each.repliedAt} />
              </div>
            )}
          </>,
          Object.keys(each.data ?? {}).length > 0 && (
            <details key="data">
              <summary>Show</summary>
              <pre class="sagas-logbook">{JSON.stringify(each.data, null, 2)}</pre>
            </details>
          ),
        ]}
      />
      <More of={commands} />
    </>
  );
}
