"""326 and 328: cellular dongles, SIM and eSIM, and the registration that China asks for."""

from typing import Final

from dji.error_table.cloud import OBSERVED
from dji.error_table.entry import AIRCRAFT, CLOUD, DOCK, LATER, NETWORK, OPERATOR, Entry, again, final

CODES: Final[dict[int, Entry]] = {
    326002: final(AIRCRAFT, "The aircraft has no cellular dongle.", "Fit one, or do without enhanced transmission."),
    326003: final(AIRCRAFT, "The aircraft's cellular dongle has no SIM card.", "Put a card in, or activate its eSIM."),
    326004: final(AIRCRAFT, "The aircraft's cellular dongle needs new firmware.", "Upgrade it."),
    326005: again(NETWORK, "The cellular network does not work.", "Check signal, data allowance and APN."),
    326006: again(NETWORK, "Enhanced transmission could not be switched.", LATER),
    326007: final(CLOUD, "The command has the wrong form.", "Correct the command."),
    326008: final(DOCK, "The dock has no cellular dongle.", "Fit one, or do without enhanced transmission."),
    326009: final(DOCK, "The dock's cellular dongle has no SIM card.", "Put a card in, or activate its eSIM."),
    326010: final(DOCK, "The dock's cellular dongle needs new firmware.", "Upgrade it."),
    326103: again(NETWORK, "The eSIM is being activated.", LATER),
    326104: again(NETWORK, "The network provider is being changed.", LATER),
    326105: again(NETWORK, "The dongle is changing between SIM and eSIM.", LATER),
    326106: final(NETWORK, "The cellular dongle failed.", "Restart the device; if it stays, ask DJI support."),
    326107: final(
        OPERATOR, "The dongle has neither an active eSIM nor a SIM card.", "Activate the eSIM or put a card in."
    ),
    **OBSERVED,
    328051: final(
        OPERATOR,
        "The aircraft is not registered with China's aviation authority.",
        "Connect a remote controller and follow its registration.",
    ),
    328052: final(
        OPERATOR,
        "The aircraft's registration with China's aviation authority was withdrawn.",
        "Connect a remote controller and follow its registration.",
    ),
}
