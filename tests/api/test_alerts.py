"""Alerts by REST and WebSocket, with simulated docks that warn: listed, filtered, acknowledged once, seen live."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import websockets

from api.security import Role
from store.alerts import Alerts
from store.audit import Audit
from store.orgs import Org
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import World

Json = dict[str, Any]


async def listed(http: httpx.AsyncClient, **filters: Any) -> list[Json]:
    answer = await http.get("/v1/alerts", params=filters)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def until(http: httpx.AsyncClient, count: int, **filters: Any) -> list[Json]:
    async def there() -> list[Json] | None:
        found = await listed(http, **filters)
        return found if len(found) == count else None

    found: list[Json] = await eventually(there, 30)
    return found


async def test_what_docks_warn_of_is_listed_and_acknowledged_once(
    world: World, api: Served, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew, "dock1") as one, world.paired(crew, "dock3") as other:
        mission = await world.mission(crew, one)
        url = api.url.replace("http", "ws") + "/v1/live"
        seen: list[Json] = []
        async with websockets.connect(url) as socket:
            await socket.send(orjson.dumps({"token": api.token(crew.id, Role.viewer)}).decode())

            async def watch() -> None:
                async for text in socket:
                    said = orjson.loads(text)
                    if said["part"] == "alerts":
                        seen.append(said)

            watching = asyncio.create_task(watch())
            one.state.emergency_stop = 1
            one.hms.look()
            other.hms.notice("airsense_warning")
            other.hms.notice("joystick_invalid_notify")
            (stop,) = await until(http, 1, sn=one.sn)
            assert (stop["kind"], stop["level"], stop["missionId"], stop["open"]) == ("hms", "warning", mission, True)
            assert stop["text"] == "The emergency stop button is pressed"
            kinds = {each["kind"]: each for each in await until(http, 2, sn=other.sn)}
            assert (kinds["airsense"]["open"], kinds["joystick_invalid"]["open"]) == (True, False)
            assert [each["sn"] for each in await listed(http, mission=mission)] == [one.sn]
            assert {each["kind"] for each in await listed(http, open=True)} == {"hms", "airsense"}
            assert await listed(http, kind="area") == []
            assert len(await listed(http, level="caution")) == 1
            assert await listed(http, since=stop["raisedAt"], until=stop["raisedAt"]) == []
            page = (await http.get("/v1/alerts", params={"limit": 2})).json()
            rest = (await http.get("/v1/alerts", params={"limit": 2, "after": page["next"]})).json()
            assert (len(page["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)

            path = f"/v1/alerts/{stop['id']}"
            async with api.client(crew.id, Role.viewer) as viewer:
                assert (await viewer.post(f"{path}/acknowledge", json={})).status_code == 403
            answer = await http.post(f"{path}/acknowledge", json={"note": "A crew is on its way"})
            assert answer.status_code == 200, answer.text
            assert answer.json()["acknowledgement"]["user"] == "pilot@example"
            async with api.client(crew.id, Role.commander) as commander:
                again = await commander.post(f"{path}/acknowledge", json={"note": "me too"})
            assert again.json() == answer.json(), "who was first stays"
            assert [each["id"] for each in await listed(http, acknowledged=True)] == [stop["id"]]
            entries = await Audit(world.store).find(orgId=crew.id, action="alert.acknowledge")
            assert [(entry.user, entry.reason) for entry in entries] == [("pilot@example", "A crew is on its way")]

            one.state.emergency_stop = 0
            one.hms.look()
            await until(http, 1, sn=one.sn, open=False)

            async def all_seen() -> bool:
                states = [
                    (each["open"], each["acknowledged"])
                    for said in seen if said["sn"] == one.sn for each in said["data"]["alerts"]
                ]  # fmt: skip
                return {(True, False), (True, True), (False, True)} <= set(states)

            await eventually(all_seen, 10)
            watching.cancel()
        assert (await http.get("/v1/alerts/nothing")).status_code == 404
        async with api.client((await world.org()).id) as stranger:
            assert await listed(stranger) == []
            assert (await stranger.get(path)).status_code == 404
            assert (await stranger.post(f"{path}/acknowledge", json={})).status_code == 404
        wrong = await http.get("/v1/alerts", params={"level": "red"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "level")


async def test_a_dock_that_is_unpaired_leaves_nothing_open(
    world: World, api: Served, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        sim.state.emergency_stop = 1
        sim.hms.look()
        await until(http, 1, open=True)
        async with api.client(crew.id, Role.admin) as admin:
            assert (await admin.delete(f"/v1/docks/{sim.sn}")).status_code == 200
        (alert,) = await Alerts(world.store).find(sn=sim.sn)
        assert (alert.open, alert.ended) == (False, "the dock has left the organisation")
