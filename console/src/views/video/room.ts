/**
 * The mission's LiveKit room as this page sees it: its videos, what is said about them, and how it stands with the
 * connection. Whatever is lost is tried again until `end` is called; see docs/room.md.
 */

import { type Signal, signal } from "@preact/signals";
import {
  DisconnectReason,
  type RemoteParticipant,
  type RemoteTrackPublication,
  type RemoteVideoTrack,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
} from "livekit-client";
import { answer, api, Refused } from "../../api/client";
import { measure } from "./measure";
import type { Detections, Stream } from "./stream";

setLogLevel("warn");

const FIRST_PAUSE = 500; // ms
const LONGEST_PAUSE = 8000; // ms
const DOCK_PREFIX = "dji-dock-";

export interface Standing {
  /** `elsewhere`: another window of the same person is in the room. `out`: not allowed in; nothing is tried again. */
  phase: "joining" | "in" | "lost" | "elsewhere" | "out";
  since: number;
  error: Error | null;
}

export interface Watched {
  standing: Signal<Standing>;
  streams: Signal<Stream[]>;
  /** Join again now. */
  again: () => void;
  end: () => void;
}

/** Be in the room of `mission`, for the videos of one dock, or all without `sn`. */
export function watchRoom(mission: string, sn?: string): Watched {
  const standing = signal<Standing>({ phase: "joining", since: Date.now(), error: null });
  const streams = signal<Stream[]>([]);
  const measuring = new Map<string, () => void>();
  let room: Room | null = null;
  let over = false;
  let pause = FIRST_PAUSE;
  let timer: number | undefined;

  const stand = (phase: Standing["phase"], error: Error | null = null) => {
    const { phase: before, since } = standing.peek();
    standing.value = { phase, error, since: phase === before ? since : Date.now() };
  };

  const streamOf = (participant: RemoteParticipant): Stream | null => {
    const said = metadataOf(participant);
    if (said.role !== "video" || (sn !== undefined && said.dock !== sn)) return null;
    const known = streams.peek().find((each) => each.identity === participant.identity);
    if (known) return known;
    const made: Stream = {
      identity: participant.identity,
      sn: String(said.dock),
      videoId: String(said.videoId),
      track: signal(null),
      lostSince: signal(null),
      measured: signal(null),
      detections: signal(null),
    };
    streams.value = [...streams.peek(), made].sort((a, b) => a.identity.localeCompare(b.identity));
    measuring.set(made.identity, measure(made));
    return made;
  };

  const lose = (stream: Stream | undefined) => {
    if (!stream) return;
    stream.track.value = null;
    stream.detections.value = null;
    stream.lostSince.value ??= Date.now();
  };

  const loseAll = () => streams.peek().forEach(lose);

  const hear = (payload: Uint8Array, from: RemoteParticipant | undefined, topic: string | undefined) => {
    if (topic !== "detections") return;
    const said = read(payload);
    // Operators may send data too: what docks see is said by a dock's own participant.
    if (!said || from?.identity !== DOCK_PREFIX + said.sn) return;
    const stream = streams.peek().find((each) => each.identity === said.data.identity);
    if (stream && said.at >= (stream.detections.peek()?.at ?? 0)) stream.detections.value = said;
  };

  const take = (publication: RemoteTrackPublication, participant: RemoteParticipant) => {
    if (publication.kind === Track.Kind.Video && streamOf(participant)) publication.setSubscribed(true);
  };

  const listen = (here: Room) => {
    const mine = (act: () => void) => room === here && act();
    here
      .on(RoomEvent.TrackPublished, take)
      .on(RoomEvent.TrackSubscribed, (track, _, participant) => {
        const stream = track.kind === Track.Kind.Video ? streamOf(participant) : null;
        if (stream) stream.track.value = track as RemoteVideoTrack;
      })
      .on(RoomEvent.TrackUnsubscribed, (track) =>
        lose(streams.peek().find((each) => each.track.peek() === (track as Track))),
      )
      .on(RoomEvent.DataReceived, (payload, from, _, topic) => hear(payload, from, topic))
      .on(RoomEvent.Reconnecting, () => mine(() => stand("lost")))
      .on(RoomEvent.Reconnected, () => mine(() => stand("in")))
      .on(RoomEvent.Disconnected, (reason) => mine(() => left(reason)));
  };

  const left = (reason: DisconnectReason | undefined) => {
    room = null;
    loseAll();
    if (over || standing.peek().phase === "joining") return; // `join` hears of it too
    if (reason === DisconnectReason.DUPLICATE_IDENTITY) return stand("elsewhere");
    stand("lost");
    later(reason === DisconnectReason.PARTICIPANT_REMOVED ? 0 : pause); // the API says who sent us out and why
  };

  const later = (wait: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(join, wait);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  const join = async () => {
    clearTimeout(timer);
    if (over || room) return;
    const here = new Room({ disconnectOnPageLeave: true });
    room = here;
    listen(here);
    try {
      const path = { params: { path: { mission_id: mission } } };
      const given = await answer(api.POST("/v1/missions/{mission_id}/room-token", path));
      if (over || room !== here) return;
      await here.connect(given.url, given.token, { autoSubscribe: false });
      if (over) return void here.disconnect();
      pause = FIRST_PAUSE;
      stand("in");
      for (const participant of here.remoteParticipants.values())
        for (const publication of participant.trackPublications.values()) take(publication, participant);
    } catch (fault) {
      room = null;
      void here.disconnect();
      if (over) return;
      const error = fault as Error;
      const final = error instanceof Refused && [401, 403, 404].includes(error.problem.status ?? 0);
      stand(final ? "out" : "lost", error);
      if (!final) later(pause);
    }
  };

  const again = () => {
    if (room) return;
    pause = FIRST_PAUSE;
    stand("joining");
    void join();
  };
  const online = () => standing.peek().phase === "lost" && again();
  window.addEventListener("online", online);
  void join();

  return {
    standing,
    streams,
    again,
    end: () => {
      over = true;
      clearTimeout(timer);
      window.removeEventListener("online", online);
      for (const stop of measuring.values()) stop();
      void room?.disconnect();
    },
  };
}

function metadataOf(participant: RemoteParticipant): Record<string, unknown> {
  try {
    return JSON.parse(participant.metadata || "{}");
  } catch {
    return {};
  }
}

function read(payload: Uint8Array): { sn: string; at: number; data: Detections } | null {
  try {
    const said = JSON.parse(new TextDecoder().decode(payload));
    return typeof said.sn === "string" && Array.isArray(said.data?.boxes) ? said : null;
  } catch {
    return null;
  }
}
