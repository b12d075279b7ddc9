/** What a camera says of itself: by the live link (Dock 2 and 3), else as the aircraft reports it. */

import type { DockState } from "../../state/docks";
import { Age } from "../../ui";
import type { Link } from "./link";

type Said = Record<string, unknown>;

const MODES: Record<number, string> = {
  0: "photo",
  1: "video",
  2: "smart low light",
  3: "panorama",
  4: "photos at intervals",
};
const OLD = 15; // s

export function CameraSays({ link, dock, camera }: { link: Link; dock: DockState; camera: string | null }) {
  if (!camera) return null;
  const { aircraft } = dock;
  const reported = listed(aircraft.value.data.cameras).find((each) => each.payload_index === camera);
  const gimbal = aircraft.value.data[camera] as Said | undefined;
  const push = link.pushes.value.drc_camera_state_push;
  const pushed = push?.data.payload_index === camera ? (push.data.camera_state as Said | undefined) : undefined;
  const said = { ...reported, ...pushed };
  const at = pushed ? push?.at : aircraft.value.at;
  const place = link.pushes.value.osd_info_push?.data;
  const pitch = place?.gimbal_pitch ?? gimbal?.gimbal_pitch;
  const facts = [
    typeof said.camera_mode === "number" && (MODES[said.camera_mode] ?? `mode ${said.camera_mode}`),
    said.recording_state === 1 && `recording, ${said.record_time ?? 0} s`,
    said.photo_state === 1 && "taking a photo",
    typeof said.zoom_factor === "number" && `zoom ${said.zoom_factor.toFixed(1)}×`,
    typeof pitch === "number" && `gimbal ${pitch.toFixed(0)}°`,
    typeof said.remain_photo_num === "number" && `room for ${said.remain_photo_num} photos`,
  ].filter((each) => typeof each === "string");
  return (
    <p aria-live="off">
      {facts.length > 0 ? facts.join(", ") : "The camera says nothing."} <Age at={at} oldAfter={OLD} />
    </p>
  );
}

const listed = (value: unknown): Said[] => (Array.isArray(value) ? value.filter((each) => each !== null) : []);
