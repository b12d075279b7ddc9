"""Who gets the sticks, who loses them, and who is told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from api.security import Role
from drc.ticket import Ticket, issue
from store.docks import Dock
from store.webhooks import Deliveries, Webhook, Webhooks
from tests.drc.conftest import House, bearer, connected
from tests.drc.test_flying import linked


async def test_the_second_who_asks_is_told_who_has_it(drc: House) -> None:
    async with drc.dock(flying=False) as sim:
        mine = await drc.take(sim.sn, "ann")
        refused = await drc.take(sim.sn, "bob")
        assert (refused["httpStatus"], refused["field"]) == (409, "kind")
        assert refused["type"].endswith("/authority-held")
        assert "ann" in refused["detail"]
        assert refused["cure"]
        again = await drc.take(sim.sn, "ann")
        assert again["session"] == mine["session"], "who has it gets another ticket"
        both = await drc.take(sim.sn, "ann", "payload")
        assert both["session"] == mine["session"], "one connection for both"
        seen = await drc.call("GET", sim.sn, "vera", Role.viewer)
        assert (seen["flight"]["user"], seen["payload"]["user"]) == ("ann", "ann")
        assert (await drc.call("DELETE", sim.sn, "bob", params={"kind": "flight"}))["httpStatus"] == 409
        left = await drc.call("DELETE", sim.sn, "ann", params={"kind": "payload"})
        assert (left["flight"]["user"], left["payload"]) == ("ann", None)
        assert (await drc.call("DELETE", sim.sn, "ann"))["flight"] is None


async def test_many_who_ask_at_once_are_one_who_gets_it(drc: House) -> None:
    async with drc.dock(flying=False) as sim:
        answers = await asyncio.gather(*(drc.take(sim.sn, f"user-{number}") for number in range(6)))
        assert sorted(answer["httpStatus"] for answer in answers) == [200, 409, 409, 409, 409, 409]
        await drc.authorities.release(sim.sn, None, why="given back")


async def test_a_commander_takes_it_by_force_and_the_loser_is_told(drc: House) -> None:
    webhooks = Webhooks(drc.store)
    await webhooks.put(Webhook(**webhook(drc.org)))
    async with drc.dock() as sim, drc.down(sim.sn) as sent, drc.operator(sim.sn, "ann") as ann:
        await ann.ready()
        await ann.fly(sim, pitch=1684)
        assert (await drc.take(sim.sn, "otto", force=True, reason="No reason"))["httpStatus"] == 403
        assert (await drc.take(sim.sn, "cleo", role=Role.commander, force=True))["httpStatus"] == 422
        taken = await drc.take(sim.sn, "cleo", role=Role.commander, force=True, reason="Person in the water")
        assert taken["flight"]["user"] == "cleo"
        lost = await ann.hear("lost")
        assert (lost["reason"], lost["by"], lost["kinds"]) == ("forced", "cleo", ["flight"])
        assert "Person in the water" in lost["detail"]
        assert (await ann.until_closed())[0] == 4001
        async with connected(taken) as cleo:
            await cleo.ready()
            assert sent[-1]["method"] == "heart_beat" or sent[-1]["data"]["pitch"] == 1024, "the sticks were let go"
            await cleo.fly(sim, pitch=1684)
        entries = {entry.action: entry async for entry in drc.audited(sim.sn)}
        assert entries["authority.taken"].user == "ann"
        forced = entries["authority.forced"]
        assert (forced.user, forced.reason, forced.details["loser"]) == ("cleo", "Person in the water", "ann")
        await drc.authorities.release(sim.sn, None, why="given back")
    told = [event.type for event in await Deliveries(drc.store).find(webhookId=WEBHOOK)]
    assert sorted(told) == ["authority.forced", "authority.released", "authority.taken"]
    await webhooks.delete(WEBHOOK)


async def test_two_people_share_a_dock(drc: House) -> None:
    async with drc.dock() as sim, drc.operator(sim.sn, "ann") as ann, drc.operator(sim.sn, "bob", "payload") as bob:
        await ann.ready()
        await linked(bob)
        assert (await ann.command("gimbal_reset", payload_index="99-0-0", reset_mode=0))["reason"] == "no-authority"
        state = next(m for m in reversed(bob.heard) if m["type"] == "state")
        assert (state["flight"], state["payload"], state["kinds"]) == ("ann", "bob", ["payload"])
        await ann.say(type="release")
        await ann.until_closed()
        await bob.say(type="ping")
        assert sim.state.drc_state == 2, "bob still needs the link"
        await bob.say(type="release")
        await drc.until_free(sim.sn)


async def test_a_wrong_ticket_opens_nothing(drc: House) -> None:
    async with drc.dock(flying=False) as sim:
        taken = await drc.take(sim.sn, "ann")
        mine = Ticket(sn=sim.sn, org=drc.org, user="ann", role="operator", session=taken["session"])
        settings = drc.settings
        late, _ = issue(settings, mine, -1)
        of_another_dock, _ = issue(settings, mine.model_copy(update={"sn": "OTHER"}), 60)
        of_another_org, _ = issue(settings, mine.model_copy(update={"org": "other"}), 60)
        of_nobody, _ = issue(settings, mine.model_copy(update={"session": "none"}), 60)
        token = drc.api.token(drc.org, Role.admin)
        for ticket in (late, of_another_dock, of_another_org, of_nobody, token, "garbage"):
            async with connect(taken["url"], subprotocols=bearer(ticket), proxy=None) as socket:
                assert '"refused"' in str(await socket.recv())
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
                assert socket.close_code == 1008
        async with connect(taken["url"], proxy=None) as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": taken["ticket"]}))
            assert '"hello"' in str(await socket.recv())
        await drc.authorities.release(sim.sn, None, why="given back")


async def test_a_dock_that_cannot_be_flown_by_hand_is_refused_before_anything_is_sent(drc: House) -> None:
    await drc.docks.put(Dock(sn="AWAY", org_id=drc.org, product="3-2-0", online=False))
    away = await drc.take("AWAY")
    assert (away["httpStatus"], away["type"].rsplit("/", 1)[1]) == (409, "dock-offline")
    assert (await drc.call("GET", "AWAY", "vera", Role.viewer))["flight"] is None


WEBHOOK = "force-and-release"


def webhook(org: str) -> dict[str, Any]:
    return {"id": WEBHOOK, "org_id": org, "url": "http://127.0.0.1:9/", "events": ["authority.*"],
            "secret_sealed": "unused", "created_by": "tester"}  # fmt: skip
