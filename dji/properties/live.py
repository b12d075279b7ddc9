"""What a dock can stream, and what it streams."""

from dji.fields import field
from dji.model import Model

# Also the setting of `live_start_push` and `live_set_quality`.
VIDEO_QUALITY = {0: "adaptive", 1: "smooth, 540p", 2: "standard, 720p", 3: "high, 720p", 4: "ultra high, 1080p"}


class Video(Model):
    """One picture of a camera."""

    video_index: str | None = field('Index of the picture, the last part of a video id ("normal-0").')
    video_type: str | None = field("Lens that is shown.")
    switchable_video_types: list[str] | None = field("Lenses that can be shown.")


class Camera(Model):
    """A camera that can be streamed."""

    camera_index: str | None = field('Index of the camera, the middle part of a video id ("99-0-0").')
    available_video_number: int | None = field("Pictures to choose from.")
    coexist_video_number_max: int | None = field("Pictures that can be streamed at once.")
    video_list: list[Video] | None = field("The pictures.")


class VideoDevice(Model):
    """A device with cameras: the dock or its aircraft."""

    sn: str | None = field("Serial number, the first part of a video id.")
    available_video_number: int | None = field("Pictures to choose from.")
    coexist_video_number_max: int | None = field("Pictures that can be streamed at once.")
    camera_list: list[Camera] | None = field("The cameras.")


class LiveCapacity(Model):
    """What can be streamed."""

    available_video_number: int | None = field("Pictures to choose from, of all devices.")
    coexist_video_number_max: int | None = field("Pictures that can be streamed at once, of all devices.")
    device_list: list[VideoDevice] | None = field("The devices.")


class LiveStatus(Model):
    """One stream."""

    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.")
    video_type: str | None = field("Lens that is shown.", length=24)
    video_quality: int | None = field("Quality that was asked for.", values=VIDEO_QUALITY)
    status: int | None = field("Whether it runs.", values={0: "stopped", 1: "streaming"})
    error_status: int | None = field("Error code; 0 is none.")
