"""Switches of remote debugging: the mode itself, lights, siren, battery, air, radio, SIM cards, RTK calibration."""

from dji.fields import field
from dji.jobs import JobEvent, JobReply
from dji.model import Command, Event, EventReply, Model, Reply
from dji.properties.common import OPERATOR
from dji.shared import OFF_ON, STATUS

DONGLE_OWNER = {"dock": "the dock", "drone": "the aircraft"}
CALIBRATED_MODULE = {"3": "dock", "6": "relay station"}


class DebugModeOpen(Command, method="debug_mode_open"):
    """Enter remote debugging; the dock flies no tasks meanwhile."""


class DebugModeOpenReply(JobReply, method="debug_mode_open"):
    """The dock's answer to `debug_mode_open`."""


class DebugModeClose(Command, method="debug_mode_close"):
    """Leave remote debugging."""


class DebugModeCloseReply(JobReply, method="debug_mode_close"):
    """The dock's answer to `debug_mode_close`."""


class SupplementLightOpen(Command, method="supplement_light_open"):
    """Switch the light in the dock on."""


class SupplementLightOpenReply(JobReply, method="supplement_light_open"):
    """The dock's answer to `supplement_light_open`."""


class SupplementLightClose(Command, method="supplement_light_close"):
    """Switch the light in the dock off."""


class SupplementLightCloseReply(JobReply, method="supplement_light_close"):
    """The dock's answer to `supplement_light_close`."""


class AlarmStateSwitch(Command, method="alarm_state_switch"):
    """Switch siren and light."""

    action: int | None = field("What to do.", values=OFF_ON, required=True)


class AlarmStateSwitchReply(JobReply, method="alarm_state_switch"):
    """The dock's answer to `alarm_state_switch`."""


class BatteryStoreModeSwitch(Command, method="battery_store_mode_switch"):
    """Choose how the aircraft's battery is kept: for planned flights, or ready at any time."""

    action: int | None = field("What to do.", values={1: "plan", 2: "standby"}, required=True)


class BatteryStoreModeSwitchReply(JobReply, method="battery_store_mode_switch"):
    """The dock's answer to `battery_store_mode_switch`."""


class BatteryMaintenanceSwitch(Command, method="battery_maintenance_switch"):
    """Begin or end the maintenance of the aircraft's battery."""

    action: int | None = field("What to do.", values=OFF_ON, required=True)


class BatteryMaintenanceSwitchReply(JobReply, method="battery_maintenance_switch"):
    """The dock's answer to `battery_maintenance_switch`."""


class AirConditionerModeSwitch(Command, method="air_conditioner_mode_switch"):
    """Set the dock's air conditioning."""

    action: int | None = field("What to do.", values={0: "rest", 1: "cool", 2: "heat", 3: "dry the air"}, required=True)


class AirConditionerModeSwitchReply(JobReply, method="air_conditioner_mode_switch"):
    """The dock's answer to `air_conditioner_mode_switch`."""


class SdrWorkmodeSwitch(Command, method="sdr_workmode_switch"):
    """Choose the links between dock and aircraft."""

    link_workmode: int | None = field("Which to use.", values={0: "radio", 1: "radio and 4G"}, required=True)


class SdrWorkmodeSwitchReply(Reply, method="sdr_workmode_switch"):
    """The dock's answer to `sdr_workmode_switch`."""


class Dongle(Model):
    """The 4G dongle that is meant."""

    imei: str | None = field("IMEI of the dongle.", required=True)
    device_type: str | None = field("Whose dongle it is.", values=DONGLE_OWNER, required=True)


class EsimActivate(Dongle, Command, method="esim_activate", docks=(2, 3)):
    """Activate the eSIM of a dongle."""


class EsimActivateReply(JobReply, method="esim_activate", docks=(2, 3)):
    """The dock's answer to `esim_activate`."""


