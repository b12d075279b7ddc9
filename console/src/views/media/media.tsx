/** Files that docks uploaded: found by mission, dock, flight, kind and time; what of a flight's files has come. */

import { useSignal } from "@preact/signals";
import { Link } from "wouter-preact";
import { answer, api } from "../../api/client";
import { instant, oneOf, useFilters } from "../../state/filters";
import { usePaged } from "../../state/paged";
import { useAction } from "../../state/resource";
import {
  Button,
  bytes,
  Choice,
  DockLink,
  DockPick,
  List,
  MissionPick,
  Moment,
  More,
  Problem,
  TextField,
} from "../../ui";
import { FileDialog } from "./file";
import { FlightFiles } from "./flight-files";
import { FlightPick } from "./flight-pick";
import { KIND_WORDS, KINDS } from "./kinds";
import { download } from "./links";
import "./media.css";
import { Reports } from "./reports";

export default function Media() {
  const filters = useFilters("mission", "dock", "flight", "kind", "since", "until");
  const { set } = filters;
  const query = {
    limit: 100,
    mission: set.mission,
    dock: set.dock,
    flight: set.flight,
    kind: oneOf(KINDS, set.kind),
    since: instant(set.since),
    until: instant(set.until),
  };
  const files = usePaged(
    (after) => answer(api.GET("/v1/media", { params: { query: { ...query, after } } })),
    [filters.key],
  );
  const shown = useSignal<string | null>(null);
  const fetched = useAction(download);

  return (
    <div class="pad media">
      <h1>Media</h1>
      <div class="filters">
        <MissionPick {...filters.bound("mission")} />
        <DockPick {...filters.bound("dock")} />
        <FlightPick mission={set.mission} dock={set.dock} {...filters.bound("flight")} />
        <Choice
          label="Kind"
          {...filters.bound("kind")}
          choices={[["", "All"], ...KINDS.map((each) => [each, KIND_WORDS[each]] as const)]}
        />
        <TextField label="Taken since" type="datetime-local" {...filters.bound("since")} />
        <TextField label="Taken before" type="datetime-local" {...filters.bound("until")} />
      </div>
      {set.flight ? (
        <FlightFiles key={set.flight} id={set.flight} />
      ) : (
        <p class="dim">Choose a flight to see whether all of its files have come.</p>
      )}
      <Problem error={fetched.error.value} />
      <List
        of={files}
        caption="Files"
        columns={["File", "Kind", "Taken", "Size", "Where", "Dock", "Flight", ""]}
        keyOf={(each) => each.id}
        empty="No file fits these filters. Docks upload after the aircraft has landed."
        row={(each) => [
          <button
            key="name"
            type="button"
            class="media-name"
            onClick={() => {
              shown.value = each.id;
            }}
          >
            {each.name}
          </button>,
          KIND_WORDS[each.kind],
          <Moment key="taken" at={each.takenAt} />,
          bytes(each.size),
          each.latitude != null && each.longitude != null
            ? `${each.latitude.toFixed(5)}, ${each.longitude.toFixed(5)}`
            : "–",
          <DockLink key="dock" sn={each.dockSn} />,
          each.flightId ? (
            <Link key="flight" href={`/flights/${each.flightId}`}>
              flight
            </Link>
          ) : (
            <span key="flight" class="dim">
              none of ours
            </span>
          ),
          <Button
            key="do"
            label={`Download ${each.name}`}
            pending={fetched.pending.value}
            onClick={() => fetched.run(each.id)}
          >
            Download
          </Button>,
        ]}
      />
      <More of={files} />
      <Reports dock={set.dock} flight={set.flight} />
      {shown.value && (
        <FileDialog
          key={shown.value}
          id={shown.value}
          onShow={(id) => {
            shown.value = id;
          }}
          onClose={() => {
            shown.value = null;
          }}
        />
      )}
    </div>
  );
}
