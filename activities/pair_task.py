"""What two docks have to know of each other to fly one task: `multi_dock_task` of `flighttask_execute`.

It is made of what the docks said of themselves, at the last moment: the key of the radio link is in it, and belongs in
no history and no document.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from dji.wpml.geodesy import distance_m
from store.docks import Dock

MOST_APART: Final = 15_000.0  # m; 338005
NETWORK_RTK: Final = 3  # source_type
REDACTED_KEY: Final = "(the key of the radio link)"
TAKEOFF, LANDING = 1, 2  # index of each dock in the task
PLACE: Final = ("latitude", "longitude", "height", "heading", "home_position_is_valid", "alternate_land_point")

Json = dict[str, Any]


class PairTask(BaseModel):
    """Serials of the two docks and of the aircraft."""

    takeoff: str
    landing: str
    aircraft: str


def unfit(takeoff: Dock, landing: Dock) -> list[str]:
    """Why these two cannot fly one task; empty where they can."""
    found = []
    if takeoff.model not in ("dock2", "dock3") or landing.model != takeoff.model:
        found.append(f"a {takeoff.model} and a {landing.model}: both have to be Dock 2, or both Dock 3")
    places = []
    for dock in (takeoff, landing):
        if dock.osd.get("home_position_is_valid") != 1:
            found.append(f"dock {dock.sn} does not know its place")
        rtcm = _map(dock.state.get("rtcm_info"))
        if rtcm.get("source_type") != NETWORK_RTK:
            found.append(f"dock {dock.sn} was not calibrated from a network RTK")
        if _leaf(dock) is None:
            found.append(f"dock {dock.sn} has not said how it is linked")
        latitude, longitude = dock.osd.get("latitude"), dock.osd.get("longitude")
        if isinstance(latitude, int | float) and isinstance(longitude, int | float):
            places.append((latitude, longitude))
    if len(places) == 2 and (apart := distance_m(*places[0], *places[1])) > MOST_APART:
        found.append(f"they are {apart / 1000:.1f} km apart, more than {MOST_APART / 1000:.0f}")
    sources = [_map(dock.state.get("rtcm_info")) for dock in (takeoff, landing)]
    if len({(source.get("host"), source.get("mount_point")) for source in sources}) > 1:
        found.append("they were calibrated from different RTK networks")
    return found


def multi_dock_task(takeoff: Dock, landing: Dock, aircraft_sn: str) -> Json:
    """The data of `multi_dock_task`. The landing dock gets the control source that the other does not have."""
    topology = _map(takeoff.state.get("wireless_link_topo"))
    here, there = _leaf(takeoff) or {}, _leaf(landing) or {}
    source = here.get("control_source_index") or 1
    return {
        "wireless_link_topo": {
            "secret_code": topology.get("secret_code") or [],
            "center_node": {"sdr_id": _map(topology.get("center_node")).get("sdr_id") or 0, "sn": aircraft_sn},
            "leaf_nodes": [
                {"sdr_id": here.get("sdr_id") or 0, "sn": takeoff.sn, "control_source_index": source},
                {"sdr_id": there.get("sdr_id") or 0, "sn": landing.sn, "control_source_index": 3 - source},
            ],
        },
        "dock_infos": [_info(takeoff, "takeoff", TAKEOFF), _info(landing, "landing", LANDING)],
    }


def without_key(task: Json) -> Json:
    """As it may be written down."""
    return {**task, "wireless_link_topo": {**task["wireless_link_topo"], "secret_code": REDACTED_KEY}}


def _info(dock: Dock, role: str, index: int) -> Json:
    place = {name: dock.osd[name] for name in PLACE if dock.osd.get(name) is not None}
    rtcm = _map(dock.state.get("rtcm_info"))
    return {"dock_type": role, "index": index, "sn": dock.sn, **place, **({"rtcm_info": rtcm} if rtcm else {})}


def _leaf(dock: Dock) -> Json | None:
    """The dock's own entry in its topology."""
    leaves = _map(dock.state.get("wireless_link_topo")).get("leaf_nodes")
    return next((leaf for leaf in leaves or [] if isinstance(leaf, dict) and leaf.get("sn") == dock.sn), None)


def _map(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
