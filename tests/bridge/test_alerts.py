"""Alerts of docks as documents: each alarm once, ended by the dock's word or without one, over restarts and kills."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import orjson
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from embedded import parts
from settings import Settings
from store.alerts import Alert, Alerts
from store.client import connect
from store.docks import Docks
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, bind, on, running, speaking
from tests.bridge.test_kill import process
from tests.waiting import eventually

Json = dict[str, Any]
QUICK = {"alert_sweep": 0.3, "alert_lapse": 2, "alert_relisted": 2, "osd_silence": 3, "presence_sweep": 0.2}


def alarm(code: str, level: int = 1) -> Json:
    return {
        "code": code,
        "device_type": "3-3-0",
        "level": level,
        "module": 3,
        "in_the_sky": 0,
        "imminent": 0,
        "args": {},
    }


async def listed(store: AsyncClient, dock: SpokenDock) -> dict[str, Alert]:
    """The dock's alerts by code or kind; none may be there twice."""
    found = await Alerts(store).find(sn=dock.sn)
    named = {alert.code or alert.kind: alert for alert in found}
    assert len(named) == len(found), [(alert.kind, alert.text) for alert in found]
    return named


async def until(store: AsyncClient, dock: SpokenDock, **states: bool) -> dict[str, Alert]:
    """The alerts once each named one, and no other, is there and open or not."""

    async def so() -> dict[str, Alert] | None:
        found = await listed(store, dock)
        last.append({name: alert.open for name, alert in found.items()})
        return found if last[-1] == states else None

    last: list[dict[str, bool]] = []
    try:
        found: dict[str, Alert] = await eventually(so)
    except AssertionError:
        print(last[-1])
        raise
    return found


@pytest.mark.usefixtures("bridge")
async def test_an_alarm_is_one_document_from_its_beginning_to_its_end(
    bound: SpokenDock, store: AsyncClient, org: Org
) -> None:
    await Docks(store).patch(bound.sn, {"missionId": "m1"})
    tid = await bound.say("events", {"list": [alarm("0x19114000")]}, method="hms")
    found = (await until(store, bound, **{"0x19114000": True}))["0x19114000"]
    assert (found.kind, found.level, found.module, found.mission_id) == ("hms", "caution", "health", "m1")
    assert found.text == "The wind is too strong to fly (12 m/s or more)"
    written = await Alerts(store).ref(found.id).get()
    for _ in range(3):
        await bound.say("events", {"list": [alarm("0x19114000")]}, method="hms")
    await bound.say("events", {"list": [alarm("0x19114000"), alarm("0xB")]}, method="hms")
    await until(store, bound, **{"0x19114000": True, "0xB": True})
    again = await Alerts(store).ref(found.id).get()
    assert again.update_time == written.update_time, "repeating it writes nothing"
    await bound.say("events", {"list": [alarm("0x19114000", level=2), alarm("0xB")]}, method="hms")
    await bound.say("events", {"list": [alarm("0xB")]}, method="hms")
    over = await until(store, bound, **{"0x19114000": False, "0xB": True})
    assert (over["0x19114000"].level, over["0x19114000"].ended) == ("warning", "the dock said so")
    # The very message of before, as a broker gives it again to a successor: it does not arise again
    await bound.say("events", {"list": [alarm("0x19114000")]}, method="hms", tid=tid, timestamp=None)
    await bound.say("events", {"list": []}, method="hms")


@pytest.mark.usefixtures("bridge")
async def test_every_kind_of_warning_is_kept(bound: SpokenDock, store: AsyncClient) -> None:
    said: list[tuple[str, Any]] = [
        ("airsense_warning", [{"icao": "78AB", "warning_level": 3}]),
        ("device_exit_homing_notify", {"action": 1, "reason": 2}),
        ("joystick_invalid_notify", {"reason": 0}),
        ("obstacle_avoidance_notify", {"flight_id": "f", "obstacles": [{"type": 2}], "is_final_report": False}),
        ("return_home_info", {"flight_id": "f", "last_point_type": 0}),
        ("flight_setup_exception_notify", {"timeout_time": 2, "flight_type": 1}),
    ]
    for method, data in said:
        reply = await bound.ask("events", method, data, need_reply=1, within=10)
        assert reply["data"]["result"] == 0
    await until(
        store, bound, airsense=True, exit_homing=True, joystick_invalid=False, obstacle=True, return_home=True,
        flight_setup=False,
    )  # fmt: skip


