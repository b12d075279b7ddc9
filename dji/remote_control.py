"""The aircraft, on the link of the live flight controls; Dock 2 and 3."""

from dji.fields import field
from dji.model import DrcCommand, DrcPush, DrcReply
from dji.properties.values import AIRCRAFT_MODE
from dji.shared import OFF_ON


class DrcDroneStatePush(DrcPush, method="drc_drone_state_push", docks=(2, 3)):
    """Lights and mode of the aircraft."""

    stealth_state: bool | None = field("Whether all lights are out.")
    night_lights_state: bool | None = field("Whether the lights for the night are on.")
    mode_code: int | None = field("What the aircraft is doing.", values=AIRCRAFT_MODE)
    landing_type: int | None = field(
        "How it lands.",
        values={
            0: "not landing",
            1: "in the dock",
            2: "at the alternate landing point",
            3: "because it was told to",
            4: "because it had to",
        },
    )
    landing_protection_type: int | None = field(
        "What it sees of the ground.",
        values={
            0: "not looking",
            1: "uneven ground or water",
            2: "nothing to tell by",
            3: "the dock",
        },
    )


class DrcEmergencyLanding(DrcCommand, method="drc_emergency_landing", docks=(2, 3)):
    """Land now; obstacles stop it."""


class DrcEmergencyLandingReply(DrcReply, method="drc_emergency_landing", docks=(2, 3)):
    """The dock's answer to `drc_emergency_landing`."""


class DrcForceLanding(DrcCommand, method="drc_force_landing", docks=(2, 3)):
    """Land now, whatever is below."""


class DrcForceLandingReply(DrcReply, method="drc_force_landing", docks=(2, 3)):
    """The dock's answer to `drc_force_landing`."""


class DrcInitialStateSubscribe(DrcCommand, method="drc_initial_state_subscribe", docks=(2, 3)):
    """Ask for the pushes of state."""


class DrcInitialStateSubscribeReply(DrcReply, method="drc_initial_state_subscribe", docks=(2, 3)):
    """The dock's answer to `drc_initial_state_subscribe`."""


class DrcNightLightsStateSet(DrcCommand, method="drc_night_lights_state_set", docks=(2, 3)):
    """Switch the lights for the night."""

    night_lights_state: int | None = field("Whether the lights for the night are on.", values=OFF_ON, required=True)


class DrcNightLightsStateSetReply(DrcReply, method="drc_night_lights_state_set", docks=(2, 3)):
    """The dock's answer to `drc_night_lights_state_set`."""


class DrcStealthStateSet(DrcCommand, method="drc_stealth_state_set", docks=(2, 3)):
    """Put all lights out, or not."""

    stealth_state: int | None = field("Whether all lights are out.", values=OFF_ON, required=True)


class DrcStealthStateSetReply(DrcReply, method="drc_stealth_state_set", docks=(2, 3)):
    """The dock's answer to `drc_stealth_state_set`."""
