"""What a dock reports of itself."""

from dji.fields import Number, field
from dji.model import Body, Model
from dji.properties.common import (
    COMPATIBLE,
    OSD,
    STATE,
    UPGRADE,
    DongleInfo,
    MaintainStatus,
    PositionState,
    Storage,
)
from dji.properties.live import LiveCapacity, LiveStatus
from dji.shared import OFF_ON, AlternateLandPoint, RtcmInfo, WirelessLinkTopo
from dji.topics import Kind

DOCK_MODE = {
    0: "idle",
    1: "debugging on site",
    2: "remote debugging",
    3: "upgrading firmware",
    4: "working",
    5: "waiting to be calibrated",
}
TASK_STEP = {
    0: "preparing a flight",
    1: "flying",
    2: "recovering after a flight",
    3: "updating custom flight areas",
    4: "updating terrain obstacles",
    5: "idle",
    255: "something is wrong with the aircraft",
    256: "unknown",
}
DRC_STATE = {0: "off", 1: "connecting", 2: "connected"}
CONTROL_SOURCE = {"": "nobody", "A": "controller A", "B": "controller B"}


class SubDevice(Model):
    """The aircraft that belongs to the dock."""

    device_sn: str | None = field("Serial number of the aircraft.")
    product_type: str | None = field("Model key of the aircraft, on Dock 1.")
    device_model_key: str | None = field('Model key of the aircraft, as "0-91-0".')
    device_online_status: int | None = field("Whether it is switched on.", values=OFF_ON)
    device_paired: int | None = field("Whether it is paired with the dock.", values={0: "not paired", 1: "paired"})


class NetworkState(Model):
    """The dock's way to the cloud."""

    type: int | None = field("Kind of network.", values={1: "4G", 2: "Ethernet"})
    quality: int | None = field(
        "Quality of the network.", values={0: "none", 1: "bad", 2: "poor", 3: "fair", 4: "good", 5: "very good"}
    )
    rate: float | None = field("Throughput.", unit="KB/s")


class MediaFileDetail(Model):
    """The dock's upload queue."""

    remain_upload: int | None = field("Files that wait to be uploaded.")


class WirelessLink(Model):
    """The picture link between dock and aircraft."""

    dongle_number: int | None = field("Dongles on the aircraft.")
    link_4g_state: int | None = field("Whether the 4G link is up.", values={0: "down", 1: "up"}, wire="4g_link_state")
    sdr_link_state: int | None = field("Whether the radio link is up.", values={0: "down", 1: "up"})
    link_workmode: int | None = field("Which links are used.", values={0: "radio", 1: "radio and 4G"})
    sdr_quality: int | None = field("Quality of the radio link.", low=0, high=5)
    quality_4g: int | None = field("Quality of 4G as a whole.", low=0, high=5, wire="4g_quality")
    uav_quality_4g: int | None = field("Quality of 4G at the aircraft.", low=0, high=5, wire="4g_uav_quality")
    gnd_quality_4g: int | None = field("Quality of 4G at the dock.", low=0, high=5, wire="4g_gnd_quality")
    sdr_freq_band: float | None = field("Band of the radio link.", unit="GHz")
    freq_band_4g: float | None = field("Band of 4G.", unit="GHz", wire="4g_freq_band")


class BackupBattery(Model):
    """The battery that keeps the dock alive without mains."""

    switch: int | None = field("Whether it is switched on.", values=OFF_ON)
    voltage: Number | None = field("Voltage.", unit="mV", low=0, high=30000)
    temperature: float | None = field("Temperature.", unit="°C")


class DroneChargeState(Model):
    """The aircraft on the charger."""

    capacity_percent: int | None = field("Charge of the aircraft.", unit="%", low=0, high=100)
    state: int | None = field("Whether it charges.", values={0: "not charging", 1: "charging"})