async def test_what_ends_without_a_word_ends_by_itself(settings: Settings, org: Org, sagas: Client) -> None:
    async with parts.mosquitto() as broker:
        quick = on(settings, broker, timings_json=orjson.dumps(QUICK).decode())
        store = connect(quick)
        async with running(quick), speaking(quick) as dock:
            await bind(dock, store, org)
            await dock.topology()
            await dock.say("events", {"list": [alarm("0xA"), alarm("0xB")]}, method="hms")
            await dock.say("events", [{"icao": "78AB", "warning_level": 3}], method="airsense_warning")
            before = await until(store, dock, **{"0xA": True, "0xB": True, "airsense": True})
            # It falls silent, and its traffic with it; what it was ill of still stands
            await until(store, dock, **{"0xA": True, "0xB": True, "airsense": False})
            await eventually(lambda: offline(store, dock))
            await dock.topology()
            for _ in range(12):  # it is back, and lists both for longer than it has time to
                await dock.osd(job_number=1)
                await dock.say("events", {"list": [alarm("0xA"), alarm("0xB")]}, method="hms")
                await asyncio.sleep(0.25)
            await until(store, dock, **{"0xA": True, "0xB": True, "airsense": False})
            await eventually(lambda: offline(store, dock))
            await dock.topology()

            async def over() -> bool:
                await dock.osd(job_number=2)
                return not any(alert.open for alert in (await listed(store, dock)).values())

            await eventually(over)
            after = await listed(store, dock)
            assert {name: alert.id for name, alert in after.items()} == {name: a.id for name, a in before.items()}
            assert after["0xA"].ended == "the dock lists it no more"


async def offline(store: AsyncClient, dock: SpokenDock) -> bool:
    document = await Docks(store).get(dock.sn)
    return document is not None and not document.online


@pytest.mark.chaos
async def test_a_killed_bridge_leaves_each_alarm_once_and_ends_what_ended_meanwhile(
    settings: Settings, org: Org, sagas: Client, tmp_path: Path
) -> None:
    log = tmp_path / "bridge.log"
    codes = [f"0xC{number}" for number in range(12)]
    async with parts.mosquitto() as broker:
        alone = on(settings, broker, timings_json=orjson.dumps({"alert_sweep": 0.3, "alert_lapse": 5}).decode())
        store = connect(alone)
        async with speaking(alone) as dock:
            await bind(dock, store, org)
            async with process(alone, log) as first:
                await dock.topology(within=10)
                await dock.say("events", [{"icao": "78AB", "warning_level": 3}], method="airsense_warning")
                for number in range(len(codes)):
                    await dock.say("events", {"list": [alarm(code) for code in codes[: number + 1]]}, method="hms")

                async def some() -> bool:
                    return len(await Alerts(store).find(sn=dock.sn)) > 3

                await eventually(some)
                first.kill()
                await first.wait()
            # While nobody listens all but one end, and one is new; traffic is said no more
            await dock.say("events", {"list": [alarm(codes[0]), alarm("0xNEW")]}, method="hms")
            async with process(alone, log):
                states = {code: code == codes[0] for code in codes} | {"0xNEW": True, "airsense": False}
                found = await until(store, dock, **states)
                assert found["airsense"].ended == "nothing was said of it any more"
                await dock.say("events", {"list": [alarm(codes[0]), alarm("0xNEW")]}, method="hms")
                await dock.say("events", {"list": []}, method="hms")
                await until(store, dock, **dict.fromkeys(states, False))


@pytest.mark.usefixtures("bridge")
async def test_a_dock_of_nobody_warns_nobody(dock: SpokenDock, bound: SpokenDock, store: AsyncClient) -> None:
    stranger = SpokenDock(dock.client, f"NOBODY{uuid.uuid4().hex[:6]}", "AIR")
    await stranger.say("events", {"list": [alarm("0xA")]}, method="hms")
    await bound.say("events", {"list": [alarm("0xA")]}, method="hms")
    await until(store, bound, **{"0xA": True})
    assert await Alerts(store).find(sn=stranger.sn) == []
