"""Where a dock stores media, and what it has stored."""

from dji.fields import field
from dji.model import Command, Event, Model, Reply, Request, RequestReply
from dji.shared import Bucket


class MediaFileExt(Model):
    """What a file belongs to."""

    flight_id: str | None = field("Id of the task.")
    drone_model_key: str | None = field("Model key of the aircraft.")
    payload_model_key: str | None = field("Model key of the payload.")
    is_original: bool | None = field("Whether it is the original, not a smaller copy.")


class ShootPosition(Model):
    """Where it was taken."""

    lat: float | None = field("Latitude, WGS 84.")
    lng: float | None = field("Longitude, WGS 84.")


class MediaMetadata(Model):
    """How a photo or video was taken."""

    gimbal_yaw_degree: float | None = field("Yaw of the gimbal.")
    absolute_altitude: float | None = field("Height above the ellipsoid.")
    relative_altitude: float | None = field("Height above take-off.")
    create_time: str | None = field('When it was taken, as ISO 8601 or "2021-05-10 16:04:20".')
    shoot_position: ShootPosition | None = field("Where it was taken.")


class MediaFile(Model):
    """A photo or video."""

    object_key: str | None = field("Key of the file in the bucket.")
    path: str | None = field("Folder of the file on the dock.")
    name: str | None = field("Name of the file.")
    ext: MediaFileExt | None = field("What the file belongs to.")
    metadata: MediaMetadata | None = field("How it was taken.")
    cloud_to_cloud_id: str | None = field("Id of a transfer between clouds; on old firmware.")


class FlightTask(Model):
    """How many files a task has."""

    uploaded_file_count: int | None = field("Files uploaded so far.")
    expected_file_count: int | None = field("Files in all.")
    flight_type: int | None = field("Kind of flight.", values={0: "wayline", 1: "flight to a point"})


class FileUploadCallback(Event, method="file_upload_callback"):
    """A file has been uploaded."""

    file: MediaFile | None = field("The file.")
    result: int | None = field("0, or the error code of the upload.")
    flight_task: FlightTask | None = field("How many files the task has.")


class HighestPriorityUploadFlighttaskMedia(Event, method="highest_priority_upload_flighttask_media"):
    """Media of which task are uploaded first."""

    flight_id: str | None = field("Id of the task.")


class StorageConfigGet(Request, method="storage_config_get"):
    """A dock asks where to store files."""

    module: int | None = field("What is to be stored.", values={0: "media", 1: "pages of PSDK payloads"})


class StorageConfigGetReply(RequestReply, Bucket, method="storage_config_get"):
    """The store. It stands under `output`, on the page for PSDK payloads beside `result`."""

    output: Bucket | None = field("The store; on the PSDK page its fields stand beside `result`.")


class UploadFlighttaskMediaPrioritize(Command, method="upload_flighttask_media_prioritize"):
    """Upload the media of a task first."""

    flight_id: str | None = field("Id of the task.", required=True)


class UploadFlighttaskMediaPrioritizeReply(Reply, method="upload_flighttask_media_prioritize"):
    """The dock's answer to `upload_flighttask_media_prioritize`."""
