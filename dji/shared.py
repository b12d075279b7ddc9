"""Structures that several features have in common."""

from dji.fields import field
from dji.model import Model

# What a job says of itself, everywhere but in the events that name their own values.
STATUS = {
    "sent": "handed out",
    "in_progress": "running",
    "ok": "done",
    "paused": "paused",
    "rejected": "refused",
    "failed": "failed",
    "canceled": "called off",
    "timeout": "ran out of time",
}

LOST_ACTION = {0: "return home", 1: "hover", 2: "land"}
RTH_MODE = {0: "best height", 1: "the set height"}
OFF_ON = {0: "off", 1: "on"}


class FileRef(Model):
    """A file to fetch."""

    url: str | None = field("Where the file is fetched from.")
    fingerprint: str | None = field("MD5 of the file, in hex.")


class JobOutput(Model):
    """How far a job is, in the reply to its command."""

    status: str | None = field("State of the job.", values=STATUS)


class Credentials(Model):
    """Temporary access to an object store."""

    access_key_id: str | None = field("Access key.")
    access_key_secret: str | None = field("Secret of the access key.")
    expire: int | None = field("Life of the key.", unit="s")
    security_token: str | None = field("Session token that goes with the key.")


class Bucket(Model):
    """An object store that a dock may write to."""

    bucket: str | None = field("Name of the bucket.")
    region: str | None = field("Region of the bucket; it must be the one the endpoint belongs to.")
    endpoint: str | None = field("URL of the store, as the dock reaches it.")
    provider: str | None = field(
        "Maker of the store.", values={"ali": "Alibaba Cloud", "aws": "Amazon or compatible", "minio": "MinIO"}
    )
    credentials: Credentials | None = field("Keys for the store.")
    object_key_prefix: str | None = field("What every object key has to begin with.")


class Point(Model):
    """A place on the map."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)


class TargetPoint(Point):
    """Where to fly or look to."""

    height: float | None = field("Height above the ellipsoid.", unit="m", low=2, high=10000)


class PathPoint(Point):
    """A point of a path that the aircraft has planned."""

    height: float | None = field("Height above the ellipsoid.", unit="m")


class SimulateMission(Point):
    """Fly in the aircraft's simulator, on the ground."""

    is_enable: int | None = field("Whether to simulate.", values=OFF_ON)
    altitude: float | None = field("Height above the ellipsoid; Dock 3.", unit="m", low=-9999.9, high=9999.9)


class CenterNode(Model):
    """The aircraft in a radio topology."""

    sdr_id: int | None = field("Scrambling code.")
    sn: str | None = field("Serial number of the aircraft.")


class LeafNode(Model):
    """A dock or remote controller in a radio topology."""

    sdr_id: int | None = field("Scrambling code.")
    sn: str | None = field("Serial number of the dock or controller.")
    control_source_index: int | None = field("Which of the two controls it is: A or B.", low=1, high=2)


class WirelessLinkTopo(Model):
    """Who is paired with whom over the picture link."""

    secret_code: list[int] | None = field("Key of the link.", size=28)
    center_node: CenterNode | None = field("The aircraft.")
    leaf_nodes: list[LeafNode] | None = field("Docks and controllers; may be empty.")


class RtcmInfo(Model):
    """Where a dock got its RTK calibration from."""

    mount_point: str | None = field("Mount point of the network RTK.")
    port: str | None = field("Port of the network RTK.")
    host: str | None = field("Host of the network RTK.")
    rtcm_device_type: int | None = field("Kind of device.", values={1: "dock"})
    source_type: int | None = field(
        "How it was calibrated.",
        values={0: "not", 1: "by converging on its own", 2: "by hand", 3: "from a network RTK"},
    )


class AlternateLandPoint(Model):
    """Where the aircraft lands when it cannot land in the dock."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°")
    longitude: float | None = field("Longitude, WGS 84.", unit="°")
    height: float | None = field("Height above the ellipsoid.", unit="m")
    safe_land_height: float | None = field("Height at which to fly there, above take-off.", unit="m")
    is_configured: int | None = field("Whether it was set.", values={0: "not set", 1: "set"})


class WorldRegion(Model):
    """The part of the widest view that a lens shows; both axes run from 0 to 1, from the top left."""

    left: float | None = field("Left edge.")
    top: float | None = field("Upper edge.")
    right: float | None = field("Right edge.")
    bottom: float | None = field("Lower edge.")


class Speech(Model):
    """A text to be spoken."""

    name: str | None = field("Name of the text.")
    text: str | None = field("What to say.")
    md5: str | None = field("MD5 of the text; it names the text in progress events.")
