"""What a dock says of its video, as facts for its auto-stream: which cameras there are, and what became of a push.

Source: `live_capacity` and `live_status`, documented as state, seen in osd as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bridge.devices import KnownDock
from bridge.sagas import Sagas
from store.facts import Camera, Fact, LiveCapacity, PushState, Video
from workflows.names import Signal, auto_stream_id

Tell = Callable[[], Awaitable[None]]

PUSHING = 1


class LiveFacts:
    """Finds what is new in a message. What was told is remembered per dock; after a restart it is told once more."""

    def __init__(self, sagas: Sagas) -> None:
        self._sagas = sagas
        self._capacity: dict[str, list[Camera]] = {}
        self._pushes: dict[str, dict[str, tuple[str, int | None]]] = {}

    def of(self, dock: KnownDock, data: dict[str, Any], at: int | None) -> Tell | None:
        """How to tell the sagas what is new here; None when nothing is."""
        facts: list[tuple[Signal, Fact]] = []
        if isinstance(data.get("live_capacity"), dict):
            capacity = capacity_of(dock.sn, data["live_capacity"], at or 0)
            if self._capacity.get(dock.sn) != capacity.cameras:
                self._capacity[dock.sn] = capacity.cameras
                facts.append((Signal.CAPACITY, capacity))
        if isinstance(data.get("live_status"), list):
            pushes = self._new_pushes(dock.sn, data["live_status"], at or 0)
            dock.may_stream = dock.may_stream or any(push.state == "live" for push in pushes)
            facts += [(Signal.PUSH_STATE, push) for push in pushes]
        if not facts:
            return None

        async def tell() -> None:
            for signal, fact in facts:
                await self._sagas.tell(auto_stream_id(dock.sn), signal, fact)

        return tell

    def _new_pushes(self, sn: str, said: list[Any], at: int) -> list[PushState]:
        before = self._pushes.get(sn, {})
        found = [push for push in (push_of(sn, status, at) for status in said) if push is not None]
        listed = {push.video_id for push in found}
        # A stream that is not listed any more has ended.
        found += [
            PushState(sn=sn, video_id=video_id, state="closed", source="dock", at=at)
            for video_id, (state, _) in before.items()
            if state == "live" and video_id not in listed
        ]
        after = {push.video_id: (push.state, push.error) for push in found}
        self._pushes[sn] = {**after}
        return [push for push in found if before.get(push.video_id) != (push.state, push.error)]


def capacity_of(sn: str, said: dict[str, Any], at: int) -> LiveCapacity:
    """The fact in a `live_capacity`; what does not fit its tables is left out."""
    cameras = []
    for device in _maps(said.get("device_list")):
        for camera in _maps(device.get("camera_list")):
            if not device.get("sn") or not camera.get("camera_index"):
                continue
            videos = [
                Video(
                    index=str(video["video_index"]),
                    type=str(video["video_type"]) if video.get("video_type") else None,
                    switchable=[str(name) for name in video.get("switchable_video_types") or ()],
                )
                for video in _maps(camera.get("video_list"))
                if video.get("video_index")
            ]
            cameras.append(Camera(sn=str(device["sn"]), payload_index=str(camera["camera_index"]), videos=videos))
    coexist = said.get("coexist_video_number_max")
    most = coexist if isinstance(coexist, int) and coexist > 0 else 1
    return LiveCapacity(sn=sn, cameras=cameras, coexist_most=most, at=at)


def push_of(sn: str, said: Any, at: int) -> PushState | None:
    """The fact in one entry of `live_status`; None where it names no video."""
    if not isinstance(said, dict) or not isinstance(said.get("video_id"), str):
        return None
    error = said.get("error_status")
    error = error if isinstance(error, int) and error else None
    state = "error" if error else "live" if said.get("status") == PUSHING else "closed"
    return PushState(sn=sn, video_id=said["video_id"], state=state, source="dock", error=error, at=at)


def _maps(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
