"""Custom flight areas: where to fly, and where not to."""

from dji.fields import Many, field
from dji.model import Command, Event, Model, Reply, Request, RequestReply

SYNC_REASON = {
    0: "none",
    1: "the cloud's answer could not be read",
    2: "the aircraft did not say what it has",
    3: "the file could not be fetched",
    4: "the link could not be turned around",
    5: "the file could not be sent to the aircraft",
    6: "could not be switched off",
    7: "could not be deleted",
    8: "the aircraft could not load the areas",
    9: "could not be switched on",
    10: "enhanced transmission could not be switched off on the dock",
    11: "the aircraft could not be switched on",
    12: "the checksum is wrong",
    13: "took too long",
}


class DroneLocations(Model):
    """The aircraft beside one area."""

    area_id: str | None = field("Id of the area.")
    area_distance: float | None = field("Distance to the edge of the area.", unit="m")
    is_in_area: bool | None = field("Whether the aircraft is inside.")


class FlightAreasDroneLocation(Event, method="flight_areas_drone_location"):
    """How far the aircraft is from the edges of custom flight areas."""

    drone_locations: Many[DroneLocations] | None = field("Distance to each area that is near.")


class FlightAreasGet(Request, method="flight_areas_get"):
    """A dock asks for the files of its custom flight areas."""


class AreaFile(Model):
    """The file of custom flight areas."""

    name: str | None = field("Name of the file: geofence_{MD5}.json.")
    url: str | None = field("Where it is fetched from.")
    checksum: str | None = field("SHA-256 of the file, in hex.")
    size: int | None = field("Size of the file.", unit="B")


class FlightAreasOutput(Model):
    """The files of custom flight areas."""

    files: list[AreaFile] | None = field("The files; an empty list clears all areas.")


class FlightAreasGetReply(RequestReply, method="flight_areas_get"):
    """The cloud's answer to `flight_areas_get`."""

    output: FlightAreasOutput | None = field("The areas.")


class SyncedFile(Model):
    """The file that is in use or on its way."""

    name: str | None = field("Name of the file.")
    checksum: str | None = field("SHA-256 of the file, in hex.")


class FlightAreasSyncProgress(Event, method="flight_areas_sync_progress"):
    """How far custom flight areas are on their way to the aircraft."""

    status: str | None = field(
        "State of the areas on the aircraft.",
        values={
            "wait_sync": "waiting",
            "synchronizing": "being fetched",
            "synchronized": "in use",
            "fail": "failed",
            "switch_fail": "could not be switched on or off",
        },
    )
    reason: int | None = field("Why it failed; 0 is none.", values=SYNC_REASON)
    file: SyncedFile | None = field("The file that is in use or on its way.")


class FlightAreasDelete(Command, method="flight_areas_delete", documented=False):
    """Remove the custom flight areas. Source: DJI's SDK, not the pages of docks."""


class FlightAreasDeleteReply(Reply, method="flight_areas_delete", documented=False):
    """The dock's answer to `flight_areas_delete`."""


class FlightAreasUpdate(Command, method="flight_areas_update"):
    """Tell the dock to ask for its custom flight areas."""


class FlightAreasUpdateReply(Reply, method="flight_areas_update"):
    """The dock's answer to `flight_areas_update`."""