class EsimActivateProgress(JobEvent, method="esim_activate", docks=(2, 3)):
    """How `esim_activate` goes on."""


class EsimActivateProgressReply(EventReply, method="esim_activate", docks=(2,)):
    """The cloud's receipt of the progress of `esim_activate`."""


class EsimOperatorSwitch(Dongle, Command, method="esim_operator_switch", docks=(2, 3)):
    """Switch the eSIM of a dongle to another network."""

    esim_operator: int | None = field(
        "Network to switch to.", values={key: OPERATOR[key] for key in (1, 2, 3)}, required=True
    )


class EsimOperatorSwitchReply(Reply, method="esim_operator_switch", docks=(2, 3)):
    """The dock's answer to `esim_operator_switch`."""


class EsimOperatorSwitchProgress(JobEvent, method="esim_operator_switch", docks=(2, 3)):
    """How `esim_operator_switch` goes on."""


class EsimOperatorSwitchProgressReply(EventReply, method="esim_operator_switch", docks=(2,)):
    """The cloud's receipt of the progress of `esim_operator_switch`."""


class SimSlotSwitch(Dongle, Command, method="sim_slot_switch", docks=(2, 3)):
    """Choose between the SIM card and the eSIM of a dongle."""

    sim_slot: int | None = field("What to use.", values={1: "card", 2: "eSIM"}, required=True)


class SimSlotSwitchReply(Reply, method="sim_slot_switch", docks=(2, 3)):
    """The dock's answer to `sim_slot_switch`."""


class CalibrationData(Model):
    """Where a station is known to stand."""

    longitude: float | None = field("Longitude, WGS 84.", unit="°", required=True)
    latitude: float | None = field("Latitude, WGS 84.", unit="°", required=True)
    height: float | None = field("Height above the ellipsoid.", unit="m", required=True)


class CalibrationDevice(Model):
    """A station to calibrate."""

    sn: str | None = field("Serial number of the station.", length=10240, required=True)
    type: int | None = field("How.", values={1: "by hand"}, required=True)
    module: str | None = field("Kind of station.", values=CALIBRATED_MODULE, required=True)
    data: CalibrationData | None = field("Where it stands.", required=True)


class RtkCalibration(Command, method="rtk_calibration", docks=(3,)):
    """Tell docks and relay stations where they stand."""

    devices: list[CalibrationDevice] | None = field("The stations.", required=True)


class RtkCalibrationReply(JobReply, method="rtk_calibration", docks=(3,)):
    """The dock's answer to `rtk_calibration`."""


class CalibrationResult(Model):
    """What became of one station."""

    sn: str | None = field("Serial number of the station.")
    type: int | None = field("How.", values={1: "by hand"})
    module: str | None = field("Kind of station.", values=CALIBRATED_MODULE)
    result: int | None = field("0, or the error code of what went wrong.")
    status: str | None = field("State of the station's calibration.", values=STATUS)


class CalibrationExt(Model):
    """What became of each station."""

    devices: list[CalibrationResult] | None = field("The stations.")
    version: int | None = field("Version of the calibration.")


class CalibrationProgress(Model):
    """Step and percentage."""

    percent: int | None = field("Progress.", unit="%")
    current_step: int | None = field("Step.")


class CalibrationOutput(Model):
    """How far the calibration is."""

    status: str | None = field("State of the calibration.", values=STATUS)
    progress: CalibrationProgress | None = field("Step and percentage.")
    ext: CalibrationExt | None = field("What became of each station.")


class RtkCalibrationProgress(Event, method="rtk_calibration", docks=(3,)):
    """How `rtk_calibration` goes on."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: CalibrationOutput | None = field("How far it is.")

    @property
    def status(self) -> str | None:
        """State of the calibration."""
        return self.output.status if self.output else None

    @property
    def percent(self) -> int | None:
        """Progress in percent; says nothing once the status is terminal."""
        return self.output.progress.percent if self.output and self.output.progress else None
