"""A process that is killed, and accounts that open nothing else."""

from __future__ import annotations

import asyncio
import socket

import aiomqtt
import httpx
import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from websockets.exceptions import ConnectionClosed

from activities.areas import AreaCalls
from activities.mosquitto import MosquittoAccounts
from activities.state.mission import MissionClosing, MissionState
from api.security import Role
from simulator.motion import ground_distance
from store.access import By, Members
from store.events import Events
from store.facts import Actor
from store.missions import Mission, Missions
from tests.drc.conftest import TIMINGS, House, Process, connected, nobody
from tests.waiting import eventually


async def test_a_killed_process_flies_no_further_and_another_one_frees_the_aircraft_in_time(drc: House) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = drc.settings.model_copy(update={"drc_port": port, "drc_public_url": f"ws://127.0.0.1:{port}"})
    process = Process(settings, drc.emulator)
    try:
        await process.start()
        async with drc.dock() as sim, drc.down(sim.sn) as sent:
            taken = await drc.take(sim.sn) | {"url": f"ws://127.0.0.1:{port}/v1/drc/{sim.sn}"}
            async with connected(taken) as ann:
                await ann.ready()
                flying = asyncio.create_task(ann.hold(3, pitch=1684))
                await ann.fly(sim, pitch=1684)
                await process.kill()
                await ann.until_closed()
                flying.cancel()
            sent.clear()
            await asyncio.sleep(0.7)  # the dock's own patience with sticks
            place = sim.aircraft.position
            await asyncio.sleep(0.2)
            assert ground_distance(place, sim.aircraft.position) == 0
            assert not sent

            async def nobody() -> bool:
                return (await drc.call("GET", sim.sn))["flight"] is None

            await eventually(nobody, TIMINGS.drc_release + TIMINGS.drc_renew + 0.5)
            await drc.until_free(sim.sn)
            assert sim.state.drc_state == 0
            assert (await drc.take(sim.sn, "bob"))["httpStatus"] == 200
            await drc.authorities.release(sim.sn, None, why="given back")
    finally:
        await process.kill()


async def test_the_end_of_a_mission_takes_the_sticks_away(drc: House) -> None:
    async with drc.dock() as sim, drc.operator(sim.sn) as ann:
        await ann.ready()
        mission = Mission(id=f"m-{sim.sn}", org_id=drc.org, name="Ridge", dock_sns=[sim.sn], room="r", created_by="ann")
        await Missions(drc.store).put(mission)
        temporal = await Client.connect(drc.settings.temporal_address, lazy=True)
        events = Events(drc.store, nobody, TIMINGS)
        ending = MissionState(drc.store, events, AreaCalls(temporal, drc.store, TIMINGS)).close_mission
        actor = Actor(user="cleo", role="commander")
        await ActivityEnvironment().run(ending, MissionClosing(mission_id=mission.id, status="ending", actor=actor))
        assert (await ann.hear("lost"))["reason"] == "ended"
        await ann.until_closed()
        await drc.until_free(sim.sn)
        whys = [entry.details.get("why") async for entry in drc.audited(sim.sn)]
        assert whys.count("mission ended") == 1


@pytest.mark.parametrize("how", ["removed", "made a viewer", "removed by an API that died then"])
async def test_who_may_no_longer_fly_loses_the_sticks_at_once(drc: House, how: str) -> None:
    user = f"eve-{how.replace(' ', '-')}"
    members = Members(drc.store, Events(drc.store, nobody, TIMINGS))
    headers = {"Authorization": f"Bearer {drc.api.token(drc.org, Role.admin, 'ada')}"}
    async with (
        httpx.AsyncClient(base_url=drc.api.url, headers=headers, trust_env=False) as ada,
        drc.dock() as sim,
        drc.down(sim.sn) as sent,
    ):
        added = await ada.post("/v1/org/members", json={"user": user, "role": "operator"})
        assert added.status_code == 201, added.text
        taken = await drc.take(sim.sn, user)
        async with connected(taken) as eve:
            await eve.ready()
            await eve.fly(sim, pitch=1684)
            match how:
                case "removed":
                    assert (await ada.delete(f"/v1/org/members/{user}")).status_code == 200
                case "made a viewer":
                    assert (await ada.patch(f"/v1/org/members/{user}", json={"role": "viewer"})).status_code == 200
                case _:
                    await members.remove(drc.org, added.json()["id"], By(user="ada", role="admin"))
            lost = await eve.hear("lost")
            assert (lost["reason"], lost["kinds"]) == ("ended", ["flight"])
            assert (await eve.until_closed())[0] == 4001
        await drc.until_free(sim.sn)
        assert [each["data"]["pitch"] for each in sent if each["method"] == "stick_control"][-1] == 1024, "let go"
        assert sim.state.drc_state == 0
        with pytest.raises(ConnectionClosed):
            async with connected(taken) as again:  # the ticket is of before
                await again.ready()
        assert (await drc.take(sim.sn, user))["httpStatus"] in (401, 403)
        assert (await drc.take(sim.sn, "bob"))["httpStatus"] == 200
        await drc.authorities.release(sim.sn, None, why="given back")
        whys = [entry.details.get("why") async for entry in drc.audited(sim.sn) if entry.user == user]
        assert whys.count("no longer allowed") == 1


async def test_a_sessions_account_opens_the_live_link_of_its_dock_only(house: House) -> None:
    settings, accounts = house.settings, MosquittoAccounts(house.settings)
    await accounts.create_drc("drc-first", "secret", "DOCK1")
    await accounts.create_drc("drc-first", "secret", "DOCK1")
    system = aiomqtt.Client(
        settings.mqtt_host, settings.mqtt_port, username=settings.mqtt_username,
        password=settings.mqtt_password.get_secret_value(),
    )  # fmt: skip
    own = aiomqtt.Client(settings.mqtt_host, settings.mqtt_port, username="drc-first", password="secret")
    async with system, own:
        granted = []
        for topic in (
            "thing/product/DOCK1/drc/down", "thing/product/DOCK1/drc/up", "thing/product/DOCK1/services",
            "thing/product/DOCK2/drc/down", "thing/product/+/drc/down", "thing/product/DOCK1/#", "#", "argus/drc/DOCK1",
        ):  # fmt: skip
            granted += [code if isinstance(code, int) else code.value for code in await own.subscribe(topic, qos=1)]
        assert granted == [1] + [128] * 7
        await system.subscribe("thing/product/#", qos=1)
        for topic in ("DOCK2/drc/up", "DOCK1/osd", "DOCK1/services_reply", "DOCK1/drc/down", "DOCK1/drc/up"):
            await own.publish(f"thing/product/{topic}", b"mine", qos=1)
        async with asyncio.timeout(5):
            first = await anext(aiter(system.messages))
        assert str(first.topic) == "thing/product/DOCK1/drc/up", "the only one that came through"
        await accounts.delete_drc("drc-first")
        with pytest.raises(aiomqtt.MqttError):
            async with asyncio.timeout(5):
                await anext(aiter(own.messages))
    await accounts.delete_drc("drc-first")
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(settings.mqtt_host, settings.mqtt_port, username="drc-first", password="secret"):
            pass
