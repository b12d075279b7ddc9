"""Drawn routes: points on a map beside a dock, made into a KMZ that is checked and kept like an uploaded one."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.body import Body
from api.deps import Operator, Parts, PartsDep
from api.idempotency import IdempotencyKey, resource_id
from api.pairing import Serial
from api.problems import Refused
from api.security import Principal
from api.waylines import WaylineView, checked, keep
from dji import wpml
from dji.wpml.enums import FinishAction, LostAction, TurnMode
from store.docks import aircraft_product

router = APIRouter(prefix="/v1/waylines", tags=["waylines"])

MOST_POINTS: Final = 1000
PLACEMARK: Final = re.compile(r"Placemark\[(\d+)\]|waypoints\[(\d+)\]")
FINISH: Final = {
    "home": FinishAction.GO_HOME, "hover": FinishAction.NO_ACTION, "first-point": FinishAction.GOTO_FIRST_WAYPOINT,
}  # fmt: skip
# A dock has one action for a lost link, the way home; a route can only say whether it is flown on
LOST_LINK: Final = {"home": LostAction.GO_BACK, "fly-on": None}
TURNS: Final = {"stop": TurnMode.STOP_STRAIGHT, "curve": TurnMode.COORDINATE_TURN}


class DrawnPoint(Body):
    """A waypoint, and what is done there: hover first, then the camera's pitch, then the photo."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height: float | None = Field(None, ge=2, le=1500, description="m; the route's where it is left out")
    speed: float | None = Field(None, ge=1, le=15, description="m/s on the way to the next point; else the route's")
    heading: float | None = Field(None, ge=-180, le=180, description="Degrees from north; else along the route")
    hover: float = Field(0, ge=0, le=600, description="seconds")
    gimbal_pitch: float | None = Field(None, ge=-90, le=35, description="Degrees: 0 is level, -90 straight down")
    photo: bool = False


class DrawnRoute(Body):
    """A route for the aircraft of a dock."""

    dock_sn: Serial = Field(description="Whose aircraft flies it: the file is made for that model")
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    points: list[DrawnPoint] = Field(min_length=2, max_length=MOST_POINTS)
    height: float = Field(60, ge=2, le=1500, description="m above what `heightMode` says")
    height_mode: Literal["relativeToStartPoint", "WGS84"] = Field(
        "relativeToStartPoint", description="Heights above the dock, or above the ellipsoid"
    )
    speed: float = Field(8, ge=1, le=15, description="m/s")
    climb: float = Field(20, ge=8, le=1500, description="m above the dock to climb to before the first point")
    turns: Literal["stop", "curve"] = Field("stop", description="Stop at each point, or cut the corners")
    film: bool = Field(False, description="Record a video from the first point to the last")
    finish: Literal["home", "hover", "first-point"] = Field(
        "home", description="After the last point: come home, hover there, or fly to the first point"
    )
    lost_link: Literal["home", "fly-on"] = Field("home", description="Where the link is lost on the way")


@router.post("/drawn", status_code=201)
async def drawn(parts: PartsDep, caller: Operator, body: DrawnRoute, key: IdempotencyKey = None) -> WaylineView:
    """Draw a wayline: points beside a dock become a KMZ for its aircraft.

    It is checked and kept like one that was uploaded. A mission's areas are looked at when it is flown.
    """
    aircraft = await _aircraft(parts, caller, body.dock_sn)
    data = await asyncio.to_thread(_file, body, aircraft)
    found = await asyncio.to_thread(checked, data, aircraft)
    wayline_id = await resource_id(parts, caller, "waylines/drawn", key, body.model_dump_json())
    return await keep(parts, caller, wayline_id, body.name, data, found, "wayline.draw")


async def _aircraft(parts: Parts, caller: Principal, sn: str) -> str:
    """Product key of the aircraft in a dock, as the dock says it. Raises Refused where it has not."""
    dock = await parts.dock_of(caller, sn, field="dockSn")
    found = aircraft_product(dock, await parts.aircraft.get(dock.aircraft_sn) if dock.aircraft_sn else None)
    if found is None:
        raise Refused(
            409, "aircraft-unknown", f"Dock {sn} has not said which aircraft it has.", field="dockSn",
            cure="Wait until the dock is online, then try again.",
        )  # fmt: skip
    return found


def _file(body: DrawnRoute, aircraft: str) -> bytes:
    """The KMZ. Equal routes give equal bytes. Raises Refused 422, which names the point."""
    points = [
        wpml.Waypoint(
            lat=point.latitude,
            lon=point.longitude,
            height=body.height if point.height is None else point.height,
            speed=point.speed,
            heading=point.heading,
            actions=_actions(body, number),
        )
        for number, point in enumerate(body.points)
    ]
    try:
        kmz = wpml.build_kmz(
            points,
            aircraft_key=aircraft,
            name=body.name,
            speed=body.speed,
            height_mode=body.height_mode,
            take_off_security_height=body.climb,
            finish_action=FINISH[body.finish],
            rc_lost_action=LOST_LINK[body.lost_link],
            turn_mode=TURNS[body.turns],
            created_ms=0,
        )
    except wpml.KmzError as error:
        found = PLACEMARK.search(error.element)
        raise Refused(
            422, "route-invalid", error.message,
            field=f"points[{found[1] or found[2]}]" if found else "dockSn", cure=error.cure,
        ) from None  # fmt: skip
    return wpml.write_kmz(kmz)


def _actions(body: DrawnRoute, number: int) -> list[wpml.Params]:
    point, actions = body.points[number], list[wpml.Params]()
    if point.hover:
        actions.append(wpml.hover(point.hover))
    if point.gimbal_pitch is not None:
        actions.append(wpml.gimbal_pitch(point.gimbal_pitch))
    if body.film and number == len(body.points) - 1:
        actions.append(wpml.stop_record())
    if point.photo:
        actions.append(wpml.take_photo())
    if body.film and number == 0:
        actions.append(wpml.start_record())
    return actions
