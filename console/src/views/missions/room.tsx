/** A mission's room: everything of it on one page: video, map, docks, flights, alerts, people. */

import { useSignal } from "@preact/signals";
import { Link } from "wouter-preact";
import { answer, api } from "../../api/client";
import { focus } from "../../state/focus";
import { useResource } from "../../state/resource";
import { Age, NotYet, Problem, SagaLink, StatusTag, Tick } from "../../ui";
import { StandingAlerts } from "./alerts";
import { Crew } from "./crew";
import { EndMission } from "./end";
import { isOver, Problems } from "./missions";
import { Flights, MapOf, Video } from "./others";
import { People } from "./people";
import "./missions.css";

const MAP_KEPT_AS = "argus.room.map";

export default function Room({ params }: { params: { id: string } }) {
  const { id } = params;
  const path = { mission_id: id };
  const mission = useResource(() => answer(api.GET("/v1/missions/{mission_id}", { params: { path } })), [id]);
  const map = useSignal(localStorage.getItem(MAP_KEPT_AS) !== "off");
  const found = mission.data.value;
  if (!found) return <NotYet title="Mission" of={mission} />;
  const over = isOver(found);
  return (
    <div class="pad missions-room">
      <header class="row apart">
        <div class="row">
          <h1>{found.name}</h1>
          <StatusTag status={found.status} />
          <SagaLink saga={found.saga} />
          <span class="dim">
            as read <Age at={mission.at.value} oldAfter={20} />
          </span>
        </div>
        <div class="row">
          <Link class="button" href={`/missions/${id}/areas`}>
            Areas
          </Link>
          {!over && <EndMission mission={found} onEnded={mission.refresh} />}
        </div>
      </header>
      <Problem error={mission.error.value} />
      {found.problems.length > 0 && <Problems of={found} />}
      {over && (
        <p class="note">
          This mission was {found.status} <Age at={found.endedAt} />. Its flights are below.
        </p>
      )}
      <div class="missions-columns">
        <div>
          {!over && (
            <div>
              <h2>Video</h2>
              <Video mission={id} />
            </div>
          )}
          {!over && (
            <section aria-labelledby="missions-map">
              <div class="row apart">
                <h2 id="missions-map">Map</h2>
                <Tick
                  checked={map.value}
                  onTick={(on) => {
                    map.value = on;
                    localStorage.setItem(MAP_KEPT_AS, on ? "on" : "off");
                  }}
                >
                  Show
                </Tick>
              </div>
              {map.value && (
                <div class="missions-map">
                  <MapOf mission={id} sns={found.dockSns} {...(focus.value ? { focus: focus.value.sn } : {})} />
                </div>
              )}
            </section>
          )}
          <Flights mission={id} />
        </div>
        <div>
          <StandingAlerts mission={id} sns={found.dockSns} />
          <Crew mission={found} onChange={mission.refresh} />
          {!over && <People mission={id} />}
        </div>
      </div>
    </div>
  );
}
