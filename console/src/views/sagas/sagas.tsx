/** All sagas of the organisation, and the commands that they had for docks. */

import { useSignal } from "@preact/signals";
import { answer, api } from "../../api/client";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import {
  Age,
  Button,
  Choice,
  DockLink,
  DockPick,
  List,
  MissionPick,
  Moment,
  More,
  StatusTag,
  TextField,
} from "../../ui";
import { Commands } from "./commands";
import { Logbook } from "./logbook";
import "./sagas.css";
import { KINDS, STATUSES, statusWord } from "./words";

export default function Sagas() {
  const filters = useFilters("saga", "status", "phase", "dock", "mission");
  const { set } = filters;
  const query = {
    limit: 100,
    saga: oneOf(KINDS, set.saga),
    status: oneOf(STATUSES, set.status),
    phase: set.phase,
    dock: set.dock,
    mission: set.mission,
  };
  const sagas = usePaged(
    (after) => answer(api.GET("/v1/sagas", { params: { query: { ...query, after } } })),
    [filters.key],
  );
  const opened = useSignal<string | null>(null);
  return (
    <div class="pad sagas">
      <h1>Sagas</h1>
      <div class="filters">
        <Choice
          label="Kind"
          {...filters.bound("saga")}
          choices={[["", "All"], ...KINDS.map((each) => [each, each.replaceAll("-", " ")] as const)]}
        />
        <Choice
          label="Status"
          {...filters.bound("status")}
          choices={[["", "All"], ...STATUSES.map((each) => [each, statusWord(each)] as const)]}
        />
        <TextField label="Phase" {...filters.bound("phase")} />
        <DockPick {...filters.bound("dock")} />
        <MissionPick {...filters.bound("mission")} />
      </div>
      <List
        of={sagas}
        caption="Sagas"
        columns={["Saga", "Phase", "Status", "Dock", "Began", "Ended", ""]}
        keyOf={(each) => `${each.workflowId}${each.runId}`}
        empty="No saga fits these filters."
        row={(each) => [
          <>
            {each.saga?.replaceAll("-", " ")}
            <div class="dim sagas-id">{each.workflowId}</div>
          </>,
          each.phase,
          each.status && <StatusTag key="status" status={statusWord(each.status)} />,
          each.dockSn && <DockLink key="dock" sn={each.dockSn} />,
          <Age key="began" at={each.startedAt} />,
          <Moment key="ended" at={each.closedAt} />,
          <div key="do" class="row">
            <Button
              label={`Logbook of ${each.workflowId}`}
              onClick={() => {
                opened.value = each.workflowId;
              }}
            >
              Logbook
            </Button>
            <a href={each.temporal} target="_blank" rel="noreferrer">
              Temporal ↗
            </a>
          </div>,
        ]}
      />
      <More of={sagas} />
      <Commands dock={set.dock} mission={set.mission} />
      {opened.value && (
        <Logbook
          id={opened.value}
          onClose={() => {
            opened.value = null;
          }}
        />
      )}
    </div>
  );
}
