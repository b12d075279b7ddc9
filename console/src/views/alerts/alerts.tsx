/** Alerts of all docks: what stands, what is over, and who has seen to it. Read again at once when one changes. */

import { useEffect } from "preact/hooks";
import { type AlertView, answer, api } from "../../api/client";
import { instant, oneOf, useFilters } from "../../state/filters";
import { onLive } from "../../state/live";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import { lacksRole } from "../../state/session";
import {
  Choice,
  DockLink,
  DockPick,
  List,
  MissionPick,
  Moment,
  More,
  Problem,
  ReasonButton,
  TextField,
} from "../../ui";
import { AboutAlert, KINDS, LEVELS, LevelTag } from "./about";
import "./alerts.css";

const STANDING = [
  ["", "All"],
  ["true", "Standing"],
  ["false", "Over"],
] as const;
const SEEN = [
  ["", "All"],
  ["false", "Seen to by nobody"],
  ["true", "Seen to"],
] as const;

const yesNo = (text: string | undefined): boolean | undefined => (text ? text === "true" : undefined);

export default function Alerts() {
  const filters = useFilters("sn", "mission", "kind", "level", "open", "acknowledged", "since", "until");
  const { set } = filters;
  const query = {
    limit: 100,
    sn: set.sn,
    mission: set.mission,
    kind: oneOf(KINDS, set.kind),
    level: oneOf(LEVELS, set.level),
    open: yesNo(set.open),
    acknowledged: yesNo(set.acknowledged),
    since: instant(set.since),
    until: instant(set.until),
  };
  const alerts = usePaged(
    (after) => answer(api.GET("/v1/alerts", { params: { query: { ...query, after } } })),
    [filters.key],
    30_000,
  );
  useEffect(() => onLive(({ part }) => part === "alerts" && void alerts.refresh()), [alerts.refresh]);
  const see = useAction(async (alert: AlertView, note: string) => {
    const path = { alert_id: alert.id };
    await answer(api.POST("/v1/alerts/{alert_id}/acknowledge", { params: { path }, body: { note } }));
    await alerts.refresh();
  });

  return (
    <div class="pad alerts">
      <h1>Alerts</h1>
      <div class="filters">
        <Choice label="State" {...filters.bound("open")} choices={STANDING} />
        <Choice label="Acknowledged" {...filters.bound("acknowledged")} choices={SEEN} />
        <Choice
          label="Level"
          {...filters.bound("level")}
          choices={[["", "All"], ...LEVELS.map((each) => [each, each] as const)]}
        />
        <Choice
          label="Kind"
          {...filters.bound("kind")}
          choices={[["", "All"], ...KINDS.map((each) => [each, each.replaceAll("_", " ")] as const)]}
        />
        <DockPick {...filters.bound("sn")} />
        <MissionPick {...filters.bound("mission")} />
        <TextField label="Raised since" type="datetime-local" {...filters.bound("since")} />
        <TextField label="Raised before" type="datetime-local" {...filters.bound("until")} />
      </div>
      <Problem error={see.error.value} />
      <div aria-live="polite">
        <List
          of={alerts}
          caption="Alerts"
          columns={["Level", "What", "Dock", "Raised", "State", "Seen to"]}
          keyOf={(each) => each.id}
          empty="No alert fits these filters."
          row={(each) => [
            <LevelTag key="level" level={each.level} />,
            <AboutAlert key="about" of={each} />,
            <DockLink key="dock" sn={each.sn} />,
            <Moment key="raised" at={each.raisedAt} />,
            each.open ? (
              <strong key="state">stands</strong>
            ) : (
              <>
                over <Moment at={each.endedAt} />
                {each.ended && <div class="dim">{each.ended}</div>}
              </>
            ),
            each.acknowledgement ? (
              <>
                {each.acknowledgement.user}, <Moment at={each.acknowledgement.at} />
                {each.acknowledgement.note && <div class="dim">{each.acknowledgement.note}</div>}
              </>
            ) : (
              <ReasonButton
                key="see"
                label={`Acknowledge: ${each.text}`}
                title="Acknowledge this alert?"
                detail={`${each.text} You say that you have seen to it; what stands goes on standing.`}
                yes="Acknowledge"
                ask="Note"
                hint="May be left out; it stands with the alert and in the audit log."
                pending={see.pending.value}
                reason={lacksRole("operator")}
                onClick={(note) => see.run(each, note)}
              >
                Acknowledge
              </ReasonButton>
            ),
          ]}
        />
      </div>
      <More of={alerts} />
    </div>
  );
}
