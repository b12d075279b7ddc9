"""Structures that docks and aircraft report alike."""

from dji.fields import Number, field
from dji.model import Model

OSD = "osd"
STATE = "state"

OPERATOR = {0: "unknown", 1: "China Mobile", 2: "China Unicom", 3: "China Telecom"}
UPGRADE = {0: "idle", 1: "upgrading"}
COMPATIBLE = {0: "consistent", 1: "a consistency upgrade is needed"}


class EsimInfo(Model):
    """One profile of an eSIM."""

    telecom_operator: int | None = field("Network of the profile.", values=OPERATOR)
    enabled: bool | None = field("Whether the profile is in use.")
    iccid: str | None = field("ICCID of the profile.")


class SimInfo(Model):
    """The SIM card that is plugged in."""

    telecom_operator: int | None = field("Network of the card.", values=OPERATOR)
    sim_type: int | None = field("Kind of card.", values={0: "unknown", 1: "of one network", 2: "of three networks"})
    iccid: str | None = field("ICCID of the card.")


class DongleInfo(Model):
    """A 4G dongle."""

    imei: str | None = field("IMEI; commands name the dongle by it.")
    dongle_type: int | None = field("Make of the dongle.", values={6: "the old one", 10: "the new one, with eSIM"})
    eid: str | None = field("Id of the eSIM chip.")
    esim_activate_state: int | None = field(
        "Whether the eSIM is activated.", values={0: "unknown", 1: "not activated", 2: "activated"}
    )
    sim_card_state: int | None = field("Whether a card is plugged in.", values={0: "no card", 1: "card"})
    sim_slot: int | None = field("The slot in use.", values={0: "unknown", 1: "card", 2: "eSIM"})
    esim_infos: list[EsimInfo] | None = field("The profiles of the eSIM.")
    sim_info: SimInfo | None = field("The card.")


class Maintenance(Model):
    """The last service of one kind."""

    state: int | None = field("Whether a service is due.", values={0: "not due", 1: "due"})
    last_maintain_type: int | None = field(
        "Kind of the last service.",
        values={
            0: "none",
            1: "basic service of the aircraft",
            2: "regular service of the aircraft",
            3: "thorough service of the aircraft",
            17: "regular service of the dock",
            18: "thorough service of the dock",
        },
    )
    last_maintain_time: int | str | None = field("When it was: seconds since 1970, 0 for never.", unit="s")
    last_maintain_work_sorties: int | None = field("Flights from the dock until then.", low=0, high=2147483647)
    last_maintain_flight_time: Number | None = field("Flight time of the aircraft until then.", unit="h")
    last_maintain_flight_sorties: int | None = field("Flights of the aircraft until then.", low=0, high=2147483647)


class MaintainStatus(Model):
    """The services of a device."""

    maintain_status_array: list[Maintenance] | None = field("One entry for each kind of service.")


class PositionState(Model):
    """How well a device knows where it is."""

    is_calibration: int | None = field("Whether the dock is calibrated.", values={0: "not calibrated", 1: "calibrated"})
    is_fixed: int | None = field("State of the fix.", values={0: "not begun", 1: "fixing", 2: "fixed", 3: "failed"})
    quality: int | None = field(
        "Grade of the fix.", values={1: "grade 1", 2: "grade 2", 3: "grade 3", 4: "grade 4", 5: "grade 5", 10: "RTK"}
    )
    gps_number: int | None = field("Satellites in view of GPS.")
    rtk_number: int | None = field("Satellites in view of RTK.")


class Storage(Model):
    """Room for files."""

    total: int | None = field("All of it.", unit="KB")
    used: int | None = field("What is taken.", unit="KB")
