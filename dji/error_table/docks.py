"""315, 338 and 341: dock and aircraft talking to each other, tasks over two docks, and where docks stand."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    DOCK,
    ENVIRONMENT,
    NETWORK,
    OPERATOR,
    RESTART_AIRCRAFT,
    RESTART_BOTH,
    RESTART_DOCK,
    SUPPORT,
    Entry,
    again,
    final,
)

_TALK: Final = final(NETWORK, "The dock cannot talk to the aircraft or the other dock.", RESTART_DOCK)
_BUSY: Final = again(DOCK, "One of the two docks is not idle.", "Wait until both are idle and send the task again.")
_NOT_STOPPED: Final = again(DOCK, "The task over two docks could not be stopped.", SUPPORT)
_NOT_SENT: Final = again(DOCK, "The task over two docks could not be handed out.", SUPPORT)
_FAILED: Final = final(
    DOCK, "The task over two docks failed inside the dock.", "Restart the dock and send it again; else ask DJI support."
)
_LINK: Final = final(NETWORK, "The aircraft cannot be reached.", RESTART_BOTH)

CODES: Final[dict[int, Entry]] = {
    **dict.fromkeys((315000, 315002, 315003, 315005, 315006, 315009), _TALK),
    315001: again(
        NETWORK,
        "The dock cannot talk to the aircraft.",
        "Power the aircraft on, wait a minute and send the task again.",
    ),
    315004: _BUSY,
    315007: final(DOCK, "The docks do not understand each other.", "Update the dock's firmware, or restart it."),
    315008: final(
        OPERATOR,
        "The two docks were calibrated in different ways.",
        "Calibrate both from the same network RTK and check that it is stable.",
    ),
    **dict.fromkeys((315010, 315011, 315012), _NOT_STOPPED),
    **dict.fromkeys((315013, 315016, 315017), _NOT_SENT),
    315014: final(OPERATOR, "The home point cannot be set in this kind of task."),
    315015: again(AIRCRAFT, "The home point could not be set.", SUPPORT),
    315018: _BUSY,
    315019: final(ENVIRONMENT, "This dock stands where a task over two docks cannot be flown.", "Choose another dock."),
    315050: final(DOCK, "The dock failed inside.", RESTART_DOCK),
    315051: _FAILED,
    315052: again(DOCK, "The dock does not know its position yet: RTK has not settled.", "Wait, then try again."),
    **dict.fromkeys(range(315053, 315066), _FAILED),
    **dict.fromkeys((338001, 338002, 338003, 338004, 338255), _LINK),
    338005: final(OPERATOR, "The two docks are more than 15 km apart.", "Choose a nearer dock."),
    338006: final(
        ENVIRONMENT,
        "The landing dock lies in a zone that is not unlocked, in a no-fly area, or outside the keep-in area.",
        "Unlock the zone or change the areas.",
    ),
    338007: final(
        ENVIRONMENT,
        "The landing dock stands higher than its altitude zone allows.",
        "Get an unlocking licence.",
    ),
    338008: final(
        OPERATOR, "The landing dock stands higher than the aircraft may fly.", "Raise the aircraft's height limit."
    ),
    338009: final(ENVIRONMENT, "The aircraft's satellite signal is weak.", RESTART_AIRCRAFT),
    338010: final(AIRCRAFT, "The aircraft's position is wrong.", RESTART_AIRCRAFT),
    338011: final(OPERATOR, "The landing dock is outside the flight volume.", "Plan the task anew."),
    338017: final(AIRCRAFT, "The aircraft's data was updated wrongly.", RESTART_AIRCRAFT),
    338018: final(AIRCRAFT, "The aircraft's data could not be updated.", RESTART_AIRCRAFT),
    338019: again(
        AIRCRAFT, "The way home to the chosen dock is still being planned.", "Wait; else restart the aircraft."
    ),
    338020: final(ENVIRONMENT, "No planned way leads to the chosen dock.", "Choose another dock."),
    338021: final(AIRCRAFT, "The battery does not reach to the chosen dock.", "Let the aircraft charge."),
    338049: final(OPERATOR, "Someone moved a stick, which ended the flight to the point.", "Send it again if wanted."),
    338050: final(OPERATOR, "The flight to the point was ended by command.", "Send it again if wanted."),
    338051: final(AIRCRAFT, "The battery is low: the aircraft gave the point up and comes home.", "Let it charge."),
    338052: final(
        AIRCRAFT, "The battery is nearly empty: the aircraft gave the point up and lands.", "Secure the place."
    ),
    338053: again(ENVIRONMENT, "A crewed aircraft is near: the flight to the point ended.", "Wait until it is gone."),
    338054: final(AIRCRAFT, "A task of higher priority ended the flight to the point.", "Send it again afterwards."),
    341002: again(DOCK, "The dock's position has not settled yet.", "Wait until it has, then try again."),
}
