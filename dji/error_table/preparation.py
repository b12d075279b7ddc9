"""316: the aircraft before take-off, coming home, and its camera settings for a task."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    DOCK,
    ENVIRONMENT,
    LATER,
    LATER_OR_RESTART,
    NETWORK,
    ON_SITE,
    OPERATOR,
    RESTART_DOCK,
    Entry,
    again,
    final,
)

_SETTINGS: Final = final(AIRCRAFT, "The aircraft did not take its settings for the flight.", RESTART_DOCK)
_UNPREPARED: Final = final(AIRCRAFT, "The aircraft could not be prepared for the task.", RESTART_DOCK)
_LOOK: Final = "Dock and aircraft may be disconnected: look at the picture to see where it is."

_CAMERA: Final[dict[int, str]] = {
    316100: "tell what it is",
    316101: "switch to single shots",
    316102: "switch the watermark off",
    316103: "switch to average metering",
    316104: "switch to the wide lens",
    316105: "keep the settings for storing photos",
    316106: "set the infrared zoom",
    316107: "set photos to 4K",
    316108: "set photos to JPEG",
    316109: "switch dewarping off",
    316110: "open its mechanical shutter",
    316111: "set the focus mode",
}

CODES: Final[dict[int, Entry]] = {
    **dict.fromkeys((316001, 316002, 316003, 316004), _SETTINGS),
    316005: final(AIRCRAFT, "The aircraft's RTK position did not settle.", RESTART_DOCK),
    316006: final(
        DOCK,
        "The task ran out of time: the aircraft is lost, or could not land on a closed cover or rods.",
        "Check on site where the aircraft is.",
    ),
    316007: final(AIRCRAFT, "The aircraft did not start up.", RESTART_DOCK),
    316008: final(
        OPERATOR, "The dock did not get control of the aircraft.", "Make sure no remote controller holds it."
    ),
    316009: again(AIRCRAFT, "The battery is below 30 %.", "Let it charge, best to 50 % or more."),
    316010: final(AIRCRAFT, "No aircraft is seen.", "Check that it is in the dock and linked, or restart the dock."),
    316011: final(AIRCRAFT, "The aircraft landed in the wrong place.", "Check on site if it must be put back by hand."),
    **dict.fromkeys((316012, 316013, 316014), _UNPREPARED),
    316015: final(DOCK, "The aircraft's RTK position is far from the dock's.", RESTART_DOCK),
    316016: final(NETWORK, "The landing on the dock was not seen in time.", _LOOK),
    316017: final(NETWORK, "The number of media files was not heard in time.", _LOOK),
    316018: final(NETWORK, "The task did not end in time.", _LOOK),
    316019: again(DOCK, "The dock failed inside.", LATER),
    316020: again(AIRCRAFT, "The aircraft's source of RTK corrections failed.", LATER),
    316021: again(AIRCRAFT, "The aircraft's source of RTK corrections was not checked in time.", LATER),
    316022: again(NETWORK, "The aircraft cannot be called home.", "Check that it is on and connected, and try again."),
    316023: final(
        OPERATOR,
        "Controller B holds the aircraft, so it cannot be called home.",
        "Fly it from there or switch that off.",
    ),
    316024: final(AIRCRAFT, "The call home failed.", "Check whether the aircraft is in the air at all."),
    316025: again(AIRCRAFT, "The aircraft did not take its settings for the flight.", LATER_OR_RESTART),
    316026: final(OPERATOR, "The dock's emergency stop is pressed.", "Release the button on site."),
    316027: again(AIRCRAFT, "The aircraft did not take its settings in time.", LATER_OR_RESTART),
    316029: final(
        OPERATOR, "The dock's emergency stop is pressed: the aircraft goes to its alternate landing place.", ON_SITE
    ),
    316030: again(AIRCRAFT, "The home point was not renewed.", "Try again."),
    316031: again(AIRCRAFT, "The way of coming home could not be set.", "Try again."),
    316032: again(AIRCRAFT, "The battery did not answer in time.", "Try again later, or restart the aircraft."),
    316033: final(
        AIRCRAFT, "The battery nears the end of its charge cycles: the task was stopped.", "Change the battery."
    ),
    316034: final(OPERATOR, "Aircraft and dock have firmware that does not go together.", "Upgrade the firmware."),
    316035: final(
        AIRCRAFT,
        "The way to the route and back could not be given to the aircraft.",
        "Upgrade, then send the task again.",
    ),
    316050: final(AIRCRAFT, "The battery was too low: the aircraft landed outside the dock.", ON_SITE),
    316051: final(AIRCRAFT, "The aircraft landed outside the dock after a fault.", ON_SITE),
    316052: final(ENVIRONMENT, "The aircraft goes to its alternate landing place after a fault.", ON_SITE),
    316053: final(OPERATOR, "A pilot landed the aircraft by hand.", ON_SITE),
    **{code: again(AIRCRAFT, f"The camera did not {what}.", "Try again.") for code, what in _CAMERA.items()},
}
