"""kill -9 of one process after the other, each in the middle of a mission of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from demo.proof import until
from simulator.video.viewer import RoomViewer
from tests.chaos.house import SOON, House, commands, house

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("chaos"), docks=2) as ready:
        yield ready


@pytest.fixture
def dock2(built: House) -> str:
    return next(iter(built.waylines))


@pytest.fixture
def dock3(built: House) -> str:
    return list(built.waylines)[-1]


async def test_a_worker_killed_between_prepare_and_execute(built: House, dock2: str) -> None:
    async with built.mission(dock2) as flying:
        # The answer is late, so that the kill is certain to come before the saga goes on
        late = {"on": "reply", "method": "flighttask_prepare", "do": "delay", "seconds": 1}
        await built.world.simulation.tell(dock2, "rules", **late)
        await flying.dispatch()
        await flying.dock_is("prepare heard", lambda shown: commands(shown, "flighttask_prepare"))
        await built.stack.kill("worker")
        assert not commands(await flying.shown(), "flighttask_execute")
        await flying.flown()


async def test_a_bridge_killed_in_flight_while_the_dock_talks_on(built: House, dock3: str) -> None:
    async with built.mission(dock3) as flying:
        flight = await flying.dispatch()
        before = await flying.in_the_air()
        async with built.stack.down("bridge"):
            after = await flying.dock_is("landed", lambda shown: shown["wayline"]["running"] is None)
            assert after["sent"]["events"] - before["sent"]["events"] > 5
            assert after["unsent"] == before["unsent"]
            untold = await built.world.outside.document(f"dji_flight_tasks/{flight}")
            assert untold is not None
            assert untold["status"] == "executing", "nobody was there to hear of its end"
        task = await flying.flown()
        assert task["progress"]["percent"] == 100


async def test_temporal_killed_in_flight(built: House, dock2: str) -> None:
    async with built.mission(dock2) as flying:
        await flying.dispatch()
        await flying.in_the_air()
        await built.stack.kill("temporal")
        await flying.flown()


async def test_the_store_killed_while_documents_are_written(built: House, dock3: str) -> None:
    async with built.mission(dock3) as flying:
        flight = await flying.dispatch()
        await flying.in_the_air()
        await built.stack.kill("firestore")
        await built.stack.wait_ready("firestore")
        await flying.dock_is("media on their way", lambda shown: shown["media"]["done"].get(flight, 0) > 0)
        await built.stack.kill("firestore")
        await flying.flown()


async def test_media_killed_while_streaming(built: House, dock3: str) -> None:
    async with built.mission(dock3) as flying:
        outside, life = built.world.outside, flying.life
        room = await outside.call("POST", f"/v1/missions/{built.world.mission}/room-token")
        async with RoomViewer(room["url"], room["token"]) as viewer:
            identity, old = life.seen["ingress"]["identity"], life.seen["push"]
            await viewer.wait_for_sight(identity, timeout=SOON)
            await flying.dispatch()
            await flying.in_the_air()
            await built.stack.kill("media")
            killed = time.time()
            # Taken after the kill: one that was on its way may still be seen
            await viewer.wait_until(lambda: viewer.sights[identity].marker.at_ms / 1000 > killed, SOON)
            await viewer.wait_for_data("dock", identity=f"dji-dock-{dock3}", timeout=SOON)

            async def pushes_anew() -> bool:
                live = [push["url"] for push in await built.world.simulation.pushes(dock3) if push["status"] == 1]
                return bool(live) and old not in live

            await until("a new push", pushes_anew, SOON)
            async with httpx.AsyncClient() as http:
                knock = await http.post(old, content="v=0\r\n", headers={"Content-Type": "application/sdp"})
            assert knock.status_code == 404, "the old key is dead"
            await life.auto_stream()  # what is live now, for the end to look at
            await flying.flown()


async def test_docks_that_are_lost_without_a_word_are_offline_in_time(built: House, dock2: str, dock3: str) -> None:
    """By the last will at once, by silence within 15 s, with the timings that people get."""
    outside, simulation = built.world.outside, built.world.simulation

    async def online(sn: str) -> bool:
        return bool((await outside.document(f"dji_docks/{sn}") or {})["online"])

    async def offline_after(sn: str) -> float:
        async def offline() -> bool:
            return not await online(sn)

        await until(f"{sn} offline", offline, SOON)
        return time.monotonic() - began

    assert await online(dock2)
    assert await online(dock3)
    began = time.monotonic()
    for sn in (dock2, dock3):
        await simulation.tell(sn, "power", action="cut")
    by_silence, by_will = await asyncio.gather(offline_after(dock2), offline_after(dock3))
    assert by_will < by_silence <= 15
    for sn in (dock2, dock3):
        await simulation.tell(sn, "power", action="on")
        await until(f"{sn} online again", lambda sn=sn: online(sn), SOON)  # type: ignore[misc]
