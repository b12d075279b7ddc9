"""Entity `auto-stream`: real video of simulated docks, through a real ingress, while it is wanted and no longer."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowHandle

from simulator.dock import SimDock
from store.docks import Stream
from store.facts import AssignDock, StreamWish
from store.ingresses import Ingress
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.rollouts import Rolling
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.inputs import AutoStreamInput


async def until_stream(world: World, sn: str, phase: str, within: float = 20) -> Stream:
    """The stream as the dock's document shows it, once it is in this phase."""

    async def there() -> Stream | None:
        dock = await world.docks.get(sn)
        return dock.stream if dock is not None and dock.stream is not None and dock.stream.phase == phase else None

    found: Stream = await eventually(there, within)
    return found


async def ingress(world: World, stream: Stream) -> Ingress:
    assert stream.ingress_id is not None
    found = await world.ingresses.get(stream.ingress_id)
    assert found is not None
    return found


def saga_of(world: World, sn: str) -> WorkflowHandle[Any, Any]:
    return world.temporal.get_workflow_handle(names.auto_stream_id(sn))


async def wish(world: World, sim: SimDock, **what: Any) -> None:
    await saga_of(world, sim.sn).signal(names.Signal.STREAM_WISH, StreamWish(actor=ACTOR, **what))


async def open_ingresses(world: World, sn: str) -> list[Ingress]:
    return [found for found in await world.ingresses.find(sn=sn) if found.state != "closed"]


