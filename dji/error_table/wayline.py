"""321, 322 and 386: routes being flown, and why they were broken off."""

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
    SUPPORT,
    Entry,
    again,
    final,
)

_WAY_IN: Final = final(AIRCRAFT, "The way to the route or back could not be flown.", "Ask DJI support.")

CODES: Final[dict[int, Entry]] = {
    321000: again(DOCK, "The task failed for a reason that is not named.", LATER_OR_RESTART),
    321004: final(CLOUD, "The aircraft cannot understand the route file.", "Check the KMZ."),
    321005: final(CLOUD, "The break point to go on from is missing.", "Send the break point, or fly the route anew."),
    321257: final(DOCK, "The task is being flown already."),
    321258: final(AIRCRAFT, "The task cannot be stopped in this state.", "Look at the aircraft's state."),
    321259: final(DOCK, "The task has not begun, so there is nothing to stop."),
    321260: final(DOCK, "The task has not begun, so there is nothing to pause."),
    321513: final(CLOUD, "The route is higher than the aircraft may fly.", "Lower the route or raise the limit."),
    321514: final(
        ENVIRONMENT,
        "The route begins or ends near a restricted zone or beyond the distance limit.",
        "Move the first or last waypoint.",
    ),
    321515: final(ENVIRONMENT, "The route crosses a restricted zone.", "Change the route, or unlock the zone."),
    321516: final(ENVIRONMENT, "The aircraft came too low, so the task stopped.", "Raise the route."),
    321517: final(
        ENVIRONMENT, "An obstacle stopped the task.", "Change the route; do not resume from the break point."
    ),
    321519: final(
        ENVIRONMENT,
        "The aircraft came near a restricted zone or its distance limit and came home.",
        "Change the route.",
    ),
    321523: again(AIRCRAFT, "The aircraft did not take off.", SUPPORT),
    321524: final(AIRCRAFT, "The aircraft was not ready to take off: no position, or its gear.", "Check the aircraft."),
    321528: final(
        ENVIRONMENT, "The edge of a custom flight area is near, so the task paused.", "Change route or area."
    ),
    321529: final(
        ENVIRONMENT, "The point lies in a restricted zone or an obstacle, so the task paused.", "Choose another point."
    ),
    321530: final(ENVIRONMENT, "No way around was found, so the task paused.", "Change the route."),
    **dict.fromkeys((321531, 321532, 321533), _WAY_IN),
    321769: final(ENVIRONMENT, "The satellite signal is weak.", RESTART_DOCK),
    321770: final(AIRCRAFT, "The aircraft is in the wrong flight mode.", RESTART_DOCK),
    321771: final(AIRCRAFT, "The home point is not set.", RESTART_DOCK),
    321772: again(AIRCRAFT, "The battery is below 30 %.", "Let it charge, best to 50 % or more."),
    321773: again(AIRCRAFT, "The battery was low, so the aircraft came home.", "Let it charge, then resume."),
    321775: again(NETWORK, "The aircraft's signal was lost during the task.", "Wait for it to come home, then resume."),
    321776: final(AIRCRAFT, "The RTK position did not settle.", RESTART_DOCK),
    321777: again(AIRCRAFT, "The aircraft is not hovering, so the task cannot begin.", "Pause it, then try again."),
    321778: final(OPERATOR, "Controller B holds the aircraft and its propellers turn.", "Release it from there."),
    321784: again(ENVIRONMENT, "Strong wind made the aircraft come home.", "Wait for less wind."),
    321788: again(NETWORK, "Interference on the link made the aircraft come home.", LATER),
    322281: final(OPERATOR, "The task was stopped, by hand or by a fault.", "Resume it from its break point."),
    322282: final(OPERATOR, "Somebody took control of the aircraft, so the task stopped.", "Resume it when released."),
    322283: final(OPERATOR, "Somebody called the aircraft home before the task was done.", "Resume if wanted."),
    322539: final(CLOUD, "The break point is wrong.", "Check index, progress and wayline id, or fly the route anew."),
    322563: final(AIRCRAFT, "No route could be made.", "Clean the vision sensors or restart the aircraft."),
    322594: final(CLOUD, "An action group of the route holds an empty layer.", "Give each action group an action."),
    386535: again(DOCK, "The task failed.", LATER_OR_RESTART),
}
