"""What a dock should stream now. Pure: a function of what is known and wished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dji.products import parse_video_id
from store.facts import Camera, LiveCapacity, StreamWish, Video

# FPV and vision assist cameras: streamed when pinned, never by themselves
ASSIST: Final = ("39-", "176-")
DEFAULT_QUALITY: Final = 0  # adaptive


@dataclass(frozen=True, slots=True)
class Desired:
    """One push. `lens` where the operator chose one that the video can be switched to."""

    video_id: str
    quality: int
    lens: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to stream, the main camera first, or what is missing for it. `missing`: cameras beside, not to be had."""

    desired: tuple[Desired, ...] = ()
    waits_for: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def of(self, video_id: str) -> Desired | None:
        return next((each for each in self.desired if each.video_id == video_id), None)


def plan(sn: str, online: bool, capacity: LiveCapacity | None, wish: StreamWish | None) -> Plan:
    """The plan for dock `sn`. Its own camera is streamed only when it is asked for. A dock pushes `coexist_most`
    streams at once; those that were asked for last are left out."""
    if wish is not None and wish.stopped:
        return Plan(waits_for=("an operator, who stopped it",))
    if not online:
        return Plan(waits_for=("the dock to be online",))
    quality = wish.quality if wish is not None and wish.quality is not None else DEFAULT_QUALITY
    cameras = capacity.cameras if capacity is not None else []
    main = _main(sn, cameras, wish.video_id if wish is not None else None, quality)
    if isinstance(main, str):
        return Plan(waits_for=(main,))
    desired, missing = [main], []
    for asked in (wish.also if wish is not None else None) or []:
        found = _pinned(cameras, asked)
        if found is None or len(desired) >= max(1, capacity.coexist_most if capacity is not None else 1):
            missing.append(asked)
        elif all(found[0] != each.video_id for each in desired):
            desired.append(Desired(found[0], quality, found[1]))
    return Plan(tuple(desired), missing=tuple(missing))


def _main(sn: str, cameras: list[Camera], pinned: str | None, quality: int) -> Desired | str:
    """The main camera, or what is waited for."""
    if pinned is not None:
        found = _pinned(cameras, pinned)
        return Desired(found[0], quality, found[1]) if found else f"the pinned camera {pinned}"
    for camera, video in _videos(cameras):
        if camera.sn != sn and not camera.payload_index.startswith(ASSIST):
            return Desired(_id(camera, video), quality)
    return "a camera of the aircraft"


def merge_wish(old: StreamWish | None, new: StreamWish) -> StreamWish:
    """A new wish leaves what it does not name as it was."""
    if old is None:
        return new
    return old.model_copy(update={**new.model_dump(exclude_none=True), "actor": new.actor})


def backoff(attempt: int, first: float, most: float) -> float:
    """Seconds before attempt number `attempt` + 1, after `attempt` (at least 1) failures in a row."""
    return float(min(most, first * 2 ** min(attempt - 1, 30)))


def _pinned(cameras: list[Camera], pinned: str) -> tuple[str, str | None] | None:
    """The video to push for a pinned id and the lens to switch to: an id may name a lens that a video can show."""
    try:
        wanted = parse_video_id(pinned)
    except ValueError:
        return None
    for camera, video in _videos(cameras):
        if _id(camera, video) == pinned:
            return pinned, None
    for camera, video in _videos(cameras):
        if (camera.sn, camera.payload_index) == (wanted.sn, wanted.payload_index) and (
            wanted.video_type in video.switchable
        ):
            return _id(camera, video), wanted.video_type
    return None


def _videos(cameras: list[Camera]) -> Iterator[tuple[Camera, Video]]:
    for camera in cameras:
        for video in camera.videos:
            yield camera, video


def _id(camera: Camera, video: Video) -> str:
    return f"{camera.sn}/{camera.payload_index}/{video.index}"
