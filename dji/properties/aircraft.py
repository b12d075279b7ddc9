"""What an aircraft reports of itself."""

import re

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
from dji.properties.payload import CameraState, Payload
from dji.properties.psdk import PsdkUiResource, PsdkWidgetValues
from dji.properties.values import AIRCRAFT_MODE, GEAR, MODE_REASON, WIND_DIRECTION
from dji.shared import OFF_ON, RTH_MODE, WirelessLinkTopo
from dji.topics import Kind

NEAR = {0: "not near", 1: "near"}
# Not in the order of the lost action of waylines.
RC_LOST_ACTION = {0: "hover", 1: "land", 2: "return home"}
EXIT_WHEN_LOST = {0: "go on with the wayline", 1: "leave it and do the lost action"}
COMMANDER_LOST_ACTION = {0: "go on to the point", 1: "give up and do the lost action"}
COMMANDER_MODE = {0: "best height", 1: "the set height"}

# A payload's osd stands under its index, as "99-0-0"; some pages print the placeholder itself.
_PAYLOAD_KEY = re.compile(r"\d+-\d+-\d+|_?\{?type[-_]subtype[-_]gimbalindex\}?_?")


class DistanceLimitStatus(Model):
    """The limit on the distance from home."""

    state: int | None = field("Whether there is a limit.", values=OFF_ON, settable=True)
    distance_limit: int | None = field("The limit.", unit="m", low=15, high=8000, settable=True)
    is_near_distance_limit: int | None = field("Whether the aircraft is near it.", values=NEAR, settable=True)


class ObstacleAvoidance(Model):
    """Which sides are watched for obstacles."""

    horizon: int | None = field("Around.", values=OFF_ON, settable=True)
    upside: int | None = field("Above.", values=OFF_ON, settable=True)
    downside: int | None = field("Below.", values=OFF_ON, settable=True)


class WatermarkSettings(Model):
    """What is written into photos and video."""

    global_enable: int | None = field("Anything at all.", values=OFF_ON, settable=True)
    drone_type_enable: int | None = field("Model of the aircraft.", values=OFF_ON, settable=True)
    drone_sn_enable: int | None = field("Serial number of the aircraft.", values=OFF_ON, settable=True)
    datetime_enable: int | None = field("Date and time.", values=OFF_ON, settable=True)
    gps_enable: int | None = field("Place and height.", values=OFF_ON, settable=True)
    user_custom_string_enable: int | None = field("A text of one's own.", values=OFF_ON, settable=True)
    user_custom_string: str | None = field("That text.", settable=True)
    layout: int | None = field(
        "Corner it is written in.",
        values={0: "top left", 1: "bottom left", 2: "top right", 3: "bottom right"},
        settable=True,
    )


class Battery(Model):
    """One battery."""

    capacity_percent: int | None = field("Charge.", unit="%", low=0, high=100)
    index: int | None = field("Number of the battery.", low=0)
    sn: str | None = field("Serial number.")
    type: int | None = field("Type of the battery.")
    sub_type: int | None = field("Sub-type of the battery.")
    firmware_version: str | None = field("Firmware of the battery.")
    loop_times: int | None = field("Charging cycles.")
    voltage: Number | None = field("Voltage.", unit="mV")
    temperature: float | None = field("Temperature.", unit="°C")
    high_voltage_storage_days: int | None = field("Time it was kept at high voltage.", unit="d")


class BatteryState(Model):
    """The batteries together."""

    capacity_percent: int | None = field("Charge of all.", unit="%", low=0, high=100)
    remain_flight_time: int | None = field("Flight time left.", unit="s")
    return_home_power: int | None = field("Charge needed to get home.", unit="%", low=0, high=100)
    landing_power: int | None = field("Charge at which it lands by force.", unit="%", low=0, high=100)
    batteries: list[Battery] | None = field("The batteries.")


class PayloadInfo(Model):
    """A payload, on M30."""

    control_source: str | None = field("Who controls it.")
    payload_index: str | None = field('Index of the payload, as "52-0-0".')
    firmware_version: str | None = field("Firmware of the payload.")
    sn: str | None = field("Serial number of the payload.")