class AirConditioner(Model):
    """The dock's air conditioning."""

    air_conditioner_state: int | None = field("What it does; 0 is nothing.")
    switch_time: int | None = field("How long until it can be switched over.", unit="s")


class MaintainedBattery(Model):
    """A battery of the aircraft, in the dock."""

    capacity_percent: int | None = field("Charge.", unit="%", low=0, high=100)
    index: int | None = field("Which battery.", values={0: "left", 1: "right"})
    voltage: Number | None = field("Voltage.", unit="mV")
    temperature: float | None = field("Temperature.", unit="°C")


class DroneBatteryMaintenance(Model):
    """What the dock does for the aircraft's batteries."""

    maintenance_state: int | None = field("Maintenance.", values={0: "not needed", 1: "waiting", 2: "running"})
    maintenance_time_left: Number | None = field("How long it will take.", unit="h")
    heat_state: int | None = field("Heating.", values={0: "none", 1: "heating up", 2: "keeping warm"})
    batteries: list[MaintainedBattery] | None = field("The batteries.")


class AuthorityPayload(Model):
    """Who controls a payload."""

    control_source: str | None = field("Who controls it.", values=CONTROL_SOURCE)
    payload_index: str | None = field("Index of the payload.")
    sn: str | None = field("Serial number of the payload.")


class DroneAuthorityInfo(Model):
    """Who controls the aircraft, on Dock 1."""

    control_source: str | None = field("Who flies.", values=CONTROL_SOURCE)
    locked: bool | None = field("Whether control of the flight is locked; that of payloads is not.")
    payloads: list[AuthorityPayload] | None = field("Who controls the payloads.")


