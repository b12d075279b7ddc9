"""Codes that no dock makes: plain results, those of DJI's cloud software, and the ones ARGUS answers a pairing with."""

from typing import Final

from dji.error_table.entry import AIRCRAFT, CLOUD, NETWORK, OPERATOR, UNKNOWN, Entry, again, final

PAIRING_WRONG_CODE: Final = 210229
PAIRING_WRONG_DATA: Final = 210230
PAIRING_OTHER_ORGANISATION: Final = 210231
PAIRING_NO_SUCH_ORGANISATION: Final = 210234
PAIRING_EXPIRED: Final = 210240
PAIRING_USED: Final = 210241
PAIRING_NO_SEAT: Final = 210242
PAIRING_WRONG_DEVICE: Final = 210243

CODES: Final[dict[int, Entry]] = {
    0: final(UNKNOWN, "Accepted."),
    1: final(UNKNOWN, "Refused, without a reason.", "Check that the values and the device's state allow it."),
    2: again(UNKNOWN, "Not done in time.", "Try again."),
    210001: final(OPERATOR, "The device is not registered with the cloud.", "Pair it first."),
    210002: final(CLOUD, "A parameter is not valid.", "Correct the request."),
    210003: final(OPERATOR, "This type of device does not have the function."),
    210004: final(OPERATOR, "The device's firmware does not have the function yet.", "Update the firmware."),
    210005: final(OPERATOR, "This device does not have the function."),
    211001: again(NETWORK, "The MQTT message could not be sent.", "Check the broker and try again."),
    212001: again(NETWORK, "The WebSocket message could not be sent.", "Reconnect and try again."),
    220001: final(CLOUD, "The data is larger than is allowed.", "Send less at once."),
    299999: again(UNKNOWN, "The cloud software failed for a reason it does not name.", "Try again."),
    PAIRING_WRONG_CODE: final(
        OPERATOR,
        "The binding code or the organisation id is not the one that was handed out.",
        "Scan the QR code of the pairing again, or type both in again.",
    ),
    PAIRING_WRONG_DATA: final(
        CLOUD, "The binding request is incomplete or not readable.", "Start a new pairing; update the dock's firmware."
    ),
    PAIRING_OTHER_ORGANISATION: final(
        OPERATOR, "The device belongs to another organisation.", "Have that organisation unpair it first."
    ),
    PAIRING_NO_SUCH_ORGANISATION: final(
        OPERATOR, "There is no organisation with this id.", "Check the organisation id of the pairing."
    ),
    PAIRING_EXPIRED: final(OPERATOR, "The pairing has expired.", "Start a new pairing; it is valid for 15 minutes."),
    PAIRING_USED: final(
        OPERATOR, "The pairing has been used by another dock already.", "Start one pairing for each dock."
    ),
    PAIRING_NO_SEAT: final(
        OPERATOR,
        "The organisation has no dock licence seat left.",
        "Unpair a dock that is no longer used, or get more seats.",
    ),
    PAIRING_WRONG_DEVICE: final(
        OPERATOR,
        "The dock is not of the model, or does not have the serial number, that the pairing expects.",
        "Start a pairing for this dock.",
    ),
}

# Used by devices, in no table of the documentation: seen on Dock 1 with `flight_setup_abort` and when a task is undone.
OBSERVED: Final[dict[int, Entry]] = {
    326108: final(AIRCRAFT, "The aircraft is landing or already on the ground: there is nothing to abort."),
    326109: final(AIRCRAFT, "The aircraft has taken off: the preparation cannot be aborted any more.", "Call it home."),
}