class AircraftProperties(Body):
    """All that M30, M3D and M4D report, in osd (every two seconds) and state (on change)."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°", push=OSD)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", push=OSD)
    height: float | None = field("Height above the ellipsoid.", unit="m", push=OSD)
    elevation: float | None = field("Height above take-off.", unit="m", push=OSD)
    horizontal_speed: float | None = field("Speed over ground.", unit="m/s", push=OSD)
    vertical_speed: float | None = field("Speed upward.", unit="m/s", push=OSD)
    attitude_head: Number | None = field("Where it faces; 0 is north.", unit="°", push=OSD)
    attitude_pitch: float | None = field("Pitch.", unit="°", push=OSD)
    attitude_roll: float | None = field("Roll.", unit="°", push=OSD)
    position_state: PositionState | None = field("How well it knows where it is.", push=OSD)
    mode_code: int | None = field("What it is doing.", values=AIRCRAFT_MODE, push=OSD)
    mode_code_reason: int | None = field("Why it is doing that.", values=MODE_REASON, push=STATE)
    gear: int | None = field("Gear.", values=GEAR, push=OSD)
    control_source: str | None = field("Who controls it: A, B, or a browser's id.", push=STATE)
    track_id: str | None = field("Id of the track it flies.", length=64, push=OSD)
    home_latitude: float | None = field("Latitude of home.", unit="°", push=STATE)
    home_longitude: float | None = field("Longitude of home.", unit="°", push=STATE)
    home_distance: float | None = field("Distance from home.", unit="m", push=OSD)
    wind_speed: float | None = field("Wind, as the aircraft feels it.", unit="0.1 m/s", push=OSD)
    wind_direction: int | None = field("Where the wind comes from.", values=WIND_DIRECTION, push=OSD)
    battery: BatteryState | None = field("The batteries.", push=OSD)
    low_battery_warning_threshold: int | None = field("Charge at which it warns.", unit="%", push=STATE)
    serious_low_battery_warning_threshold: int | None = field("Charge at which it is grave.", unit="%", push=STATE)
    remaining_power_for_return_home: int | None = field(
        "Charge kept for the way home.", unit="%", low=0, high=100, push=STATE, settable=True
    )
    cameras: list[CameraState] | None = field("The cameras.", push=OSD)
    payloads: list[PayloadInfo] | None = field("The payloads, on M30.", push=STATE)
    obstacle_avoidance: ObstacleAvoidance | None = field("Watch for obstacles.", push=OSD, settable=True)
    is_near_area_limit: int | None = field("Near the edge of a GEO zone.", values=NEAR, push=OSD)
    is_near_height_limit: int | None = field("Near the limit of height.", values=NEAR, push=OSD)
    height_limit: int | None = field("Limit of height.", unit="m", low=20, high=1500, push=OSD, settable=True)
    distance_limit_status: DistanceLimitStatus | None = field("Limit of distance.", push=OSD, settable=True)
    rth_altitude: int | None = field(
        "Height of the way home, above take-off.", unit="m", low=20, high=500, push=OSD, settable=True
    )
    rth_mode: int | None = field("Height of the way home, as set.", values=RTH_MODE, push=STATE)
    current_rth_mode: int | None = field("Height of the way home, as it is now.", values=RTH_MODE, push=STATE)
    rc_lost_action: int | None = field(
        "What to do without a controller, on M30.", values=RC_LOST_ACTION, push=OSD, settable=True
    )
    exit_wayline_when_rc_lost: int | None = field(
        "What becomes of a wayline then, on M30.", values=EXIT_WHEN_LOST, push=OSD, settable=True
    )
    commander_flight_mode: int | None = field(
        "Height of flights to a point, as set.", values=COMMANDER_MODE, push=STATE, settable=True
    )
    current_commander_flight_mode: int | None = field(
        "Height of flights to a point, as it is now.", values=COMMANDER_MODE, push=STATE
    )
    commander_flight_height: float | None = field(
        "The set height of flights to a point.", unit="m", low=2, high=3000, push=STATE, settable=True
    )
    commander_mode_lost_action: int | None = field(
        "What becomes of a flight to a point without a link.", values=COMMANDER_LOST_ACTION, push=STATE, settable=True
    )
    night_lights_state: int | None = field("Lights for the night.", values=OFF_ON, push=OSD, settable=True)
    camera_watermark_settings: WatermarkSettings | None = field("Writing in pictures.", push=STATE, settable=True)
    best_link_gateway: str | None = field("Dock that hears the aircraft best; commands go to it.", push=STATE)
    wireless_link_topo: WirelessLinkTopo | None = field("Who is paired with whom.", push=STATE)
    dongle_infos: list[DongleInfo] | None = field("The aircraft's 4G dongles.", push=STATE)
    psdk_ui_resource: list[PsdkUiResource] | None = field("Pages of payloads.", push=STATE)
    psdk_widget_values: list[PsdkWidgetValues] | None = field("Payloads and their controls.", push=STATE)
    storage: Storage | None = field("Room for files.", push=OSD)
    total_flight_time: float | None = field("Flight time so far.", unit="s", push=OSD)
    total_flight_distance: float | None = field("Distance flown so far.", unit="m", push=OSD)
    total_flight_sorties: int | None = field("Flights so far.", low=0, high=2147483647, push=OSD)
    activation_time: int | None = field("When it was activated, since 1970.", unit="s", push=OSD)
    maintain_status: MaintainStatus | None = field("Services of the aircraft.", push=OSD)
    firmware_version: str | None = field("Firmware.", length=64, push=STATE)
    firmware_upgrade_status: int | None = field("Whether firmware is being upgraded.", values=UPGRADE, push=STATE)
    compatible_status: int | None = field("Whether dock and aircraft fit.", values=COMPATIBLE, push=STATE)
    flysafe_database_version: str | None = field("Version of the FlySafe data.", length=64, push=STATE)
    offline_map_enable: bool | None = field("Whether the offline map is used.", push=STATE)
    wpmz_version: str | None = field("Version of the WPML library, on M30.", push=STATE)
    country: str | None = field("Country it is in, on M30.", push=OSD)
    rid_state: bool | None = field("Whether Remote ID works, on M30.", push=OSD)

    @property
    def payload_osd(self) -> dict[str, Payload]:
        """The osd of each payload by its index ("99-0-0")."""
        extra = self.__pydantic_extra__ or {}
        return {
            key: Payload.read(value)
            for key, value in extra.items()
            if isinstance(value, dict) and _PAYLOAD_KEY.fullmatch(key)
        }

    @classmethod
    def model_at(cls, key: str) -> type[Model] | None:
        return Payload if _PAYLOAD_KEY.fullmatch(key) else None


class AircraftOsd(AircraftProperties):
    """What an aircraft reports every two seconds."""

    kind = Kind.OSD


class AircraftState(AircraftProperties):
    """What has changed on an aircraft; after waking up, all of it."""

    kind = Kind.STATE