@pytest.mark.parametrize("model", ["dock1", "dock3"])
async def test_the_camera_of_an_awake_aircraft_is_streamed_until_the_dock_is_let_go(
    world: World, org: Org, model: str
) -> None:
    async with world.paired(org, model, video=True, awake=True) as sim:
        mission = await world.mission(org, sim)
        stream = await until_stream(world, sim.sn, "live")
        assert stream.video_id is not None
        assert stream.video_id.startswith(f"{sim.aircraft_sn}/")
        opened = await ingress(world, stream)
        assert (opened.state, opened.room) == ("live", mission)
        assert opened.identity.startswith(f"dji-dock-{sim.sn}-")
        assert opened.metadata["source"] == "dji-cloud"
        assert opened.metadata["videoId"] == stream.video_id
        start = (await world.sent(sim.sn, "live_start_push"))[0]
        assert start.data["url_type"] == 4
        assert "stream=" not in str(start.data)
        await world.update(names.mission_id(mission), names.Update.UNASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        assert await open_ingresses(world, sim.sn) == []
        assert len(await world.sent(sim.sn, "live_stop_push")) == 1
        key = world.settings.seal_key.get_secret_value()
        history = await world.temporal.get_workflow_handle(names.auto_stream_id(sim.sn)).fetch_history()
        assert key not in history.to_json()
        timers = [event.timer_started_event_attributes for event in history.events]
        settled = next(timer.start_to_fire_timeout for timer in timers if timer.timer_id)
        assert settled.ToMilliseconds() < TIMINGS.stream_debounce * 1000  # counted from the assignment
        async with httpx.AsyncClient() as http:
            url = f"{world.settings.media_url}/rtc/v1/whip/?app=live&stream=closed"
            answer = await http.post(url, content="v=0", headers={"Content-Type": "application/sdp"})
        assert answer.status_code >= 400


async def test_without_an_aircraft_that_is_awake_there_is_nothing_to_stream(world: World, org: Org) -> None:
    async with world.paired(org, video=True) as sim:
        await world.mission(org, sim)
        stream = await until_stream(world, sim.sn, "waiting")
        assert stream.ingress_id is None
        assert await world.sent(sim.sn, "live_start_push") == []


async def test_an_operator_stops_it_starts_it_and_pins_another_camera(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        first = await until_stream(world, sim.sn, "live")
        await wish(world, sim, stopped=True)
        await until_stream(world, sim.sn, "stopped")
        assert await open_ingresses(world, sim.sn) == []
        await wish(world, sim, stopped=False, quality=2)
        second = await until_stream(world, sim.sn, "live")
        assert second.ingress_id != first.ingress_id
        assert second.quality == 2
        await wish(world, sim, quality=1)

        async def quality_set() -> bool:
            return len(await world.sent(sim.sn, "live_set_quality")) == 1

        await eventually(quality_set)
        await wish(world, sim, video_id=f"{sim.sn}/165-0-7/normal-0")

        async def of_the_dock() -> bool:
            stream = await until_stream(world, sim.sn, "live")
            return stream.video_id == f"{sim.sn}/165-0-7/normal-0"

        await eventually(of_the_dock)
        assert len(await open_ingresses(world, sim.sn)) == 1


async def test_a_refused_push_is_tried_again_with_a_new_ingress(world: World, org: Org) -> None:
    rule = {"on": "command", "method": "live_start_push", "do": "result", "code": 513006, "times": 2}
    async with world.paired(org, video=True, awake=True, scenario={"rules": [rule]}) as sim:
        await world.mission(org, sim)
        await until_stream(world, sim.sn, "live")
        assert len(await world.sent(sim.sn, "live_start_push")) == 3
        assert len(await open_ingresses(world, sim.sn)) == 1


async def test_a_push_without_pictures_or_without_an_end_is_cut_at_its_ingress(world: World, org: Org) -> None:
    """The dock says that it streams, but sends no picture, and does not say whether it stops."""
    silent = {"on": "reply", "method": "live_stop_push", "do": "silence", "times": None}
    timings = TIMINGS.model_copy(update={"stream_first_frame": 0.5, "stream_stop": 0.5})
    async with Rolling(world, org).dock(video=False, awake=True, scenario={"rules": [silent]}) as sim:
        mission = await world.mission(org, sim, timings=timings)
        stream = await until_stream(world, sim.sn, "retrying")
        assert (stream.error or "").startswith(f"no video of {sim.aircraft_sn}/")

        async def tried_again() -> bool:
            return len(await world.sent(sim.sn, "live_start_push")) >= 3

        await eventually(tried_again, 30)
        assert len(await open_ingresses(world, sim.sn)) <= 1
        await world.update(names.mission_id(mission), names.Update.UNASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        assert await open_ingresses(world, sim.sn) == []
        details = str(await saga_of(world, sim.sn).query("__temporal_workflow_metadata"))
        assert "the dock did not stop by itself" in details


async def test_a_cancel_in_temporal_takes_it_down_at_every_step(world: World, org: Org) -> None:
    """Five docks, each cancelled at another step."""
    late = {"on": "reply", "method": "live_start_push", "do": "delay", "seconds": 2, "times": None}
    refusal = {"on": "command", "method": "live_start_push", "do": "result", "code": 513006, "times": None}
    steps: dict[str, dict[str, Any]] = {
        "waiting": {},
        "starting": {"awake": True, "scenario": {"rules": [late]}},
        "retrying": {"awake": True, "scenario": {"rules": [refusal]}},
        "live": {"awake": True, "video": True},
        "stopped": {"awake": True, "video": True},
    }
    rolling = Rolling(world, org)
    async with AsyncExitStack() as stack:
        begun = [stack.enter_async_context(rolling.dock(**options)) for options in steps.values()]
        docks = await asyncio.gather(*begun)
        await world.mission(org, *docks)

        async def cancel(step: str, sim: SimDock) -> None:
            if step == "stopped":
                await until_stream(world, sim.sn, "live", 60)
                await wish(world, sim, stopped=True)
            await until_stream(world, sim.sn, step, 60)
            saga = saga_of(world, sim.sn)
            await saga.cancel()
            state = await asyncio.wait_for(saga.result(), 30)
            assert (state["phase"], state["ingress_id"]) == ("ended", None), step
            assert await open_ingresses(world, sim.sn) == [], step
            dock = await world.docks.get(sim.sn)
            assert dock is not None
            assert dock.stream is None, step

        await asyncio.gather(*(cancel(step, sim) for step, sim in zip(steps, docks, strict=True)))


async def test_an_offline_dock_has_no_way_in_and_gets_a_new_one_when_it_is_back(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        await until_stream(world, sim.sn, "live")
        await sim.cut_power()
        await until_stream(world, sim.sn, "waiting")
        assert await open_ingresses(world, sim.sn) == []
        sim.reboot(0)
        await sim.wait_for(lambda d: d.online)
        await sim.device.wake() if hasattr(sim.device, "wake") else None
        await until_stream(world, sim.sn, "live")


async def test_a_lost_push_is_started_anew(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        first = await until_stream(world, sim.sn, "live")
        async with httpx.AsyncClient() as http:
            token = world.settings.media_control_token.get_secret_value()
            await http.delete(
                f"{world.settings.media_url}/ingresses/{first.ingress_id}", headers={"Authorization": f"Bearer {token}"}
            )

        async def another() -> bool:
            stream = await until_stream(world, sim.sn, "live")
            return stream.ingress_id != first.ingress_id

        await eventually(another, 30)


async def test_what_a_terminated_stream_left_open_is_closed_by_the_next_one(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        mission = await world.mission(org, sim)
        first = await until_stream(world, sim.sn, "live")
        await world.temporal.get_workflow_handle(names.auto_stream_id(sim.sn)).terminate("as a crash would")
        await world.temporal.start_workflow(
            names.Workflow.AUTO_STREAM,
            AutoStreamInput(sn=sim.sn, org_id=org.id, mission_id=mission, timings=TIMINGS),
            id=names.auto_stream_id(sim.sn),
            task_queue=names.TASK_QUEUE,
        )

        async def only_the_new_one() -> bool:
            left = await open_ingresses(world, sim.sn)
            return len(left) == 1 and left[0].id != first.ingress_id and left[0].state == "live"

        await eventually(only_the_new_one, 60)


async def test_a_dock_that_cannot_whip_is_told_to_push_by_rtmp(world: World, org: Org) -> None:
    rule = {"on": "command", "method": "live_start_push", "do": "result", "code": 513013, "times": 1}
    async with world.paired(org, video=True, awake=True, scenario={"rules": [rule]}) as sim:
        await world.mission(org, sim)
        stream = await until_stream(world, sim.sn, "live")
        assert stream.protocol == "rtmp"
        assert [command.data["url_type"] for command in await world.sent(sim.sn, "live_start_push")] == [4, 1]
        assert (await ingress(world, stream)).state == "live"
        await wish(world, sim, protocol="whip")

        async def by_whip() -> bool:
            return (await until_stream(world, sim.sn, "live")).protocol == "whip"

        await eventually(by_whip, 30)
        assert len(await open_ingresses(world, sim.sn)) == 1


async def test_cameras_are_streamed_beside_as_far_as_the_dock_can(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        first = await until_stream(world, sim.sn, "live")
        own, none = f"{sim.sn}/165-0-7/normal-0", f"{sim.sn}/99-9-9/normal-0"
        await wish(world, sim, also=[own, none])

        async def beside() -> bool:
            stream = await until_stream(world, sim.sn, "live")
            return {(other.video_id, other.state) for other in stream.also} == {(own, "live"), (none, "waiting")}

        await eventually(beside, 30)
        both = await open_ingresses(world, sim.sn)
        assert {each.video_id for each in both} == {first.video_id, own}
        assert {each.state for each in both} == {"live"}
        assert len({each.identity for each in both}) == 2
        await wish(world, sim, also=[])

        async def alone() -> bool:
            return [each.id for each in await open_ingresses(world, sim.sn)] == [first.ingress_id]

        await eventually(alone, 30)


async def test_an_organisation_streams_no_more_than_it_may(world: World, org: Org) -> None:
    await world.orgs.patch(org.id, {"streamsMost": 0})
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        stream = await until_stream(world, sim.sn, "retrying")
        assert stream.error == "the organisation has 0 streams, 0 are allowed"
        assert await world.ingresses.find(sn=sim.sn) == []
        await world.orgs.patch(org.id, {"streamsMost": 1})
        await until_stream(world, sim.sn, "live")


async def test_what_a_terminated_stream_left_open_is_swept_where_no_other_follows(world: World, org: Org) -> None:
    async with world.paired(org, video=True, awake=True) as sim:
        await world.mission(org, sim)
        await until_stream(world, sim.sn, "live")
        await world.temporal.get_workflow_handle(names.auto_stream_id(sim.sn)).terminate("as a crash would")

        async def swept() -> bool:
            return await open_ingresses(world, sim.sn) == []

        await eventually(swept, 30)
