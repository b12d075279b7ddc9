"""osd and state on their way into documents and the live picture, and who is said to be there."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import aiomqtt
import orjson
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from bridge.bridge import Bridge
from embedded import parts
from settings import Settings
from store.client import connect
from store.docks import AircraftRepository, Docks
from store.flights import FlightTask, FlightTasks
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, bind, heard, listening, on, running, speaking
from tests.waiting import eventually
from workflows.names import auto_stream_id, dock_id, flight_id

pytestmark = pytest.mark.usefixtures("bridge")


async def the(store: AsyncClient, sn: str, **fields: Any) -> Any:
    found = await Docks(store).get(sn)
    return found if found and all(getattr(found, name) == value for name, value in fields.items()) else None


async def test_split_osd_and_state_are_merged_and_the_fields_of_others_survive(
    bound: SpokenDock, store: AsyncClient, org: Org
) -> None:
    await bound.osd(mode_code=0, cover_state=0)
    await bound.osd(network_state={"type": 1, "quality": 3, "rate": 4.5})
    await bound.state(firmware_version="10.01.02.03", silent_mode=0)
    await bound.osd(sub_device={"device_sn": bound.aircraft_sn, "device_online_status": 0})

    async def merged() -> Any:
        found = await Docks(store).get(bound.sn)
        return found if found and "sub_device" in found.osd and found.state and len(found.osd) == 4 else None

    found = await eventually(merged)
    assert found.osd["cover_state"] == 0
    assert found.osd["network_state"]["quality"] == 3
    assert found.state["silent_mode"] == 0
    assert found.firmware_version == "10.01.02.03"
    assert found.aircraft_sn == bound.aircraft_sn
    assert (found.org_id, found.display_name) == (org.id, "Roof")
    assert found.online, "osd of a bound dock that was offline"


async def test_an_aircraft_has_its_own_document(bound: SpokenDock, store: AsyncClient, sagas: Client) -> None:
    await bound.topology()
    await bound.say("osd", {"mode_code": 3, "99-0-0": {"gimbal_pitch": -90.0}}, sn=bound.aircraft_sn)
    await bound.say("state", {"firmware_version": "07.01"}, sn=bound.aircraft_sn)

    async def there() -> Any:
        found = await AircraftRepository(store).get(bound.aircraft_sn)
        return found if found and found.firmware_version and found.osd else None

    found = await eventually(there)
    assert found.osd["99-0-0"] == {"gimbal_pitch": -90.0}
    assert found.dock_sn == bound.sn
    await eventually(lambda: the(store, bound.sn, aircraft_online=True, aircraft_sn=bound.aircraft_sn))


async def test_a_strangers_telemetry_makes_no_document(dock: SpokenDock, store: AsyncClient) -> None:
    await dock.osd(mode_code=0)
    await dock.topology()
    assert await Docks(store).get(dock.sn) is None


async def test_an_unpaired_dock_is_not_written_back(bound: SpokenDock, store: AsyncClient) -> None:
    await bound.osd(mode_code=0)
    await eventually(lambda: the(store, bound.sn, online=True))
    await Docks(store).delete(bound.sn)
    await bound.osd(mode_code=4)
    await bound.state(silent_mode=1)
    await bound.topology()
    await asyncio.sleep(0)
    assert await Docks(store).get(bound.sn) is None


async def test_the_live_picture_is_whole_and_at_most_twice_a_second(
    bound: SpokenDock, settings: Settings, org: Org
) -> None:
    async with aiomqtt.Client(
        settings.mqtt_host,
        settings.mqtt_port,
        username=settings.mqtt_username,
        password=settings.mqtt_password.get_secret_value(),
    ) as watcher:
        await watcher.subscribe(f"argus/live/{org.id}/{bound.sn}/dock")
        await bound.osd(cover_state=0)
        for number in range(60):
            await bound.osd(job_number=number)
        seen = []
        async with asyncio.timeout(5):
            async for message in watcher.messages:
                seen.append((time.monotonic(), orjson.loads(bytes(message.payload))))
                if seen[-1][1]["data"].get("job_number") == 59:
                    break
    assert len(seen) <= 4
    last = seen[-1][1]
    assert (last["sn"], last["part"]) == (bound.sn, "dock")
    assert last["data"] == {"cover_state": 0, "job_number": 59}


async def test_a_last_will_means_offline_and_the_saga_hears_it(
    bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    await bound.topology(awake=True)
    await eventually(lambda: the(store, bound.sn, online=True))
    await bound.client.publish(f"sys/product/{bound.sn}/status", b"", qos=1)
    await eventually(lambda: the(store, bound.sn, online=False, aircraft_online=False))
    saga = sagas.get_workflow_handle(dock_id(bound.sn))

    async def offline() -> bool:
        facts = await heard(saga, "presence")
        return bool(facts) and not facts[-1]["online"]

    await eventually(offline)


async def test_silence_means_offline_and_a_word_means_online(settings: Settings, org: Org, sagas: Client) -> None:
    short = '{"osd_silence": 2, "presence_sweep": 0.1}'
    async with parts.mosquitto() as broker:
        alone = on(settings, broker, timings_json=short)
        store = connect(alone)
        async with speaking(alone) as dock, running(alone):
            await bind(dock, store, org, mission_id="m1")
            saga = await listening(sagas, auto_stream_id(dock.sn))

            async def last_told(online: bool) -> bool:
                facts = await heard(saga, "presence")
                return bool(facts) and facts[-1]["online"] is online

            for _ in range(2):
                await dock.osd(mode_code=0)
                await eventually(lambda: the(store, dock.sn, online=True))
                await eventually(lambda: the(store, dock.sn, online=False))
                await eventually(lambda: last_told(False))


async def test_a_successor_tells_what_its_predecessor_could_not(
    bridge: Bridge, dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    await bind(dock, store, org, mission_id="m1", online=True, presence_told=False)
    saga = await listening(sagas, auto_stream_id(dock.sn))
    await bridge.presence.take_over()
    (fact,) = await eventually(lambda: heard(saga, "presence"))
    assert fact["online"] is True
    await eventually(lambda: the(store, dock.sn, presence_told=True))


async def test_a_topology_that_changes_nothing_is_told_and_written_only_where_the_document_says_something_else(
    bridge: Bridge, dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    await bind(dock, store, org, mission_id="m1")
    flight = FlightTask(
        id=uuid.uuid4().hex, org_id=org.id, mission_id="m1", dock_sn=dock.sn, name="waits", requested_by="anna"
    )
    await FlightTasks(store).put(flight)
    saga = await listening(sagas, auto_stream_id(dock.sn))
    flying = await listening(sagas, flight_id(flight.id))

    async def told(times: int) -> bool:
        return len(await heard(saga, "presence")) == times

    async def written_at() -> Any:
        return (await Docks(store).ref(dock.sn).get()).update_time

    await dock.topology()
    await eventually(lambda: told(1))
    await eventually(lambda: the(store, dock.sn, online=True, presence_told=True))
    before = await written_at()
    await dock.topology()
    await eventually(lambda: told(2))
    await asyncio.sleep(1.5)  # longer than between two writes
    assert await written_at() == before
    held = bridge.devices.held_dock(dock.sn)
    assert held is not None
    assert held.told
    assert [fact["online"] for fact in await heard(flying, "presence")] == [True], "it goes by changes"
    wrong = {"online": False, "aircraftOnline": True, "thingVersion": "0", "presenceTold": False}
    await Docks(store).patch(dock.sn, wrong)
    await dock.topology()
    await eventually(lambda: told(3))
    await eventually(lambda: the(store, dock.sn, online=True, aircraft_online=False, thing_version="1.1.2"))

    async def flight_was_told_too() -> bool:
        return len(await heard(flying, "presence")) == 2

    await eventually(flight_was_told_too)


async def test_a_stream_is_told_until_none_is_there_and_again_once_the_document_shows_that_one_may_be(
    bridge: Bridge, bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    await bound.topology()

    async def nobody_was_there() -> bool:
        dock = bridge.devices.held_dock(bound.sn)
        return dock is not None and dock.told and not dock.may_stream

    await eventually(nobody_was_there)
    unmissed = await listening(sagas, auto_stream_id(bound.sn))
    await bound.topology()
    await eventually(nobody_was_there)
    assert await heard(unmissed, "presence") == [], "none can run that the document has not shown"
    await Docks(store).patch(bound.sn, {"missionId": "m1"})
    await bound.topology()
    await eventually(lambda: heard(unmissed, "presence"))
    await Docks(store).patch(bound.sn, {"missionId": None})
    await bound.topology(awake=True)

    async def told_although_it_was_let_go() -> bool:
        facts = await heard(unmissed, "presence")
        return bool(facts) and facts[-1]["aircraft_online"] is True

    await eventually(told_although_it_was_let_go)


async def test_the_status_follows_what_the_machines_say(bound: SpokenDock, store: AsyncClient) -> None:
    async def status(word: str) -> None:
        await eventually(lambda: the(store, bound.sn, status=word))

    await bound.topology()
    await bound.osd(mode_code=0)
    await status("idle")
    await bound.topology(awake=True)
    await bound.say("osd", {"mode_code": 5}, sn=bound.aircraft_sn)
    await status("flying")
    await bound.osd(mode_code=4)
    await status("in_operation")
    await bound.osd(mode_code=0)
    await bound.topology(awake=False)
    await bound.state(live_status=[{"video_id": f"{bound.sn}/165-0-7/normal-0", "status": 1}])
    await status("streaming")
    await bound.client.publish(f"sys/product/{bound.sn}/status", b"", qos=1)
    await status("offline")
