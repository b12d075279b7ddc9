/** All videos of a mission's room, or of one dock of it. Loaded when first needed: LiveKit's client comes with it. */

import { useEffect, useMemo } from "preact/hooks";
import { type DockState, docks } from "../../state/docks";
import { Age, Button, Problem } from "../../ui";
import { type Standing, watchRoom } from "./room";
import type { Stream } from "./stream";
import { NoStream, StreamTile } from "./tile";
import "./video.css";

export default function VideoWall({ mission, sn }: { mission: string; sn?: string }) {
  const room = useMemo(() => watchRoom(mission, sn), [mission, sn]);
  useEffect(() => room.end, [room]);
  const here = docks.value.filter((dock) => dock.view.value.missionId === mission && (!sn || dock.sn === sn));
  const inRoom = room.standing.value.phase === "in";
  return (
    <section class="video-wall" aria-label="Video">
      <Stands standing={room.standing.value} again={room.again} />
      <div class="video-grid">
        {here.flatMap((dock) => {
          const streams = room.streams.value.filter((each) => each.sn === dock.sn && wanted(dock, each));
          return streams.length > 0
            ? streams.map((stream) => <StreamTile key={stream.identity} dock={dock} stream={stream} inRoom={inRoom} />)
            : [<NoStream key={dock.sn} dock={dock} />];
        })}
      </div>
      {here.length === 0 && <p class="empty">No dock of this mission: its cameras appear when one is assigned.</p>}
    </section>
  );
}

/** A stream that is gone is shown as lost only while the dock is still meant to send it. */
function wanted(dock: DockState, stream: Stream): boolean {
  const meant = dock.view.value.stream;
  if (stream.track.value !== null) return true;
  return meant?.identity === stream.identity || !!meant?.also?.some((each) => each.identity === stream.identity);
}

function Stands({ standing, again }: { standing: Standing; again: () => void }) {
  const { phase, since, error } = standing;
  if (phase === "in") return null;
  return (
    <div class="video-stands" role="status">
      {phase === "joining" && <p class="dim">Joining the room…</p>}
      {phase === "lost" && (
        <p class="row">
          <span>
            The room is lost since <Age at={since} />. It is joined again by itself.
          </span>
          <Button onClick={again}>Try now</Button>
        </p>
      )}
      {phase === "elsewhere" && (
        <p class="row">
          <span>You watch this room in another window of yours, and one is all that a person has.</span>
          <Button onClick={again}>Watch here</Button>
        </p>
      )}
      {phase === "out" && (
        <p class="row">
          <span>You are not in the room.</span>
          <Button onClick={again}>Try again</Button>
        </p>
      )}
      <Problem error={error} />
    </div>
  );
}
