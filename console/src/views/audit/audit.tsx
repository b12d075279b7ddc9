/** The audit log: what people and sagas did, and every command to a dock; who, when, why and with what outcome. */

import { type AuditView, answer, api } from "../../api/client";
import { instant, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { Choice, DockLink, DockPick, List, MissionPick, Moment, More, StatusTag, TextField } from "../../ui";
import "./audit.css";

/** First words of actions; the API takes any. */
// biome-ignore format: a list of words
const KINDS = [
  "command", "flight", "dock", "mission", "firmware", "relay", "areas", "authority", "stream", "debug", "property", "licences", "ai",
  "custom-data", "alert", "media", "logs", "member", "token", "org", "webhook", "pairing", "room", "wayline", "schedule",
] as const;

export default function Audit() {
  const filters = useFilters("user", "dock", "mission", "kind", "since", "until");
  const { set } = filters;
  const query = { ...set, limit: 100, since: instant(set.since), until: instant(set.until) };
  const entries = usePaged(
    (after) => answer(api.GET("/v1/audit", { params: { query: { ...query, after } } })),
    [filters.key],
    15_000,
  );
  const known = KINDS.some((each) => each === set.kind) || !set.kind;
  return (
    <div class="pad">
      <h1>Audit</h1>
      <div class="filters">
        <TextField label="Who" {...filters.bound("user")} />
        <Choice
          label="Kind"
          {...filters.bound("kind")}
          choices={[
            ["", "All"],
            ...(known ? [] : [[filters.of("kind"), filters.of("kind")] as const]),
            ...KINDS.map((each) => [each, each] as const),
          ]}
        />
        <DockPick {...filters.bound("dock")} />
        <MissionPick {...filters.bound("mission")} />
        <TextField label="Since" type="datetime-local" {...filters.bound("since")} />
        <TextField label="Before" type="datetime-local" {...filters.bound("until")} />
      </div>
      <List
        of={entries}
        caption="Who did what"
        columns={["When", "Who", "What", "On", "Why", "Outcome", "Details"]}
        keyOf={(each) => `${each.source}${each.id}`}
        empty="Nothing fits these filters."
        row={(each) => [
          <Moment key="at" at={each.at} />,
          <>
            {each.user}
            {each.role && <div class="dim">{each.role}</div>}
          </>,
          each.action,
          each.dockSn ? <DockLink key="on" sn={each.dockSn} /> : <span class="audit-target">{each.target}</span>,
          each.reason,
          <StatusTag key="outcome" status={each.outcome} />,
          <Details key="details" of={each} />,
        ]}
      />
      <More of={entries} />
    </div>
  );
}

function Details({ of }: { of: AuditView }) {
  if (!Object.keys(of.details).length) return null;
  return (
    <details>
      <summary>Show</summary>
      <pre class="audit-details">{JSON.stringify(of.details, null, 2)}</pre>
    </details>
  );
}
