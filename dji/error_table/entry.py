"""What a row of the error tables is, and the cures that many rows share."""

from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """Where the cause lies, which is who should look first."""

    OPERATOR = "operator"  # a setting, an order, or something a person has to do on site
    DOCK = "dock"
    AIRCRAFT = "aircraft"
    NETWORK = "network"  # the internet or a radio link
    ENVIRONMENT = "environment"  # weather, position, zones, obstacles
    CLOUD = "cloud"  # what we sent
    UNKNOWN = "unknown"


OPERATOR, DOCK, AIRCRAFT = Fault.OPERATOR, Fault.DOCK, Fault.AIRCRAFT
NETWORK, ENVIRONMENT, CLOUD, UNKNOWN = Fault.NETWORK, Fault.ENVIRONMENT, Fault.CLOUD, Fault.UNKNOWN


class Entry(NamedTuple):
    """One code. `retry_helps`: the same command can succeed later without anyone doing anything else first."""

    fault: Fault
    retry_helps: bool
    meaning: str
    cure: str


def again(fault: Fault, meaning: str, cure: str = "") -> Entry:
    """A row whose cause passes by itself."""
    return Entry(fault, True, meaning, cure)


def final(fault: Fault, meaning: str, cure: str = "") -> Entry:
    """A row that stays until somebody changes something."""
    return Entry(fault, False, meaning, cure)


LATER = "Try again in a few minutes."
LATER_OR_RESTART = "Try again in a few minutes; if it stays, restart the dock."
RESTART_DOCK = "Restart the dock, then try again."
RESTART_AIRCRAFT = "Restart the aircraft, then try again."
RESTART_BOTH = "Restart the dock and the aircraft, then try again."
ON_SITE = "Have someone make sure that it landed safely and put it into the dock."
SUPPORT = "Try again in a few minutes; if it stays, ask DJI support."
