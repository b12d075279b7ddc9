"""The link of the live flight controls: authority, sticks, and what comes back."""

from dji.fields import Number, field
from dji.model import Command, DrcCommand, DrcPush, DrcReply, Event, Model, Reply
from dji.properties.dock import DRC_STATE


class LiveviewDelayList(Model):
    """How late one stream is."""

    video_id: str | None = field("What is streamed: {sn}/{camera index}/{video index}.")
    liveview_delay_time: int | None = field("Delay of the picture.", unit="ms")


class DelayInfoPush(DrcPush, method="delay_info_push"):
    """How late commands and pictures are."""

    sdr_cmd_delay: int | None = field("Delay of commands over the picture link.", unit="ms")
    liveview_delay_list: list[LiveviewDelayList] | None = field("Delay of each stream.")


class MqttBroker(Model):
    """A broker, and how to log in to it."""

    address: str | None = field('Host and port, as "host:1883".', required=True)
    client_id: str | None = field("Client id.", required=True)
    username: str | None = field("User name.")
    password: str | None = field("Password.")
    expire_time: int | None = field("When the login ends, since 1970; an open link is not cut.", unit="s")
    enable_tls: bool | None = field("Whether to use TLS.")


class DrcModeEnter(Command, method="drc_mode_enter"):
    """Tell the dock to open the link of the live flight controls."""

    mqtt_broker: MqttBroker | None = field("The broker the dock is to connect to.", required=True)
    osd_frequency: int | None = field("How often position is pushed.", unit="Hz", low=1, high=30, required=True)
    hsi_frequency: int | None = field("How often obstacles are pushed.", unit="Hz", low=1, high=30, required=True)


class DrcModeEnterReply(Reply, method="drc_mode_enter"):
    """The dock's answer to `drc_mode_enter`."""


class DrcModeExit(Command, method="drc_mode_exit"):
    """Tell the dock to close the link of the live flight controls."""


class DrcModeExitReply(Reply, method="drc_mode_exit"):
    """The dock's answer to `drc_mode_exit`."""


class DrcStatusNotify(Event, method="drc_status_notify", deprecated=(1, 2, 3)):
    """State of the link; the property `drc_state` has taken its place."""

    result: int | None = field("0, or the error code of what went wrong.")
    drc_state: int | None = field("Link of the live flight controls.", values=DRC_STATE)


class DroneControl(DrcCommand, method="drone_control", deprecated=(2, 3)):
    """Fly by speeds, 5 to 10 times a second. Current on Dock 1; elsewhere `stick_control` has taken its place."""

    seq: int | None = field("Number of the message, rising.")
    x: float | None = field("Speed forward.", unit="m/s", low=-17, high=17)
    y: float | None = field("Speed to the right.", unit="m/s", low=-17, high=17)
    h: float | None = field("Speed upward.", unit="m/s", low=-4, high=5)
    w: float | None = field("Speed of turning, clockwise.", unit="°/s", low=-90, high=90)


class DroneControlOutput(Model):
    """The command that was not flown."""

    seq: int | None = field("Number of the refused command.")


class DroneControlReply(DrcReply, method="drone_control", deprecated=(2, 3)):
    """Why a speed was not flown; nothing comes if it was."""

    output: DroneControlOutput | None = field("The refused command.")


class DroneEmergencyStop(DrcCommand, method="drone_emergency_stop"):
    """Stop where it is and hover; also ends forced landings."""


class DroneEmergencyStopReply(DrcReply, method="drone_emergency_stop"):
    """The dock's answer to `drone_emergency_stop`."""


class FlightAuthorityGrab(Command, method="flight_authority_grab"):
    """Take control of the flight."""


class FlightAuthorityGrabReply(Reply, method="flight_authority_grab"):
    """The dock's answer to `flight_authority_grab`."""


class HeartBeat(DrcCommand, method="heart_beat"):
    """Sign of life; without one for 60 s the link ends."""

    seq: int | None = field("Number of the message, rising.")
    timestamp: int | None = field("When it was sent, since 1970.", unit="ms", required=True)


