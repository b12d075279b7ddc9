/** One video of the room, and what the room's data says about its pictures. */

import type { Signal } from "@preact/signals";
import type { RemoteVideoTrack } from "livekit-client";

/** What the aircraft's AI sees: the middle and the size, as parts of the picture's width and height. */
export interface Box {
  id: number;
  kind: string;
  state: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Metres; null where it is not known. */
  distance: number | null;
}

/** The boxes of one picture. */
export interface Detections {
  identity: string;
  /** Id of the target that is followed; 0: none. */
  track: number;
  boxes: Box[];
  counts: Record<string, number>;
}

/** Measured here, over the last second. All in milliseconds; null where the browser does not say. */
export interface Measured {
  /** From the room server to this screen: half the round trip, waiting in the buffer, and decoding. */
  delay: number | null;
  /** Of this the part that a picture waits here, and data does not. */
  waiting: number;
  framesPerSecond: number | null;
  width: number;
  height: number;
}

export interface Stream {
  /** Of the participant whose video it is. */
  identity: string;
  sn: string;
  videoId: string;
  track: Signal<RemoteVideoTrack | null>;
  /** When the last picture came, where none come any more (milliseconds); null while they come. */
  lostSince: Signal<number | null>;
  measured: Signal<Measured | null>;
  /** The newest boxes, with the time at which they were said. */
  detections: Signal<{ at: number; data: Detections } | null>;
}

/** The middle part of a video id says which camera it is: `SN/99-0-0/normal-0`. */
export function cameraName(videoId: string): string {
  const index = videoId.split("/")[1] ?? "";
  if (index.startsWith("165-")) return "Dock camera";
  if (index.startsWith("176-")) return "FPV camera";
  return index ? `Camera ${index}` : "Camera";
}

export const QUALITIES = [
  ["0", "adaptive"],
  ["1", "smooth, 540p"],
  ["2", "standard, 720p"],
  ["3", "high, 720p"],
  ["4", "ultra high, 1080p"],
] as const;

export const LENSES: Record<string, string> = { ir: "infrared", wide: "wide-angle", zoom: "zoom", normal: "default" };
