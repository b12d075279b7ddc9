"""Whether the route is for the aircraft, the camera and the dock that are to fly it."""

from collections.abc import Iterator
from typing import Final

from dji.products import Product, aircraft_of_dock, payload, payloads_of, product
from dji.wpml.enums import ExecuteHeightMode, ExitOnRCLost, LostAction
from dji.wpml.kmz import WAYLINES, Kmz
from dji.wpml.problems import Code, Problem, error, warning

_MISSION: Final = f"{WAYLINES}/Document/missionConfig"
_PLAN_AGAIN: Final = "Plan the route for the aircraft that is to fly it."
_PSDK_PAYLOAD: Final = 65534
_FOLLOWS_SURFACE: Final = (77,)
_REROUTES: Final = (91, 99, 100)
# Types that only the WPML pages name: the Mavic 3M and its camera.
_MAVIC_3M: Final = ("0-77-2", 68)


def check(kmz: Kmz, aircraft: str | None, dock: str | None) -> Iterator[Problem]:
    drone = kmz.mission.drone_info
    if drone is None or drone.key is None:
        return  # reported as a missing element
    planned = product(drone.key)
    yield from _aircraft(planned, aircraft, dock)
    yield from _camera(kmz, planned)
    yield from _abilities(kmz, planned)
    yield from _lost_action(kmz)


def _lost_action(kmz: Kmz) -> Iterator[Problem]:
    """A dock knows one lost action: `out_of_control_action` of `flighttask_prepare` is fixed to 0, return home."""
    mission = kmz.mission
    action = mission.execute_rc_lost_action
    if mission.exit_on_rc_lost != ExitOnRCLost.EXECUTE_LOST_ACTION or action in (None, LostAction.GO_BACK):
        return
    message = f"A dock has the aircraft return home when the signal is lost; the file says {action}."
    yield warning(Code.UNSUPPORTED, f"{_MISSION}/executeRCLostAction", message, f"Use {LostAction.GO_BACK}.")


def _aircraft(planned: Product, aircraft: str | None, dock: str | None) -> Iterator[Problem]:
    where = f"{_MISSION}/droneInfo"
    if aircraft is not None and planned.key != aircraft:
        message = f"The route is for {_named(planned)}, the aircraft is {_named(product(aircraft))}."
        yield error(Code.WRONG_AIRCRAFT, where, message, _PLAN_AGAIN)
    elif aircraft is None and dock is not None and planned.key not in (houses := aircraft_of_dock(dock)):
        names = " or ".join(_named(product(each)) for each in houses) or "no known aircraft"
        message = f"The route is for {_named(planned)}, {product(dock).name} houses {names}."
        yield error(Code.WRONG_AIRCRAFT, where, message, _PLAN_AGAIN)
    elif not planned.known and planned.key != _MAVIC_3M[0]:
        message = f"The route is for an aircraft that is not documented: {_named(planned)}."
        yield warning(Code.WRONG_AIRCRAFT, where, message, "Check droneEnumValue and droneSubEnumValue.")


def _camera(kmz: Kmz, planned: Product) -> Iterator[Problem]:
    info = kmz.mission.payload_info
    allowed = payloads_of(planned.key)
    if info is None or info.payload_enum_value is None or not allowed or info.payload_enum_value == _PSDK_PAYLOAD:
        return
    where = f"{_MISSION}/payloadInfo"
    types = {each.type for each in allowed}
    if info.payload_enum_value not in types:
        found = payload(f"{info.payload_enum_value}-0-0")
        name = f"{found.name} ({found.type})" if found else f"an unknown camera ({info.payload_enum_value})"
        have = ", ".join(sorted({f"{each.name} ({each.type})" for each in allowed}))
        message = f"The route is for {name}, {planned.name} carries {have}."
        yield error(Code.WRONG_PAYLOAD, f"{where}/payloadEnumValue", message, _PLAN_AGAIN)
    gimbals = {each.gimbal for each in allowed}
    if info.payload_position_index is not None and info.payload_position_index not in gimbals:
        message = f"{planned.name} has no gimbal {info.payload_position_index}."
        yield error(Code.WRONG_PAYLOAD, f"{where}/payloadPositionIndex", message, "Use 0, the main gimbal.")


def _abilities(kmz: Kmz, planned: Product) -> Iterator[Problem]:
    if not planned.known:
        return
    if kmz.mission.auto_reroute_info is not None and planned.type not in _REROUTES:
        message = f"{planned.name} does not fly around obstacles."
        yield warning(Code.UNSUPPORTED, f"{_MISSION}/autoRerouteInfo", message, "Leave the element out.")
    for number, wayline in enumerate(kmz.waylines):
        if wayline.execute_height_mode == ExecuteHeightMode.FOLLOW_SURFACE and planned.type not in _FOLLOWS_SURFACE:
            where = f"{WAYLINES}/Document/Folder[{number}]/executeHeightMode"
            message = f"{planned.name} cannot follow the ground as it sees it."
            yield error(Code.UNSUPPORTED, where, message, "Use WGS84 or relativeToStartPoint.")


def _named(item: Product) -> str:
    return f"{item.name} ({item.key})"
