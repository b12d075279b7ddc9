/** How late a video's pictures are, and whether any come: read from WebRTC's own statistics once a second. */

import type { Measured, Stream } from "./stream";

const EVERY = 1000; // ms
const LOST_AFTER = 2500; // ms without a picture

interface Sums {
  at: number;
  frames: number;
  waited: number;
  emitted: number;
  decoding: number;
}

interface Inbound extends RTCInboundRtpStreamStats {
  totalProcessingDelay?: number;
}

/** Measure until the returned function is called. `now` pictures set the stream's `lostSince` back. */
export function measure(stream: Stream): () => void {
  let before: Sums | null = null;
  let seenAt = Date.now();
  let busy = false;

  const look = async () => {
    const track = stream.track.peek();
    if (!track) {
      before = null;
      stream.measured.value = null;
      stream.lostSince.value ??= seenAt;
      return;
    }
    const report = await track.getRTCStatsReport();
    if (stream.track.peek() !== track) return;
    let inbound: Inbound | undefined;
    let roundTrip: number | undefined;
    report?.forEach((each) => {
      if (each.type === "inbound-rtp" && each.kind === "video") inbound = each;
      if (each.type === "candidate-pair" && each.state === "succeeded" && each.nominated)
        roundTrip = each.currentRoundTripTime;
    });
    const now: Sums = {
      at: Date.now(),
      frames: inbound?.framesDecoded ?? 0,
      waited: inbound?.jitterBufferDelay ?? 0,
      emitted: inbound?.jitterBufferEmittedCount ?? 0,
      decoding: inbound?.totalDecodeTime ?? 0,
    };
    if (before === null ? now.frames > 0 : now.frames !== before.frames) {
      seenAt = now.at;
      stream.lostSince.value = null;
    } else if (now.at - seenAt > LOST_AFTER) {
      stream.lostSince.value ??= seenAt;
    }
    stream.measured.value = inbound && now.frames > 0 ? between(before ?? now, now, inbound, roundTrip) : null;
    before = now;
  };

  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      await look();
    } catch (error) {
      console.warn(`${stream.identity} cannot be measured:`, error); // of a connection that is closing
    } finally {
      busy = false;
    }
  }, EVERY);
  return () => clearInterval(timer);
}

function between(before: Sums, now: Sums, inbound: Inbound, roundTrip: number | undefined): Measured {
  const frames = now.frames - before.frames;
  const emitted = now.emitted - before.emitted;
  const waiting = emitted > 0 ? ((now.waited - before.waited) / emitted) * 1000 : 0;
  const decoding = frames > 0 ? ((now.decoding - before.decoding) / frames) * 1000 : 0;
  const known = roundTrip !== undefined && frames > 0 && emitted > 0;
  return {
    delay: known ? Math.round((roundTrip as number) * 500 + waiting + decoding) : null,
    waiting: waiting + decoding,
    framesPerSecond: frames > 0 ? Math.round((frames * 1000) / (now.at - before.at)) : null,
    width: inbound.frameWidth ?? 0,
    height: inbound.frameHeight ?? 0,
  };
}
