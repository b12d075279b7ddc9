"""A process that is killed, and accounts that open nothing else."""

from __future__ import annotations

import asyncio
import socket

import aiomqtt
import pytest

from activities.mosquitto import MosquittoAccounts
from simulator.motion import ground_distance
from tests.drc.conftest import TIMINGS, House, Process, connected
from tests.workflows.world import eventually


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
