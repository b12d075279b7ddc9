"""314: flight tasks on their way from the cloud through the dock into the aircraft (`flighttask_prepare`)."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    CLOUD,
    DOCK,
    ENVIRONMENT,
    LATER,
    LATER_OR_RESTART,
    NETWORK,
    OPERATOR,
    RESTART_DOCK,
    Entry,
    again,
    final,
)

_NOT_SENT: Final = again(DOCK, "The dock could not take the task.", LATER)
_NOT_STARTED: Final = final(AIRCRAFT, "The aircraft did not start up for the task.", RESTART_DOCK)

CODES: Final[dict[int, Entry]] = {
    314000: again(DOCK, "The device is in a state that does not allow this.", "Look at its state, then try again."),
    314001: _NOT_SENT,
    314002: _NOT_SENT,
    314003: final(CLOUD, "The route file has a format that the dock does not take.", "Check the KMZ."),
    314004: _NOT_SENT,
    314005: again(DOCK, "The dock could not take the task.", LATER_OR_RESTART),
    314006: _NOT_STARTED,
    314007: final(NETWORK, "The route file did not get from the dock to the aircraft.", RESTART_DOCK),
    314008: final(AIRCRAFT, "The aircraft was not ready in time.", RESTART_DOCK),
    314009: _NOT_STARTED,
    314010: final(DOCK, "The task cannot be flown.", RESTART_DOCK),
    314011: final(DOCK, "The dock does not know how the task ended.", "Look where the aircraft is."),
    314012: final(AIRCRAFT, "The aircraft could not be prepared.", RESTART_DOCK),
    314013: again(
        NETWORK, "The dock could not fetch the route file.", "Check that the address can be reached from there."
    ),
    314014: again(DOCK, "The dock failed while it ran the task.", LATER),
    314015: again(NETWORK, "The AI spot-check route did not get from the dock to the aircraft.", LATER_OR_RESTART),
    314016: final(CLOUD, "The route file cannot be understood.", "Check the KMZ."),
    314017: final(CLOUD, "The route file cannot be understood.", "Check the KMZ and send it again."),
    314018: again(AIRCRAFT, "The aircraft's RTK position is wrong.", LATER_OR_RESTART),
    314019: again(AIRCRAFT, "The aircraft's RTK position did not settle.", LATER_OR_RESTART),
    314020: final(
        OPERATOR,
        "The aircraft is not in the middle of the pad, or looks the wrong way.",
        "Have someone put it right.",
    ),
    314021: again(AIRCRAFT, "The aircraft's RTK position is wrong.", LATER_OR_RESTART),
    314022: final(DOCK, "The dock could not change the route for going on from a break point.", "Fly the route anew."),
    314024: again(NETWORK, "The way to the route and back could not be sent to the aircraft.", LATER_OR_RESTART),
    314025: final(ENVIRONMENT, "The RTK position did not settle in time.", "Cancel the task and start it again."),
    314200: again(NETWORK, "The dock lost its network, so the aircraft came home.", "Check the dock's network."),
}