class SelfConvergeCoordinate(Model):
    """Where the dock found itself to be, on Dock 3."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)
    height: float | None = field("Height above the ellipsoid.", unit="m")


class DockProperties(Body):
    """All that Dock 1, 2 and 3 report, in osd (twice a second at most, in parts) and state (on change)."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90, push=OSD)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180, push=OSD)
    height: float | None = field("Height above the ellipsoid.", unit="m", push=OSD)
    heading: float | None = field("Where the dock faces.", unit="°", low=-180, high=180, push=OSD)
    home_position_is_valid: int | None = field(
        "Whether place and heading are known.",
        values={0: "neither", 1: "both", 2: "only the heading", 3: "only the place"},
        push=OSD,
    )
    self_converge_coordinate: SelfConvergeCoordinate | None = field("Where the dock found itself to be.", push=OSD)
    position_state: PositionState | None = field("How well the dock knows where it is.", push=OSD)
    alternate_land_point: AlternateLandPoint | None = field("Where to land if not in the dock.", push=OSD)
    mode_code: int | None = field("What the dock is doing.", values=DOCK_MODE, push=OSD)
    flighttask_step_code: int | None = field("Where in a task the dock is.", values=TASK_STEP, push=OSD)
    flighttask_prepare_capacity: int | None = field("How many tasks can be prepared; seen in examples.", push=OSD)
    cover_state: int | None = field(
        "The cover.", values={0: "closed", 1: "open", 2: "half open", 3: "faulty"}, push=OSD
    )
    putter_state: int | None = field(
        "The driving rods, on Dock 1.", values={0: "closed", 1: "open", 2: "half open", 3: "faulty"}, push=OSD
    )
    drone_in_dock: int | None = field("Where the aircraft is.", values={0: "outside", 1: "in the dock"}, push=OSD)
    sub_device: SubDevice | None = field("The aircraft that belongs to the dock.", push=OSD)
    drone_charge_state: DroneChargeState | None = field("The aircraft on the charger.", push=OSD)
    drone_battery_maintenance_info: DroneBatteryMaintenance | None = field("Care of the batteries.", push=OSD)
    drone_authority_info: DroneAuthorityInfo | None = field("Who controls the aircraft, on Dock 1.", push=OSD)
    supplement_light_state: int | None = field("The light in the dock.", values=OFF_ON, push=OSD)
    emergency_stop_state: int | None = field(
        "The emergency stop button.", values={0: "released", 1: "pressed"}, push=OSD
    )
    alarm_state: int | None = field("The siren and light.", values=OFF_ON, push=OSD)
    battery_store_mode: int | None = field("How the battery is kept.", values={1: "plan", 2: "standby"}, push=OSD)
    backup_battery: BackupBattery | None = field("The dock's backup battery.", push=OSD)
    air_conditioner: AirConditioner | None = field("The air conditioning.", push=OSD)
    air_conditioner_mode: int | None = field("Mode of the air conditioning; seen in examples.", push=OSD)
    network_state: NetworkState | None = field("The dock's way to the cloud.", push=OSD)
    wireless_link: WirelessLink | None = field("The picture link.", push=OSD)
    wireless_link_topo: WirelessLinkTopo | None = field("Who is paired with whom.", push=STATE)
    rtcm_info: RtcmInfo | None = field("Where the RTK calibration came from.", push=STATE)
    dongle_infos: list[DongleInfo] | None = field("The dock's 4G dongles.", push=STATE)
    drc_state: int | None = field("Link of the live flight controls.", values=DRC_STATE, push=OSD)
    media_file_detail: MediaFileDetail | None = field("The upload queue.", push=OSD)
    live_capacity: LiveCapacity | None = field("What can be streamed.", push=STATE)
    live_status: list[LiveStatus] | None = field("What is being streamed; [] without streams.", push=STATE)
    rainfall: int | None = field("Rain.", values={0: "none", 1: "light", 2: "moderate", 3: "heavy"}, push=OSD)
    wind_speed: float | None = field("Wind at the dock.", unit="m/s", push=OSD)
    environment_temperature: float | None = field("Temperature outside.", unit="°C", push=OSD)
    temperature: float | None = field("Temperature in the dock.", unit="°C", push=OSD)
    humidity: float | None = field("Humidity in the dock.", unit="%RH", low=0, high=100, push=OSD)
    electric_supply_voltage: Number | None = field("Mains voltage, on Dock 1.", unit="V", push=OSD)
    working_voltage: Number | None = field("Voltage the dock runs on.", unit="mV", push=OSD)
    working_current: float | None = field("Current the dock draws.", unit="mA", push=OSD)
    storage: Storage | None = field("Room for files.", push=OSD)
    job_number: int | None = field("Flights so far.", push=OSD)
    acc_time: int | None = field("Time the dock has run; state by the tables, osd in all examples.", unit="s", push=OSD)
    first_power_on: int | None = field("When it was first switched on, since 1970.", unit="ms", push=OSD)
    activation_time: int | None = field("When it was activated, since 1970.", unit="s", push=OSD)
    maintain_status: MaintainStatus | None = field("Services of the dock.", push=OSD)
    firmware_version: str | None = field("Firmware.", push=STATE, length=64)
    firmware_upgrade_status: int | None = field("Whether firmware is being upgraded.", values=UPGRADE, push=STATE)
    compatible_status: int | None = field("Whether dock and aircraft fit.", values=COMPATIBLE, push=STATE)
    wpmz_version: str | None = field("Version of the WPML library, on Dock 1.", push=STATE)
    user_experience_improvement: int | None = field(
        "Taking part in DJI's improvement programme.",
        values={0: "not asked", 1: "refused", 2: "agreed"},
        push=STATE,
        settable=True,
    )
    silent_mode: int | None = field("Quiet mode.", values=OFF_ON, push=STATE, settable=True)
    air_transfer_enable: bool | None = field("Photos are sent while flying.", push=STATE, settable=True)


class DockOsd(DockProperties):
    """A part of what a dock reports every two seconds."""

    kind = Kind.OSD


class DockState(DockProperties):
    """What has changed on a dock."""

    kind = Kind.STATE
