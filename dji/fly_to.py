"""Flights to a point, circles around one, and what is met on the way."""

from dji.fields import field
from dji.model import Command, Event, Model, Reply
from dji.properties.aircraft import COMMANDER_LOST_ACTION, COMMANDER_MODE, EXIT_WHEN_LOST, RC_LOST_ACTION
from dji.shared import RTH_MODE, PathPoint, SimulateMission, TargetPoint

FLY_TO_STATUS = {
    "wayline_progress": "on the way",
    "wayline_ok": "arrived",
    "wayline_failed": "failed",
    "wayline_cancel": "called off",
}
TAKEOFF_STATUS = {"task_ready": "ready to take off", **FLY_TO_STATUS, "task_finish": "at its end"}
POI_REASON = {
    0: "none",
    1: "the payload is not suited",
    2: "the camera's mode is not suited",
    3: "not a command for now",
    4: "no position",
    5: "not in the air",
    6: "wrong flight mode",
    7: "not possible now: returning, landing or without position",
    8: "controller or picture link lost",
}


class FlyToPoint(Command, method="fly_to_point"):
    """Fly to a point."""

    fly_to_id: str | None = field("Id of the flight to the point.", required=True)
    max_speed: int | None = field("Greatest speed.", unit="m/s", low=0, high=15)
    points: list[TargetPoint] | None = field("The point, one.", required=True)


class FlyToPointReply(Reply, method="fly_to_point"):
    """The dock's answer to `fly_to_point`."""


class FlyToPointProgress(Event, method="fly_to_point_progress"):
    """How far the flight to a point is."""

    fly_to_id: str | None = field("Id of the flight to the point.")
    status: str | None = field("State.", values=FLY_TO_STATUS)
    result: int | None = field("0, or the error code of what went wrong.")
    way_point_index: int | None = field("Waypoint that is flown to.")
    remaining_distance: float | None = field("Distance left.", unit="m")
    remaining_time: float | None = field("Time left.", unit="s")
    planned_path_points: list[PathPoint] | None = field("The planned path.")


class FlyToPointStop(Command, method="fly_to_point_stop"):
    """Stop the flight to a point, and hover."""


class FlyToPointStopReply(Reply, method="fly_to_point_stop"):
    """The dock's answer to `fly_to_point_stop`."""


class FlyToPointUpdate(Command, method="fly_to_point_update"):
    """Fly to another point instead."""

    max_speed: int | None = field("Greatest speed.", unit="m/s", low=1, high=15)
    points: list[TargetPoint] | None = field("The new point, one.", required=True)


class FlyToPointUpdateReply(Reply, method="fly_to_point_update"):
    """The dock's answer to `fly_to_point_update`."""


class Obstacle(Model):
    """One obstacle, and what was done."""

    id: int | None = field("Number of the entry.")
    type: int | None = field(
        "What happened.", values={0: "began to fly around", 1: "back on the wayline", 2: "stopped"}
    )
    timestamp: int | None = field("When, since 1970.", unit="ms")
    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)
    height: float | None = field("Height above the ellipsoid.", unit="m")
    wayline_id: int | None = field("Id of the wayline in its file.")
    waypoint_index: int | None = field("Waypoint it was flying to.")


class ObstacleAvoidanceNotify(Event, method="obstacle_avoidance_notify", docks=(3,)):
    """Obstacles that a wayline met."""

    wayline_uuid: str | None = field("Id of the wayline.")
    flight_id: str | None = field("Id of the task.")
    obstacles: list[Obstacle] | None = field("What was met.")
    is_final_report: bool | None = field("Whether this is the last of its group.")


class PoiCircleSpeedSet(Command, method="poi_circle_speed_set", docks=(1,)):
    """Set the speed on the circle."""

    circle_speed: float | None = field("Speed on the circle; its sign is the direction.", unit="m/s", required=True)


class PoiCircleSpeedSetReply(Reply, method="poi_circle_speed_set", docks=(1,)):
    """The dock's answer to `poi_circle_speed_set`."""


class PoiModeEnter(Command, method="poi_mode_enter", docks=(1,)):
    """Circle around a point."""

    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90, required=True)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180, required=True)
    height: float | None = field("Height above the ellipsoid.", unit="m", low=2, high=10000, required=True)


class PoiModeEnterReply(Reply, method="poi_mode_enter", docks=(1,)):
    """The dock's answer to `poi_mode_enter`."""


class PoiModeExit(Command, method="poi_mode_exit", docks=(1,)):
    """End circling."""


class PoiModeExitReply(Reply, method="poi_mode_exit", docks=(1,)):
    """The dock's answer to `poi_mode_exit`."""


class PoiStatusNotify(Event, method="poi_status_notify", docks=(1,)):
    """How circling goes on."""

    status: str | None = field("State.", values={"in_progress": "circling", "ok": "done", "failed": "failed"})
    reason: int | None = field("Why it ended.", values=POI_REASON)
    circle_radius: float | None = field("Radius of the circle.", unit="m")
    circle_speed: float | None = field("Speed on the circle; its sign is the direction.", unit="m/s")
    max_circle_speed: float | None = field("Greatest speed on a circle of that radius.", unit="m/s")


class TakeoffToPoint(Command, method="takeoff_to_point"):
    """Take off and fly to a point."""

    target_latitude: float | None = field("Latitude of the point, WGS 84.", unit="°", low=-90, high=90, required=True)
    target_longitude: float | None = field(
        "Longitude of the point, WGS 84.", unit="°", low=-180, high=180, required=True
    )
    target_height: float | None = field(
        "Height of the point above the ellipsoid.", unit="m", low=2, high=1500, required=True
    )
    security_takeoff_height: float | None = field(
        "Height to climb to first, above take-off.", unit="m", low=20, high=1500, required=True
    )
    rth_altitude: int | None = field("Height of the way home, above take-off.", unit="m", low=2, high=1500)
    rc_lost_action: int | None = field("What to do without a link.", values=RC_LOST_ACTION)
    exit_wayline_when_rc_lost: int | None = field("What becomes of the wayline without a link.", values=EXIT_WHEN_LOST)
    commander_mode_lost_action: int | None = field(
        "What becomes of the flight without a link.", values=COMMANDER_LOST_ACTION
    )
    commander_flight_height: float | None = field(
        "The set height of the flight, above take-off.", unit="m", low=2, high=3000
    )
    flight_id: str | None = field("Id of the task.", required=True)
    max_speed: int | None = field("Greatest speed.", unit="m/s", low=1, high=15)
    simulate_mission: SimulateMission | None = field("Fly in the simulator.")
    rth_mode: int | None = field("Height of the way home.", values=RTH_MODE)
    commander_flight_mode: int | None = field("Height of the flight.", values=COMMANDER_MODE)
    flight_safety_advance_check: bool | None = field("Check that flying is safe before take-off.")


class TakeoffToPointReply(Reply, method="takeoff_to_point"):
    """The dock's answer to `takeoff_to_point`."""


class TakeoffToPointProgress(Event, method="takeoff_to_point_progress"):
    """How far take-off and flight are; `task_finish` is the end, `wayline_ok` the arrival."""

    status: str | None = field("State.", values=TAKEOFF_STATUS)
    result: int | None = field("0, or the error code of what went wrong.")
    flight_id: str | None = field("Id of the task.")
    track_id: str | None = field("Id of the track that is flown.")
    way_point_index: int | None = field("Waypoint that is flown to.")
    remaining_distance: float | None = field("Distance left.", unit="m")
    remaining_time: float | None = field("Time left.", unit="s")
    planned_path_points: list[PathPoint] | None = field("The planned path.")