class HeartBeatReply(DrcPush, method="heart_beat"):
    """The echo of a sign of life."""

    seq: int | None = field("Number of the message, rising.")
    timestamp: int | None = field("When it was sent, since 1970.", unit="ms")


class HsiInfoPush(DrcPush, method="hsi_info_push"):
    """Obstacles around the aircraft."""

    up_distance: Number | None = field("Distance of what is above.", unit="mm")
    down_distance: Number | None = field("Distance of what is below.", unit="mm")
    up_enable: bool | None = field("Whether obstacles above are looked for.")
    up_work: bool | None = field("Whether the sensors above work.")
    down_enable: bool | None = field("Whether obstacles below are looked for.")
    down_work: bool | None = field("Whether the sensors below work.")
    left_enable: bool | None = field("Whether obstacles on the left are looked for.")
    left_work: bool | None = field("Whether the sensors on the left work.")
    right_enable: bool | None = field("Whether obstacles on the right are looked for.")
    right_work: bool | None = field("Whether the sensors on the right work.")
    front_enable: bool | None = field("Whether obstacles in front are looked for.")
    front_work: bool | None = field("Whether the sensors in front work.")
    back_enable: bool | None = field("Whether obstacles behind are looked for.")
    back_work: bool | None = field("Whether the sensors behind work.")
    vertical_enable: bool | None = field("Whether obstacles above and below are looked for.")
    vertical_work: bool | None = field("Whether the sensors above and below work.")
    horizontal_enable: bool | None = field("Whether obstacles around are looked for.")
    horizontal_work: bool | None = field("Whether the sensors around work.")
    around_distances: list[int] | None = field(
        "Distances around, one for each degree; 60000 is none, 4 are of a time-of-flight sensor.",
        size=360,
        misspelled="around_distance",
        wire="around_distances",
    )


JOYSTICK_INVALID = {
    0: "controller lost",
    1: "returning home on low battery",
    2: "landing on low battery",
    3: "near a no-fly area",
    4: "a controller took over",
}


class JoystickInvalidNotify(Event, method="joystick_invalid_notify"):
    """The sticks no longer fly the aircraft."""

    reason: int | None = field(
        "Why control was lost.",
        values=JOYSTICK_INVALID,
    )


class OsdInfoPush(DrcPush, method="osd_info_push"):
    """Where the aircraft is, at the rate that was asked for."""

    attitude_head: float | None = field("Where the aircraft faces; 0 is north.", unit="°")
    latitude: float | None = field("Latitude, WGS 84.", unit="°")
    longitude: float | None = field("Longitude, WGS 84.", unit="°")
    height: float | None = field("Height above the ellipsoid.", unit="m")
    speed_x: float | None = field("Speed to the north.", unit="m/s")
    speed_y: float | None = field("Speed to the east.", unit="m/s")
    speed_z: float | None = field("Speed down.", unit="m/s")
    gimbal_pitch: float | None = field("Pitch of the gimbal.", unit="°")
    gimbal_roll: float | None = field("Roll of the gimbal.", unit="°")
    gimbal_yaw: float | None = field("Yaw of the gimbal.", unit="°")


class PayloadAuthorityGrab(Command, method="payload_authority_grab"):
    """Take control of a payload."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)


class PayloadAuthorityGrabReply(Reply, method="payload_authority_grab"):
    """The dock's answer to `payload_authority_grab`."""


class StickControl(DrcCommand, method="stick_control", docks=(2, 3)):
    """Fly by sticks, 5 to 10 times a second; 1024 is the middle."""

    roll: int | None = field("Roll stick; up is to the right.", low=364, high=1684, required=True)
    pitch: int | None = field("Pitch stick; up is forward.", low=364, high=1684, required=True)
    throttle: int | None = field("Throttle; up is climbing.", low=364, high=1684, required=True)
    yaw: int | None = field("Yaw stick; up is clockwise.", low=364, high=1684, required=True)
    gimbal_pitch: int | None = field("Gimbal wheel; in the example only.", low=364, high=1684)
