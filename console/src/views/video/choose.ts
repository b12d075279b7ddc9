/** What a dock can stream, as it says, and telling it what to stream. */

import { answer, api, type StreamChoice } from "../../api/client";
import { type DockState, refreshDocks } from "../../state/docks";
import { useAction } from "../../state/resource";

const LOOKS_AGAIN = [500, 2000, 5000]; // ms; the saga does it after the API has answered

export function useChoose(sn: string) {
  return useAction(async (body: StreamChoice) => {
    await answer(api.POST("/v1/docks/{sn}/stream", { params: { path: { sn } }, body }));
    for (const wait of LOOKS_AGAIN) setTimeout(refreshDocks, wait);
  });
}

interface Capacity {
  device_list?: {
    sn?: string;
    camera_list?: { camera_index?: string; video_list?: { video_index?: string }[] }[];
  }[];
}

/** Ids of all that the dock says it can stream; those of its aircraft first. */
export function videosOf(dock: DockState): string[] {
  const capacity = dock.dock.value.data.live_capacity as Capacity | undefined;
  const found = (capacity?.device_list ?? []).flatMap((device) =>
    (device.camera_list ?? []).flatMap((camera) =>
      (camera.video_list ?? []).map((video) => `${device.sn}/${camera.camera_index}/${video.video_index}`),
    ),
  );
  return found.sort((a, b) => +a.startsWith(dock.sn) - +b.startsWith(dock.sn));
}
