/** All relays of the organisation, newest first: routes that several docks fly one after another. */

import { Link, useLocation } from "wouter-preact";
import { answer, api, type RelayView } from "../../api/client";
import { dockName } from "../../state/docks";
import { oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { lacksRole } from "../../state/session";
import { Age, Button, Choice, List, MissionPick, More, SagaLink, Tag } from "../../ui";
import "./relays.css";
import { counts, flies, metres, STATUSES, TONES } from "./words";

const EVERY = 3000; // ms
const COLUMNS = ["Relay", "State", "Docks", "Flown", "Flies now", "Began", "Reason", "Saga"] as const;

export default function RelayList() {
  const filters = useFilters("mission", "status");
  const [, go] = useLocation();
  const relays = usePaged<RelayView>(
    (after) => {
      const query = { mission: filters.set.mission, status: oneOf(STATUSES, filters.set.status), limit: 50, after };
      return answer(api.GET("/v1/relays", { params: { query } }));
    },
    [filters.key],
    EVERY,
  );
  const mission = filters.set.mission ? `?mission=${encodeURIComponent(filters.set.mission)}` : "";
  return (
    <div class="pad">
      <div class="row apart">
        <h1>Relays</h1>
        <Button kind="main" onClick={() => go(`/relays/plan${mission}`)} reason={lacksRole("operator")}>
          Plan a relay…
        </Button>
      </div>
      <div class="filters">
        <MissionPick {...filters.bound("mission")} />
        <Choice
          label="State"
          {...filters.bound("status")}
          choices={[["", "All states"], ...STATUSES.map((status) => [status, status] as const)]}
        />
      </div>
      <List
        of={relays}
        caption="Relays"
        columns={COLUMNS}
        keyOf={(relay) => relay.id}
        row={row}
        empty="No relay is like that. Plan one: a route that is too long for one aircraft is flown by several docks."
      />
      <More of={relays} />
    </div>
  );
}

function row(relay: RelayView) {
  const legs = relay.legs.filter(counts);
  const now = legs.filter(flies).map((leg) => dockName(leg.dockSn));
  return [
    <Link key="name" href={`/relays/${relay.id}`}>
      {relay.name}
    </Link>,
    <Tag key="state" tone={TONES[relay.status]}>
      {relay.status}
    </Tag>,
    relay.docks.map(dockName).join(", "),
    `${metres(relay.coveredM)} of ${metres(relay.lengthM)}`,
    now.length ? now.join(", ") : <span class="dim">–</span>,
    <Age key="at" at={relay.createdAt} />,
    relay.question?.reason ?? relay.reason ?? "",
    <SagaLink key="saga" saga={relay.saga} />,
  ];
}
