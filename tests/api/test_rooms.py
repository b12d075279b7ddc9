"""The mission's room by the API: who is in it, and how somebody is sent out and stays out."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websockets
from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from process import trust
from simulator.video.viewer import RoomViewer
from store.audit import Audit
from store.docks import Dock
from store.missions import Mission
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import World

Json = dict[str, Any]


async def _mission(world: World, org: str) -> Mission:
    number = uuid4().hex
    mission = Mission(id=number, org_id=org, name="North ridge", room=number, created_by="ann")
    await world.missions.put(mission)
    return mission


def _as(api: Served, org: str, role: Role, user: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {api.token(org, role, user)}"}
    return httpx.AsyncClient(base_url=api.url, headers=headers, timeout=60, verify=trust())


async def test_a_person_comes_is_seen_and_is_sent_out_for_good(world: World, api: Served) -> None:
    org = await world.org()
    mission, sn = await _mission(world, org.id), f"DOCK-{uuid4().hex[:8]}"
    await world.docks.put(
        Dock(sn=sn, org_id=org.id, mission_id=mission.id, model="dock3", osd={"humidity": 41}, product="3-3-0")
    )
    path = f"/v1/missions/{mission.id}"
    bob, cleo = _as(api, org.id, Role.operator, "bob"), _as(api, org.id, Role.commander, "cleo")
    async with bob, cleo:
        empty = (await cleo.get(f"{path}/room")).json()
        assert (empty["watched"], empty["participants"]) == (False, [])
        token = (await bob.post(f"{path}/room-token")).json()
        assert token["identity"] == "operator-bob"
        async with RoomViewer(token["url"], token["token"]) as viewer:
            # He was expected: the dock's telemetry is there, with what the store knows
            known = await viewer.wait_for_data("dock", identity=f"dji-dock-{sn}", timeout=30)
            assert known.message["data"]["humidity"] == 41
            room = (await cleo.get(f"{path}/room")).json()
            assert room["watched"]
            assert [(each["kind"], each["user"], each["role"], each["dock"]) for each in room["participants"]] == [
                ("person", "bob", "operator", None), ("telemetry", None, None, sn),
            ]  # fmt: skip
            await viewer.wait_until(lambda: "North ridge" in viewer.room.metadata, 30)
            before = ["--api", api.url, "--token", api.token(org.id, Role.viewer, "vera")]
            listed = await asyncio.to_thread(CliRunner().invoke, app, [*before, "missions", "room", mission.id])
            assert listed.exit_code == 0, listed.output
            assert "bob" in listed.stdout
            assert "telemetry" in listed.stdout
            assert (await bob.delete(f"{path}/room/people/cleo", params={"reason": "Mutiny"})).status_code == 403
            assert (await cleo.delete(f"{path}/room/people/bob")).status_code == 422, "a reason is needed"
            own = (await cleo.delete(f"{path}/room/people/cleo", params={"reason": "Tired"})).json()
            assert own["type"].endswith("/yourself")
            removed = await cleo.delete(f"{path}/room/people/bob", params={"reason": "Device lost"})
            assert (removed.status_code, removed.json()["rooms"]) == (200, [mission.id])
            await viewer.wait_until(lambda: not viewer.room.isconnected(), 30)
        refused = (await bob.post(f"{path}/room-token")).json()
        assert refused["type"].endswith("/removed-from-room")
        assert "Device lost" in refused["detail"]
        async with RoomViewer(token["url"], token["token"]) as viewer:  # the old one is good for some minutes
            await viewer.wait_until(lambda: not viewer.room.isconnected(), 30)
    noted = [entry async for entry in Audit(world.store).stream(target="bob") if entry.org_id == org.id]
    assert [(entry.action, entry.reason) for entry in noted] == [("room.remove", "Device lost")]


async def test_who_leaves_the_organisation_leaves_all_its_rooms_and_no_others(world: World, api: Served) -> None:
    ours, others = await world.org(), await world.org()
    here, there = await _mission(world, ours.id), await _mission(world, others.id)
    over = await _mission(world, ours.id)
    await world.missions.patch(over.id, {"status": "completed"})
    admin = _as(api, ours.id, Role.admin, "ada")
    bob, namesake = _as(api, ours.id, Role.viewer, "bob"), _as(api, others.id, Role.viewer, "bob")
    async with admin, bob, namesake:
        mine = (await bob.post(f"/v1/missions/{here.id}/room-token")).json()
        theirs = (await namesake.post(f"/v1/missions/{there.id}/room-token")).json()
        async with (
            RoomViewer(mine["url"], mine["token"]) as viewer,
            RoomViewer(theirs["url"], theirs["token"]) as other,
        ):
            removed = (await admin.delete("/v1/rooms/people/bob")).json()
            assert removed["rooms"] == [here.id]
            await viewer.wait_until(lambda: not viewer.room.isconnected(), 30)
            assert other.room.isconnected()
        assert (await bob.post(f"/v1/missions/{here.id}/room-token")).status_code == 403
        assert (await namesake.post(f"/v1/missions/{there.id}/room-token")).status_code == 200


async def test_a_member_who_is_removed_is_out_of_the_room(world: World, api: Served) -> None:
    org = await world.org()
    mission = await _mission(world, org.id)
    async with _as(api, org.id, Role.admin, "ada") as ada:
        added = await ada.post("/v1/org/members", json={"user": "eve", "role": "operator"})
        assert added.status_code == 201, added.text
        async with _as(api, org.id, Role.operator, "eve") as eve:
            token = (await eve.post(f"/v1/missions/{mission.id}/room-token")).json()
        async with RoomViewer(token["url"], token["token"]) as viewer:
            removed = await ada.delete("/v1/org/members/eve")
            assert removed.status_code == 200, removed.text
            await viewer.wait_until(lambda: not viewer.room.isconnected(), 30)


async def test_who_is_made_less_is_less_in_the_room_at_once_and_with_an_older_token(world: World, api: Served) -> None:
    org = await world.org()
    mission = await _mission(world, org.id)
    room = f"/v1/missions/{mission.id}/room"
    async with _as(api, org.id, Role.admin, "ada") as ada, _as(api, org.id, Role.commander, "eve") as eve:
        assert (await ada.post("/v1/org/members", json={"user": "eve", "role": "commander"})).status_code == 201
        listens = (await ada.post(f"{room}-token")).json()
        token = (await eve.post(f"{room}-token")).json()
        async with RoomViewer(listens["url"], listens["token"]) as viewer:

            async def says(eve: RoomViewer, word: str) -> None:
                await eve.room.local_participant.publish_data(f'"{word}"', topic="chat")

            def heard() -> list[str]:
                return [each.message for each in viewer.heard if each.topic == "chat"]

            async def role() -> str | None:
                people = (await ada.get(room)).json()["participants"]
                return next((each["role"] for each in people if each["user"] == "eve"), None)

            async with RoomViewer(token["url"], token["token"]) as inside:
                await says(inside, "first")
                await viewer.wait_until(lambda: heard() == ["first"], 30)
                changed = await ada.patch("/v1/org/members/eve", json={"role": "operator"})
                assert changed.status_code == 200, changed.text
                assert await role() == "operator", "which may speak"
                await says(inside, "second")
                await viewer.wait_until(lambda: heard() == ["first", "second"], 30)
                assert (await ada.patch("/v1/org/members/eve", json={"role": "viewer"})).status_code == 200
                assert await role() == "viewer"
                assert inside.room.isconnected(), "she still sees"
                await _may_not_speak(inside)
            async with RoomViewer(token["url"], token["token"]) as again:  # the old one is good for some minutes

                async def less() -> bool:
                    return await role() == "viewer"

                await eventually(less, 30)
                await _may_not_speak(again)
                assert (await ada.patch("/v1/org/members/eve", json={"role": "commander"})).status_code == 200
            fresh = (await eve.post(f"{room}-token")).json()
            async with RoomViewer(fresh["url"], fresh["token"]) as back:
                assert await role() == "commander"
                await says(back, "third")
                await viewer.wait_until(lambda: heard() == ["first", "second", "third"], 30)


@pytest.mark.parametrize("role", [Role.viewer, Role.operator])
async def test_another_organisations_room_is_nobodys_business(world: World, api: Served, role: Role) -> None:
    mission = await _mission(world, (await world.org()).id)
    async with _as(api, (await world.org()).id, role, "eve") as eve:
        assert (await eve.get(f"/v1/missions/{mission.id}/room")).status_code == 404
        assert (await eve.post(f"/v1/missions/{mission.id}/room-token")).status_code == 404


async def test_what_a_dock_3_sees_is_in_the_room_and_on_the_websocket_while_it_is_switched_on(
    world: World, api: Served
) -> None:
    org = await world.org()
    async with world.paired(org, "dock3", video=True, awake=True) as sim:
        mission = await world.mission(org, sim)
        async with _as(api, org.id, Role.operator, "ann") as ann:
            token = (await ann.post(f"/v1/missions/{mission}/room-token")).json()
        url = api.url.replace("http", "ws") + f"/v1/live?sn={sim.sn}"
        headers = {"Authorization": f"Bearer {api.token(org.id, Role.viewer)}"}
        async with (
            RoomViewer(token["url"], token["token"]) as viewer,
            websockets.connect(url, additional_headers=headers) as socket,
        ):
            sight = await _seen(viewer, sim.sn)
            assert not _said(viewer), "nobody has switched it on"
            sim.ai.on, sim.ai.filters, sim.ai.score = True, [3], 50
            heard = await viewer.wait_for_data("detections", identity=f"dji-dock-{sim.sn}", timeout=30)
            data = heard.message["data"]
            assert (data["identity"], data["video_id"]) == (sight, f"{sim.aircraft_sn}/99-0-0/normal-0")
            assert [box["kind"] for box in data["boxes"]] == ["car"]
            async with asyncio.timeout(30):
                told = json.loads(await socket.recv())
                while told["part"] != "detections":
                    told = json.loads(await socket.recv())
            assert told["data"].keys() == data.keys()
            sim.ai.on = False
            await viewer.wait_until(lambda: _said(viewer)[-1]["boxes"] == [], 30)


async def _may_not_speak(viewer: RoomViewer) -> None:
    """LiveKit has told, and what is sent all the same reaches nobody: see the last of what was heard."""
    me = viewer.room.local_participant

    async def told() -> bool:
        return not me.permissions.can_publish_data

    await eventually(told, 30)
    await me.publish_data('"not to be heard"', topic="chat")


async def _seen(viewer: RoomViewer, sn: str) -> str:
    """The identity whose video of this dock's aircraft is seen."""
    await viewer.wait_until(lambda: any(sight.marker.sn == sn for sight in viewer.sights.values()), 60)
    return next(identity for identity, sight in viewer.sights.items() if sight.marker.sn == sn)


def _said(viewer: RoomViewer) -> list[Json]:
    return [heard.message["data"] for heard in viewer.heard if heard.topic == "detections"]
