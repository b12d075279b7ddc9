"""Sticks, commands and silence, on each model of dock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drc.sticks import AXES
from simulator import osd
from simulator.motion import ground_distance
from simulator.state import AircraftMode, DockMode
from store.commands import Command
from tests.drc.conftest import TIMINGS, House, Operator
from tests.simulator.commands import TTS
from tests.waiting import eventually

MODELS = pytest.mark.parametrize("model", ["dock1", "dock2", "dock3"])


@MODELS
async def test_sticks_move_the_aircraft_and_silence_stops_it(drc: House, model: str) -> None:
    async with drc.dock(model) as sim, drc.down(sim.sn) as sent, drc.operator(sim.sn) as ann:
        hello = await ann.hear("hello")
        assert (hello["sn"], hello["kinds"]) == (sim.sn, ["flight"])
        await ann.ready()
        before = sim.aircraft.position
        await ann.fly(sim, 4, pitch=1684, throttle=1200)
        assert sim.aircraft.position.latitude > before.latitude, "it faces north"
        assert sim.aircraft.position.height > before.height + 0.1

        method = "drone_control" if model == "dock1" else "stick_control"
        rest = {"x": 0.0, "y": 0.0, "h": 0.0, "w": 0.0} if model == "dock1" else dict.fromkeys(AXES, 1024)

        async def neutral() -> bool:
            flown = [m for m in sent if m["method"] == method]
            return bool(rest.items() <= flown[-1]["data"].items())

        await eventually(neutral, TIMINGS.drc_neutral + 1)
        place = sim.aircraft.position
        await asyncio.sleep(0.2)
        assert ground_distance(place, sim.aircraft.position) == 0
        numbers = [m["data"]["seq"] if model == "dock1" else m["seq"] for m in sent]
        assert numbers == sorted(set(numbers)), "all messages share one rising number"
        first = next(m["data"] for m in sent if m["method"] == method)
        if model == "dock1":
            assert (first["x"], first["h"]) == (17.0, 1.33), "full throw is the bound of the field, in m/s"
        else:
            assert (first["pitch"], first["throttle"], first["roll"]) == (1684, 1200, 1024)

        delay = await ann.hear("delay")
        assert 0 < delay["link"] < 1000
        await ann.hear("up", method="osd_info_push")

        async def seen() -> bool:
            aircraft = await drc.aircraft.get(sim.aircraft_sn)
            return aircraft is not None and aircraft.osd["latitude"] > before.latitude

        await eventually(seen, 5)
        answer = await ann.command("drone_emergency_stop")
        assert (answer["type"], answer["ok"], answer["result"]) == ("ack", True, 0)

        async def audited() -> list[tuple[str, str, str]]:
            entries = [entry async for entry in drc.audited(sim.sn) if entry.action == "drc.command"]
            return [(entry.user, entry.details["method"], entry.outcome) for entry in entries]

        assert await eventually(audited) == [("ann", "drone_emergency_stop", "accepted")]


async def test_a_silent_operator_loses_the_aircraft_and_the_dock_leaves_the_mode(drc: House) -> None:
    async with drc.dock() as sim, drc.operator(sim.sn) as ann:
        await ann.ready()
        assert sim.state.drc_state == 2
        lost = await ann.hear("lost")
        assert (lost["reason"], lost["kinds"]) == ("silence", ["flight"])
        assert (await ann.until_closed())[0] == 4003
        await drc.until_free(sim.sn)
        assert sim.state.drc_state == 0

        async def answered() -> list[Command]:
            found = [command for command in await drc.commands(sim.sn) if command.method.startswith("drc_mode")]
            return found if {command.status for command in found} == {"accepted"} else []

        modes = await eventually(answered)
        assert [command.method for command in modes] == ["drc_mode_enter", "drc_mode_exit"]
        assert modes[0].data["mqtt_broker"]["password"] == "(left out)"


async def test_who_comes_back_in_time_still_holds_it(drc: House) -> None:
    async with drc.dock() as sim:
        async with drc.operator(sim.sn) as ann:
            await ann.ready()
        account = (await drc.authority(sim.sn)).link
        async with drc.operator(sim.sn) as ann:
            await ann.ready()
            await ann.fly(sim, roll=1684)
            assert (await drc.authority(sim.sn)).link == account, "the same link to the dock"
            async with drc.operator(sim.sn) as again:
                assert (await ann.hear("lost"))["reason"] == "replaced"
                await ann.until_closed()
                await again.ready()
                await again.say(type="release")
                assert (await again.hear("lost"))["reason"] == "given back"
        await drc.until_free(sim.sn)


@pytest.mark.parametrize(
    ("dock_mode", "aircraft_mode", "reason"),
    [
        (DockMode.REMOTE_DEBUG, AircraftMode.LIVE_CONTROLS, "dock-debug"),
        (DockMode.WORKING, AircraftMode.WAYLINE, "wayline"),
        (DockMode.WORKING, AircraftMode.STANDBY, "on-the-ground"),
    ],
)
async def test_sticks_are_refused_where_dji_does_not_take_them(
    drc: House, dock_mode: DockMode, aircraft_mode: AircraftMode, reason: str
) -> None:
    async with drc.dock() as sim, drc.down(sim.sn) as sent, drc.operator(sim.sn) as ann:
        await ann.ready()
        sim.state.mode, sim.aircraft.mode = dock_mode, aircraft_mode

        async def refused() -> bool:
            await ann.say(type="ping")
            states = [m for m in ann.heard if m["type"] == "state"]
            return bool(states[-1]["sticks"].get("reason") == reason)

        await eventually(refused, 5)
        sent.clear()
        await ann.say(type="sticks", pitch=1684)
        told = await ann.hear("refused", of="sticks", reason=reason)
        assert told["detail"]
        assert told["cure"]
        assert not [m for m in sent if m["method"] == "stick_control"]


async def test_what_is_no_message_is_said_and_harms_nothing(drc: House) -> None:
    async with drc.dock() as sim, drc.down(sim.sn) as sent, drc.operator(sim.sn) as ann:
        await ann.ready()
        sent.clear()
        await ann.say(type="sticks", pitch=1685)
        assert (await ann.hear("refused", reason="bad-sticks"))["field"] == "pitch"
        await ann.socket.send("no json")
        await ann.hear("refused", reason="not-json")
        await ann.say(type="dance")
        await ann.hear("refused", reason="no-such-type")
        assert (await ann.command("drone_emergency_stp"))["cure"] == "Did you mean drone_emergency_stop?"
        assert (await ann.command("stick_control"))["reason"] == "own-method"
        assert {m["method"] for m in sent} <= {"heart_beat"}


PAYLOAD: dict[str, dict[str, Any]] = {
    "drc_light_mode_set": {"psdk_index": 1, "group": 0, "mode": 1},
    "drc_camera_night_vision_enable": {"enable": True},
    "drc_speaker_tts_play_start": {"psdk_index": 2, "tts": TTS},
    "drc_psdk_widget_value_set": {"psdk_index": 2, "index": 1, "value": 1},
    "drc_linkage_zoom_set": {"state": True},
    "camera_focal_length_set": {"camera_type": "zoom", "zoom_factor": 5},
    "gimbal_reset": {"reset_mode": 0},
}
HAVE = {
    "dock1": {"camera_focal_length_set", "gimbal_reset"},
    "dock2": {"camera_focal_length_set", "gimbal_reset", "drc_linkage_zoom_set"},
    "dock3": set(PAYLOAD) - {"drc_linkage_zoom_set"},
}


@MODELS
async def test_the_payload_does_what_the_model_has_and_nothing_else_is_sent(drc: House, model: str) -> None:
    async with drc.dock(model) as sim, drc.down(sim.sn) as sent, drc.operator(sim.sn, "bob", "payload") as bob:
        await linked(bob)
        index = osd.main_index(sim)
        for method, data in PAYLOAD.items():
            answer = await bob.command(method, **({} if "psdk_index" in data else {"payload_index": index}) | data)
            if method in HAVE[model]:
                assert (answer["type"], answer.get("result")) == ("ack", 0), (method, answer)
            else:
                assert (answer["type"], answer["reason"]) == ("refused", "not-supported"), (method, answer)
        assert {m["method"] for m in sent} - {"heart_beat"} == {m for m in HAVE[model] if m.startswith("drc_")}
        wrong = await bob.command("gimbal_reset", payload_index=index, reset_mode=77)
        assert (wrong["reason"], wrong["field"]) == ("bad-data", "data.reset_mode")
        assert (await bob.command("drone_emergency_stop"))["reason"] == "no-authority"
        await bob.say(type="sticks", pitch=1100)
        await bob.hear("refused", of="sticks", reason="no-authority")

        async def written() -> bool:
            commands = [c for c in await drc.commands(sim.sn) if c.method == "gimbal_reset"]
            return [(c.user, c.status) for c in commands] == [("bob", "accepted")]

        await eventually(written)


async def linked(operator: Operator) -> None:
    """The live link is open; who holds the payload needs no more."""

    async def open_() -> bool:
        await operator.say(type="ping")
        return any(m["type"] == "state" and m["link"] == "open" for m in operator.heard)

    await eventually(open_, 10)
