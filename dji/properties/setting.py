"""Setting a property: all that can be set of docks and aircraft, and what a dock answers."""

from typing import Any

from dji.fields import field
from dji.model import Body
from dji.properties.aircraft import (
    COMMANDER_LOST_ACTION,
    COMMANDER_MODE,
    EXIT_WHEN_LOST,
    RC_LOST_ACTION,
    DistanceLimitStatus,
    ObstacleAvoidance,
    WatermarkSettings,
)
from dji.shared import OFF_ON
from dji.topics import Kind

# A reply's result besides 0 (done) and error codes.
FAILED = 1
TIMED_OUT = 2
MEANINGS = {FAILED: "the property was not set", TIMED_OUT: "setting the property took too long"}


class PropertySet(Body):
    """Properties to set; a dock takes one leaf a message. Source: `property/set`."""

    kind = Kind.PROPERTY_SET

    user_experience_improvement: int | None = field(
        "Take part in DJI's improvement programme.", values={1: "refuse", 2: "agree"}
    )
    silent_mode: int | None = field("Quiet mode of the dock.", values=OFF_ON)
    air_transfer_enable: bool | None = field("Send photos while flying; Dock 2 and 3.")
    night_lights_state: int | None = field("Lights for the night.", values=OFF_ON)
    height_limit: int | None = field("Limit of height.", unit="m", low=20, high=1500)
    distance_limit_status: DistanceLimitStatus | None = field("Limit of distance.")
    obstacle_avoidance: ObstacleAvoidance | None = field("Watch for obstacles.")
    rth_altitude: int | None = field("Height of the way home, above take-off.", unit="m", low=20, high=500)
    rc_lost_action: int | None = field("What to do without a controller; M30.", values=RC_LOST_ACTION)
    exit_wayline_when_rc_lost: int | None = field("What becomes of a wayline then; M30.", values=EXIT_WHEN_LOST)
    commander_mode_lost_action: int | None = field(
        "What becomes of a flight to a point without a link.", values=COMMANDER_LOST_ACTION
    )
    commander_flight_mode: int | None = field("Height of flights to a point.", values=COMMANDER_MODE)
    commander_flight_height: float | None = field("The set height of those.", unit="m", low=2, high=3000)
    camera_watermark_settings: WatermarkSettings | None = field("Writing in pictures.")
    remaining_power_for_return_home: int | None = field("Charge kept for the way home.", unit="%", low=0, high=100)


class PropertySetReply(Body):
    """What became of each property: the request, with `{"result": n}` in the place of each leaf.

    Result 0 is done, 1 failed, 2 timed out, else an error code. Docks also say 0 for what they cannot set: the next
    osd or state tells.
    """

    kind = Kind.PROPERTY_SET_REPLY

    @property
    def results(self) -> dict[str, int]:
        """The result of each property by its path ("distance_limit_status.state")."""
        found: dict[str, int] = {}
        pending: list[tuple[str, Any]] = list((self.__pydantic_extra__ or {}).items())
        while pending:
            path, value = pending.pop()
            if isinstance(value, int):
                found[path] = value
            elif isinstance(value, dict):
                result = value.get("result")
                if isinstance(result, int) and not isinstance(result, bool):
                    found[path] = result
                else:
                    pending.extend((f"{path}.{key}", inner) for key, inner in value.items())
        return found

    @classmethod
    def knows_key(cls, key: str) -> bool:
        return True
