"""317 and 324: storage, media files, their upload, and remote logs."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    CLOUD,
    DOCK,
    LATER,
    LATER_OR_RESTART,
    NETWORK,
    OPERATOR,
    RESTART_AIRCRAFT,
    RESTART_DOCK,
    Entry,
    again,
    final,
)

CODES: Final[dict[int, Entry]] = {
    317001: final(AIRCRAFT, "The aircraft did not say how many media files it has.", RESTART_DOCK),
    317002: final(
        AIRCRAFT,
        "The aircraft's storage could not be formatted.",
        "Check that it is on, connected, and that its camera is seen.",
    ),
    317003: final(AIRCRAFT, "The aircraft's storage could not be formatted.", RESTART_AIRCRAFT),
    317004: again(DOCK, "The dock's media files could not be deleted.", LATER_OR_RESTART),
    317005: final(AIRCRAFT, "A recording did not end properly: this flight's files may never be uploaded."),
    317006: again(DOCK, "Media files are being copied, so nothing is formatted now.", "Wait until they are."),
    317007: again(AIRCRAFT, "The number of media files is not known.", LATER),
    324001: again(DOCK, "A restart broke off the log export.", "Start it again."),
    324012: final(OPERATOR, "Packing the logs took too long: too many were chosen.", "Choose fewer logs."),
    324013: again(DOCK, "The list of logs could not be read.", LATER),
    324014: final(DOCK, "There are no logs.", "Load the list again, or restart the dock."),
    324015: final(
        AIRCRAFT,
        "The aircraft is off or not connected, so its logs are not known.",
        "Check that it is in the dock and power it on.",
    ),
    324016: final(DOCK, "The dock has no room to pack the logs.", "Free some storage, or try again later."),
    324017: final(AIRCRAFT, "The aircraft's logs could not be read for packing.", "Load the list again; else restart."),
    324018: again(DOCK, "The logs could not be read for the report.", LATER_OR_RESTART),
    324019: again(
        NETWORK, "The dock's network failed during the log upload.", "Try again later; else check the network."
    ),
    324021: again(DOCK, "The dock lost power or restarted during the log export.", LATER),
    324030: again(
        NETWORK, "Media files could not be uploaded: the dock's network or the aircraft's link failed.", LATER
    ),
    324031: again(CLOUD, "Upload priorities came too fast: the last one is not answered yet.", "Wait for the answer."),
    324032: final(CLOUD, "The upload priority has a wrong parameter.", "Check the flight id."),
}
