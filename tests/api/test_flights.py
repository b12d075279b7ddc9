"""Routes of flights and recurring flights, over the whole system with simulated docks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from store.flights import TERMINAL
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import World
from workflows import gate, names


async def until(http: httpx.AsyncClient, flight: str, *statuses: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        found: dict[str, Any] = (await http.get(f"/v1/flights/{flight}")).json()
        return found if found["status"] in statuses else None

    found: dict[str, Any] = await eventually(there, 90)
    return found


def soon(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


async def test_the_gate_is_shown_before_anybody_asks_for_a_take_off(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:

        async def shown() -> dict[str, Any]:
            found: dict[str, Any] = (await http.get(f"/v1/docks/{sim.sn}/gate")).json()
            return found

        async def opened() -> dict[str, Any] | None:
            found = await shown()
            return found if found["open"] else None

        found = await eventually(opened, 30)
        assert [line["name"] for line in found["readings"]] == list(gate.NAMES)
        by_name = {line["name"]: line for line in found["readings"]}
        assert by_name["wind"]["limit"] == crew.gate.wind_most
        assert by_name["battery"]["value"] >= by_name["battery"]["limit"]

        sim.weather.wind_speed = crew.gate.wind_most + 3

        async def windy() -> bool:
            found = await shown()
            return [line["name"] for line in found["readings"] if not line["passed"]] == ["wind"] and not found["open"]

        assert await eventually(windy, 30)


async def test_a_flight_is_sent_home_and_continued_where_it_broke_off(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await world.mission(crew, sim)
        wayline = await world.wayline(crew, sim.aircraft_key, points=5, step=0.002)
        sent = await http.post("/v1/flights", json={"dockSn": sim.sn, "waylineId": wayline.id})
        assert sent.status_code == 201, sent.text
        first = sent.json()["id"]
        early = await http.post(f"/v1/flights/{first}/continue", json={})
        assert (early.status_code, early.json()["title"]) == (409, "Flight under way")
        await sim.wait_for(
            lambda d: d.aircraft.flying and d.wayline.running is not None and d.wayline.running.waypoint >= 1, 120
        )
        await until(http, first, "executing")
        wrong = await http.post(f"/v1/flights/{first}/home", json={"dockSn": "7CTDNOTHERE001"})
        assert (wrong.status_code, wrong.json()["code"]) == (502, 338020)
        assert (await http.post(f"/v1/flights/{first}/home", json={})).status_code == 200
        ended = await until(http, first, *TERMINAL)
        assert (ended["status"], ended["breakPoint"] is not None) == ("canceled", True), ended
        headers = {"Idempotency-Key": "once"}
        onward = await http.post(f"/v1/flights/{first}/continue", json={}, headers=headers)
        again = await http.post(f"/v1/flights/{first}/continue", json={}, headers=headers)
        assert onward.status_code == again.status_code == 201, onward.text
        assert onward.json()["id"] == again.json()["id"]
        assert onward.json()["resumes"] == first
        assert (await until(http, onward.json()["id"], *TERMINAL))["status"] == "ok"
        over = await http.post(f"/v1/flights/{first}/home", json={})
        assert (over.status_code, over.json()["title"]) == (409, "Saga ended")


async def test_times_and_conditions_are_checked_before_anything_starts(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await world.mission(crew, sim)
        wayline = await world.wayline(crew, sim.aircraft_key)
        good = {"dockSn": sim.sn, "waylineId": wayline.id}
        for more, status, field in (
            ({"executeAt": soon(seconds=-1)}, 410, "executeAt"),
            ({"executeAt": soon(days=2)}, 410, "executeAt"),
            ({"ready": {"begin": soon(hours=2), "end": soon(hours=1)}}, 410, "ready"),
            ({"executeAt": "2030-01-01T00:00:00"}, 422, "executeAt"),
            ({"to": {"latitude": 1, "longitude": 2, "height": 50}}, 422, "body"),
            ({"overrides": {"mood": "good enough"}}, 422, "overrides.mood.[key]"),
            ({"landAt": "7CTDNOTHERE001", "executeAt": soon(hours=1)}, 422, "landAt"),
            ({"landAt": "7CTDNOTHERE001", "ready": {"begin": soon(hours=1), "end": soon(hours=2)}}, 422, "landAt"),
            ({"landAt": sim.sn}, 422, "landAt"),
        ):
            refused = await http.post("/v1/flights", json=good | more)
            assert (refused.status_code, refused.json()["field"]) == (status, field), refused.text
        assert (await http.get("/v1/flights")).json()["items"] == []
        timed = (await http.post("/v1/flights", json=good | {"executeAt": soon(hours=3)})).json()
        assert timed["taskType"] == 1
        called_off = await http.post(f"/v1/flights/{timed['id']}/stop")
        assert called_off.status_code == 200, called_off.text
        assert (await until(http, timed["id"], *TERMINAL))["status"] == "canceled"
        assert sim.wayline.tasks == {}
        assert await world.sent(sim.sn, "flighttask_execute") == []


async def test_a_recurring_flight_flies_is_paused_and_says_what_it_missed(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await world.mission(crew, sim)
        wayline = await world.wayline(crew, sim.aircraft_key)
        flight = {"dockSn": sim.sn, "waylineId": wayline.id, "name": "Fence"}
        body = {
            "flight": flight,
            "cron": "0 6 * * MON-FRI",
            "timeZone": "Europe/Berlin",
        }
        bad = await http.post("/v1/schedules", json=body | {"cron": "every morning"})
        assert (bad.status_code, bad.json()["field"]) == (422, "cron"), bad.text
        nowhere = await http.post("/v1/schedules", json=body | {"timeZone": "Mars/Base"})
        assert (nowhere.status_code, nowhere.json()["field"]) == (422, "timeZone")
        elsewhere = body | {"flight": flight | {"landAt": "7CTDNOTHERE001"}}
        refused = await http.post("/v1/schedules", json=elsewhere)
        assert (refused.status_code, refused.json()["field"]) == (422, "flight.landAt"), refused.text
        made = await http.post("/v1/schedules", json=body)
        assert made.status_code == 201, made.text
        schedule = made.json()
        assert schedule["next"][0].endswith(("04:00:00Z", "05:00:00Z"))
        listed = (await http.get("/v1/schedules")).json()["items"]
        assert listed in ([schedule], [])  # the list is told of a new one a moment later
        paused = (await http.post(f"/v1/schedules/{schedule['id']}/pause")).json()
        assert (paused["paused"], paused["note"]) == (True, "paused by pilot@example")
        assert (await http.post(f"/v1/schedules/{schedule['id']}/resume")).json()["paused"] is False

        async def turn(number: int, *statuses: str) -> dict[str, Any]:
            await world.temporal.get_schedule_handle(names.schedule_id(schedule["id"])).trigger()

            async def ended() -> dict[str, Any] | None:
                items = (await http.get("/v1/flights", params={"dock": sim.sn})).json()["items"]
                done = len(items) == number and items[0]["status"] in TERMINAL
                return items[0] if done else None

            found: dict[str, Any] = await eventually(ended, 90)
            assert found["status"] in statuses, found
            assert found["scheduleId"] == schedule["id"]
            return found

        await turn(1, "ok")
        await sim.cut_power()

        async def offline() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and not dock.online

        await eventually(offline)
        assert "offline" in (await turn(2, "missed"))["reason"]
        assert (await http.delete(f"/v1/schedules/{schedule['id']}")).status_code == 204
        assert (await http.get(f"/v1/schedules/{schedule['id']}")).status_code == 404
