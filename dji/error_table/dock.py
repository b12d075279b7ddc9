"""514: the dock's own hardware, its surroundings, debugging, and the link for live flight control (5143xx)."""

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

_PROPELLERS: Final = final(AIRCRAFT, "The propellers do not turn slowly as they should.", RESTART_DOCK)
_NO_NEED: Final = final(AIRCRAFT, "The battery needs no maintenance.")
_NOT_RESTARTED: Final = again(DOCK, "The device could not be restarted.", SUPPORT)
_RODS: Final = "Check that the aircraft is inside, the rods move and the contacts are clean."
_WAIT: Final = "Wait until it has finished."

_HARDWARE: Final[dict[int, Entry]] = {
    514100: final(DOCK, "The dock failed.", RESTART_DOCK),
    514101: final(
        DOCK, "The driving rods did not close.", "Clear the pad, turn the aircraft to the arrow, or restart."
    ),
    514102: final(DOCK, "The driving rods did not open.", "Clear the pad, or restart the dock."),
    514103: again(AIRCRAFT, "The battery is below 30 %.", "Let it charge, best to 50 % or more."),
    514104: final(DOCK, "Charging did not start.", RESTART_DOCK),
    514105: final(DOCK, "Charging did not stop.", RESTART_DOCK),
    514106: final(AIRCRAFT, "The aircraft's battery failed.", RESTART_DOCK),
    514107: final(DOCK, "The cover did not open.", "Clear the cover, or restart the dock."),
    514108: final(DOCK, "The cover did not close.", "Clear the cover, or restart the dock."),
    514109: final(
        AIRCRAFT, "The aircraft did not power on.", "Check that it is inside and charged; else restart the dock."
    ),
    514110: final(AIRCRAFT, "The aircraft did not power off.", RESTART_DOCK),
    514111: _PROPELLERS,
    514112: _PROPELLERS,
    514113: final(DOCK, "Rods and aircraft have no contact.", _RODS),
    514114: final(AIRCRAFT, "The battery's state is not known.", RESTART_DOCK),
    514116: again(DOCK, "The dock is carrying out another command.", _WAIT),
    514117: final(DOCK, "The cover is open or not fully closed.", RESTART_DOCK),
    514118: final(DOCK, "The driving rods are open or not fully closed.", RESTART_DOCK),
    514120: final(NETWORK, "Dock and aircraft are disconnected.", "Restart the dock, or link the two again."),
    514121: final(OPERATOR, "The emergency stop is pressed.", "Release the button on site."),
    514122: final(AIRCRAFT, "It is not known whether the aircraft charges.", RESTART_DOCK),
    514123: final(AIRCRAFT, "The battery is too low to power the aircraft on.", "Let it charge."),
    514124: final(AIRCRAFT, "Nothing is known of the battery.", RESTART_DOCK),
    514125: final(AIRCRAFT, "The battery is nearly full, so it is not charged.", "Charge it below 95 %."),
    514141: final(DOCK, "The dock failed inside.", RESTART_DOCK),
    514142: final(DOCK, "Rods and aircraft had no contact before take-off.", _RODS),
    514143: again(DOCK, "The driving rods are open or not fully closed.", LATER_OR_RESTART),
    514144: again(DOCK, "The cover is open or not fully closed.", LATER_OR_RESTART),
    514149: final(DOCK, "The dock failed inside, so no task is flown.", RESTART_DOCK),
    514154: again(DOCK, "The temperature of the inner air outlet is not known.", LATER),
    514155: final(AIRCRAFT, "The aircraft is not in the dock, so no task is flown.", "Bring it back into the dock."),
    514156: final(
        AIRCRAFT, "The aircraft is not in the dock.", "Make sure that it landed safely and put it into the dock."
    ),
    514157: final(DOCK, "Power-on failed: the wireless charger is busy.", RESTART_DOCK),
    514158: final(DOCK, "The dock's RTK failed, so nothing takes off.", "Check its calibration and corrections."),
    514159: final(OPERATOR, "There is an aircraft in the dock that another should land on.", "Empty the landing dock."),
    514162: final(NETWORK, "Aircraft and dock do not connect.", "Close the cover, or restart the dock."),
    514163: final(AIRCRAFT, "The battery failed.", "Put the battery in firmly, or restart the aircraft."),
    514168: final(OPERATOR, "The dock is not calibrated, so no task is flown.", "Calibrate the dock."),
    514172: final(
        NETWORK,
        "The aircraft cannot be powered off: Bluetooth is disconnected.",
        "Restart aircraft and dock, or connect them again on site.",
    ),
    514174: final(DOCK, "Charging needs a closed cover.", "Close the cover and try again."),
    514180: again(DOCK, "Cooling or heating could not be switched off.", LATER),
    514181: again(DOCK, "Cooling could not be switched on.", LATER),
    514182: again(DOCK, "Heating could not be switched on.", LATER),
    514183: again(DOCK, "Drying could not be switched on.", LATER),
    514184: final(ENVIRONMENT, "It is below 0 degrees, where cooling cannot be used."),
    514185: final(ENVIRONMENT, "It is above 45 degrees, where heating cannot be used."),
}

_SURROUNDINGS: Final[dict[int, Entry]] = {
    514134: again(ENVIRONMENT, "It rains too hard to fly.", "Wait for less rain."),
    514135: again(ENVIRONMENT, "The wind is too strong to fly.", "Wait for less wind."),
    514136: final(DOCK, "The dock has no mains power, so no task is flown.", "Restore its power."),
    514137: again(ENVIRONMENT, "It is colder than -20 degrees.", "Wait for warmer weather."),
    514173: again(ENVIRONMENT, "Rain below 5 degrees could freeze the propellers.", "Wait for better weather."),
}

_STATE: Final[dict[int, Entry]] = {
    514138: again(AIRCRAFT, "The battery is being maintained.", _WAIT),
    514139: _NO_NEED,
    514140: _NO_NEED,
    514145: final(OPERATOR, "The dock is being debugged on site.", "Disconnect the remote controller from the dock."),
    514146: final(OPERATOR, "The dock is in remote debug mode.", "Leave debug mode first."),
    514147: again(DOCK, "Firmware is being upgraded.", _WAIT),
    514148: again(DOCK, "A task is being flown, so neither debug mode nor another task is possible.", _WAIT),
    514150: again(DOCK, "The device is restarting.", "Wait until it is back."),
    514151: again(DOCK, "Firmware is being upgraded, so nothing is restarted.", _WAIT),
    514153: final(OPERATOR, "The dock has left remote debug mode.", "Enter debug mode again."),
    514164: _NOT_RESTARTED,
    514165: _NOT_RESTARTED,
    514170: again(DOCK, "The dock is starting up.", "Wait until it is ready."),
    514171: final(CLOUD, "The command has a parameter that the dock does not take.", "Correct the command."),
}

_FLIGHT_LINK: Final[dict[int, Entry]] = {
    514300: again(
        NETWORK, "The link for live flight control failed at the gateway.", "Enter live flight control again."
    ),
    514301: again(NETWORK, "The link for live flight control was silent too long.", "Enter live flight control again."),
    514302: final(CLOUD, "The broker's certificate was not accepted.", "Use a certificate that the dock trusts."),
    514303: again(
        NETWORK, "The network of the link for live flight control failed.", "Check the network, enter again."
    ),
    514304: final(CLOUD, "The broker refused the dock for live flight control.", "Check account, password and expiry."),
}

CODES: Final[dict[int, Entry]] = {**_HARDWARE, **_SURROUNDINGS, **_STATE, **_FLIGHT_LINK}
