"""Live video of dock and aircraft."""

from dji.camera_values import LENS
from dji.fields import field
from dji.model import Command, Reply
from dji.properties.live import VIDEO_QUALITY

# How `url` is written: 0 `channel=..&sn=..&token=..&uid=..`, 1 `rtmp://..`, 3 `serverIP=..&serverPort=..`, 4 a WHIP URL
# with `/rtc/v1/whip/` in its path. Agora is not in the table of Dock 3.
URL_TYPE = {0: "Agora", 1: "RTMP", 3: "GB28181", 4: "WebRTC by WHIP"}


class LiveCameraChange(Command, method="live_camera_change", docks=(2, 3)):
    """Show the other camera of the dock; Dock 2 and 3."""

    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.", required=True)
    camera_position: int | None = field("Camera of the dock.", values={0: "inside", 1: "outside"}, required=True)


class LiveCameraChangeReply(Reply, method="live_camera_change", docks=(2, 3)):
    """The dock's answer to `live_camera_change`."""


class LiveLensChange(Command, method="live_lens_change"):
    """Show another lens."""

    video_type: str | None = field(
        "Lens to show, on all streams.", values=LENS | {"normal": "the default"}, required=True
    )
    video_id: str | None = field("Stream that is meant, on old firmware.")


class LiveLensChangeReply(Reply, method="live_lens_change"):
    """The dock's answer to `live_lens_change`."""


class LiveSetQuality(Command, method="live_set_quality"):
    """Choose the quality of a stream."""

    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.", required=True)
    video_quality: int | None = field("Quality.", values=VIDEO_QUALITY, required=True)


class LiveSetQualityReply(Reply, method="live_set_quality"):
    """The dock's answer to `live_set_quality`."""


class LiveStartPush(Command, method="live_start_push"):
    """Begin a stream; a second one for the same picture changes it."""

    url_type: int | None = field("How the dock is to push.", values=URL_TYPE, required=True)
    url: str | None = field("Where to push to, in the form of the url_type.", required=True)
    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.", required=True)
    video_quality: int | None = field("Quality.", values=VIDEO_QUALITY, required=True)


class LiveStartPushReply(Reply, method="live_start_push"):
    """The dock's answer to `live_start_push`."""


class LiveStopPush(Command, method="live_stop_push"):
    """End a stream."""

    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.", required=True)


class LiveStopPushReply(Reply, method="live_stop_push"):
    """The dock's answer to `live_stop_push`."""
