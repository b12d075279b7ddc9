"""Properties by REST: what a model lets be set, within bounds, one at a time, and only what it shows is called done."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dji.products import DOCK_MODELS
from simulator.state import AircraftMode, DockMode
from store.audit import Audit
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import World

Json = dict[str, Any]


async def put(http: httpx.AsyncClient, sn: str, path: str, value: Any, status: int = 200) -> Json:
    answer = await http.put(f"/v1/docks/{sn}/properties/{path}", json={"value": value, "reason": "a look"})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def status(http: httpx.AsyncClient, sn: str, word: str) -> None:
    async def there() -> bool:
        return bool((await http.get(f"/v1/docks/{sn}")).json()["status"] == word)

    await eventually(there, 30)


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_each_leaf_that_is_listed_is_set_and_shown(
    world: World, crew: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(crew, model, awake=True) as sim:
        await status(http, sim.sn, "idle")
        listed = (await http.get(f"/v1/docks/{sim.sn}/properties")).json()["properties"]
        by_path = {each["path"]: each for each in listed}
        assert by_path["rth_altitude"] == {
            "path": "rth_altitude", "of": "aircraft", "meaning": "Height of the way home, above take-off.",
            "value": 100, "type": "integer", "unit": "m", "low": 20, "high": 500, "values": {}, "inFlight": False,
        }  # fmt: skip
        wanted: dict[str, Any] = {
            "silent_mode": 1, "rth_altitude": 150, "distance_limit_status.distance_limit": 700,
            "obstacle_avoidance.upside": 0,
        }  # fmt: skip
        if model != "dock1":
            wanted |= {"air_transfer_enable": True, "camera_watermark_settings.user_custom_string": "ridge"}
        for path, value in wanted.items():
            found = await put(http, sim.sn, path, value)
            assert (found["confirmed"], found["property"]["value"]) == (True, value), found
        sent = [command.data for command in await world.sent(sim.sn, "property_set")]
        assert len(sent) == len(wanted)
        assert {"distance_limit_status": {"distance_limit": 700}} in sent, "one leaf a message"
        entries = await Audit(world.store).find(orgId=crew.id, action="property.set")
        assert {entry.details["path"]: entry.details["value"] for entry in entries} == wanted


async def test_what_a_model_lacks_or_bounds_forbid_is_not_sent(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew, "dock2", awake=True) as sim:
        for path, value, field in (
            ("rc_lost_action", 1, "propertyPath"),
            ("remaining_power_for_return_home", 30, "propertyPath"),
            ("distance_limit_status.is_near_distance_limit", 1, "propertyPath"),
            ("mode_code", 0, "propertyPath"),
            ("rth_altitude", 501, "value"),
            ("rth_altitude", "high", "value"),
            ("silent_mode", 2, "value"),
            ("user_experience_improvement", 0, "value"),
        ):
            problem = await put(http, sim.sn, path, value, 422)
            assert problem["field"] == field, problem
            assert problem["cure"]
        assert await world.sent(sim.sn, "property_set") == []


async def test_in_flight_only_what_does_not_change_the_flight_is_set(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew, awake=True) as sim:
        await status(http, sim.sn, "idle")
        sim.aircraft.mode = AircraftMode.MANUAL
        await status(http, sim.sn, "flying")
        assert (await put(http, sim.sn, "rth_altitude", 90, 409))["type"].rpartition("/")[2] == "aircraft-flies"
        assert (await put(http, sim.sn, "night_lights_state", 1))["confirmed"]
        sim.state.mode = DockMode.WORKING
        await status(http, sim.sn, "in_operation")
        assert (await put(http, sim.sn, "rth_altitude", 90, 409))["type"].rpartition("/")[2] == "aircraft-flies"
        sim.state.mode, sim.aircraft.mode = DockMode.IDLE, AircraftMode.STANDBY
        await status(http, sim.sn, "idle")
        assert (await put(http, sim.sn, "rth_altitude", 90))["confirmed"]
        assert len(await world.sent(sim.sn, "property_set")) == 2


async def test_an_aircraft_that_is_off_and_a_dock_that_is_away_are_told_before_anything_is_sent(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await status(http, sim.sn, "idle")
        assert (await put(http, sim.sn, "rth_altitude", 90, 409))["type"].rpartition("/")[2] == "aircraft-off"
        assert (await put(http, sim.sn, "silent_mode", 1))["confirmed"]
        await sim.cut_power()
        await status(http, sim.sn, "offline")
        assert (await put(http, sim.sn, "silent_mode", 0, 409))["type"].rpartition("/")[2] == "dock-offline"
        assert len(await world.sent(sim.sn, "property_set")) == 1
