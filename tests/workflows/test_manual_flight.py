"""Saga `flight` beside a person at the sticks: no stick disturbs a mission, and the saga follows what is flown."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from drc.server import serving
from drc.ticket import Ticket, issue
from embedded import ports
from simulator.dock import SimDock
from simulator.motion import ground_distance
from simulator.state import AircraftMode
from store.authority import Asker, Authorities
from store.client import connect, emulator_at
from store.document import now
from store.events import Events
from store.facts import Ask, GoHome
from store.orgs import Org
from tests.drc.conftest import connected, nobody
from tests.waiting import eventually
from tests.workflows.flying import CALM, Flying, hurry
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names


async def test_sticks_wait_for_the_wayline_and_then_fly_while_the_saga_holds_the_dock(world: World, org: Org) -> None:
    told, flying = world.settings, Flying(world, org)
    settings = told.model_copy(
        update={"drc_port": ports.free(1)[0], "mqtt_public_address": f"tcp://{told.mqtt_host}:{told.mqtt_port}"}
    )
    with emulator_at(world.emulator):
        store = connect(settings)
    async with serving(settings, store, world.temporal) as url, flying.dock(speed=CALM) as sim:
        saga = await flying.fly(sim, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        until = now() + timedelta(seconds=TIMINGS.drc_release)
        authorities = Authorities(store, Events(store, nobody, TIMINGS))
        taking = await authorities.take(sim.sn, org.id, "flight", Asker("ann", "operator"), until=until)
        ticket, _ = issue(
            settings, Ticket(sn=sim.sn, org=org.id, user="ann", role="operator", session=taking.holder.session), 60
        )
        async with connected({"url": f"{url}/v1/drc/{sim.sn}", "ticket": ticket}) as ann:
            await ann.hear("state", link="open", within=20)
            sticking = asyncio.create_task(ann.hold(8, pitch=364, roll=1684))
            refused = await ann.hear("refused", of="sticks", reason="wayline")
            sticking.cancel()
            assert "home" in refused["cure"]
            assert sim.wayline.running is not None
            assert (sim.wayline.running.phase, sim.wayline.running.paused) == ("flying", False)

            await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
            await eventually(lambda: is_on_its_way_home(sim))
            await world.update(saga.id, names.Update.CANCEL_HOME, Ask(actor=ACTOR))
            await ann.ready()
            before = sim.aircraft.position
            await ann.fly(sim, 5, roll=1684)
            assert ground_distance(before, sim.aircraft.position) >= 5
            task, dock = await world.flight(saga), await world.docks.get(sim.sn)
            assert (task.status, task.phase) == ("returning", "hovering")
            assert dock is not None
            assert dock.lease is not None
            assert dock.lease.holder == saga.id, "the saga holds the dock all the while"
            await ann.say(type="release")
            await ann.until_closed()
        assert await flying.stop(saga) == "return_home"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"


async def is_on_its_way_home(sim: SimDock) -> bool:
    """The dock takes the order a moment before the aircraft turns."""
    return sim.aircraft.mode is AircraftMode.RETURNING
