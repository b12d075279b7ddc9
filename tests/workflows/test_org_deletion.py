"""Deletion of an organisation: nothing of it is left, another is untouched; refused, called off, kill -9."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import aiomqtt
import pytest
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from api.security import Role
from media.rooms import Rooms
from store.access import Member, MemberList, member_id
from store.belongings import KINDS, prefix_of
from store.deletions import OrgDeletion, OrgDeletions
from store.document import now
from store.facts import Ask
from store.orgs import Org, OrgBroker
from store.pairings import Pairing
from store.seal import Seal
from tests.served import Served, serving
from tests.waiting import eventually
from tests.workflows import possessions
from tests.workflows.killing import apart
from tests.workflows.world import ACTOR, TIMINGS, World, cause_of
from timings import Timings
from workflows import names
from workflows.errors import Failure, details_of
from workflows.inputs import FlightInput, OrgDeletionInput, RecurringInput
from workflows.search import attributes

Json = dict[str, Any]
QUIET: Final = "firmware.rollout.halted"
"""Does not happen here: what another organisation is told changes its documents."""
KILLED_AT: Final = {"end_missions", "unpair_docks", "remove_documents"}
PATH: Final = "/v1/org/deletion"
SOON: Final = TIMINGS.model_copy(
    update={"org_deletion_grace": 1.0, "org_deletion_look": 0.5, "org_deletion_settle": 6.0}
)
REAL: Final = frozenset(
    {
        "dji_authority", "dji_docks", "firmware_rollouts", "dji_relays", "missions", "org_exports", "pairings",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Served]:
    async with serving(world) as api:
        yield api


async def start(world: World, org: Org, timings: Timings) -> Any:
    """Have it deleted; the saga, once it is accepted. Raises the refusal."""
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.ORG_DELETION,
        OrgDeletionInput(org_id=org.id, actor=ACTOR, timings=timings),
        id=names.org_deletion_id(org.id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    try:
        await world.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    except WorkflowUpdateFailedError as error:
        raise cause_of(error) from None
    return world.temporal.get_workflow_handle(names.org_deletion_id(org.id))


async def until(world: World, org: Org, *statuses: str, within: float = 60) -> OrgDeletion:
    async def there() -> OrgDeletion | None:
        found = await OrgDeletions(world.store).get(org.id)
        return found if found is not None and found.status in statuses else None

    found: OrgDeletion = await eventually(there, within)
    return found


async def schedule(world: World, org: Org, mission: str) -> str:
    """A recurring flight that has its next turn in a year."""
    key = uuid.uuid4().hex
    flight = FlightInput(
        task_id="", org_id=org.id, mission_id=mission, dock_sn="D", name="Ridge", actor=ACTOR, timings=TIMINGS
    )
    await world.temporal.create_schedule(
        names.schedule_id(key),
        Schedule(
            action=ScheduleActionStartWorkflow(
                names.Workflow.RECURRING,
                RecurringInput(schedule_id=key, flight=flight),
                id=names.recurring_id(key),
                task_queue=names.TASK_QUEUE,
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=365))]),
        ),
        search_attributes=attributes(OrgId=org.id),
    )
    return key


async def settle_in(world: World, org: Org, events: str = "*") -> str:
    """Something of every kind, a mission, a webhook for `events`, a member, a recurring flight; the mission."""
    await possessions.fill(world, org.id, real=REAL)
    mission = await world.mission(org)
    await eventually(lambda: world.missions.get(mission), 60)  # else it is told of, and written, later
    await schedule(world, org, mission)
    await MemberList(world.store).put(
        Member(id=member_id(org.id, "ann@example"), org_id=org.id, user="ann@example", role="admin", added_by="seed")
    )
    await world.told_of(org, events)
    return mission


async def traces(world: World, org: Org) -> list[str]:
    """Documents that name the organisation in any field, in whatever collection, but the line that is left of it."""
    found: list[str] = []
    async for collection in world.store.collections():
        found += [
            f"{collection.id}/{snapshot.id}"
            async for snapshot in collection.stream()
            if org.id in f"{snapshot.id} {snapshot.to_dict()}" and collection.id != "org_deletions"
        ]
    return found


async def schedules(world: World, org: Org) -> list[str]:
    listed = await world.temporal.list_schedules(query=f"OrgId = '{org.id}'")
    return [each.id async for each in listed]


async def running(world: World, org: Org) -> list[str]:
    query = f"OrgId = '{org.id}' AND ExecutionStatus = 'Running'"
    return [each.id async for each in world.temporal.list_workflows(query)]


async def opens(world: World, qr: str) -> bool:
    """Whether the account of a code still opens the broker."""
    code = json.loads(qr)
    try:
        async with aiomqtt.Client(
            world.settings.mqtt_host, world.settings.mqtt_port, username=code["account"], password=code["password"]
        ):
            return True
    except aiomqtt.MqttError:
        return False


async def test_nothing_is_left_of_it_but_a_line_and_another_is_untouched(world: World, api: Served, org: Org) -> None:
    other = await world.org()
    kept = await settle_in(world, other, QUIET)
    empty = await settle_in(world, org)
    before = await possessions.stored(world, other.id)
    assert len(await schedules(world, org)) == len(await schedules(world, other)) == 1
    unfinished = f"{prefix_of('media', org.id)}SN1/DJI_0001.mp4"
    upload = await world.objects.begin_parts(unfinished, "video/mp4")
    assert await world.objects.put_part(unfinished, upload, 1, b"half a video")
    waiting, _ = await world.start_pairing(org)
    qr, pairing = await world.start_pairing(org)
    async with world.sim(qr, "dock3", video=True) as dock:
        await asyncio.wait_for(pairing.result(), 30)
        await world.until_online(dock.sn)
        mission = await world.mission(org, dock)

        async def room() -> bool:
            return mission in {each.name for each in await rooms.list_rooms()}

        secret = world.settings.livekit_api_secret.get_secret_value()
        async with Rooms(world.settings.livekit_url, world.settings.livekit_api_key, secret) as rooms:
            await eventually(room, 30)
            assert await opens(world, waiting)
            async with api.client(org.id, Role.admin) as http, api.client(other.id, Role.admin) as others:
                wrong = await http.post(PATH, json={"name": "Rescu"})
                assert (wrong.status_code, wrong.json()["field"]) == (422, "name")
                assert (await http.get(PATH)).status_code == 404
                saga = await start(world, org, SOON)
                shown = (await http.get(PATH)).json()
                assert (shown["requestedBy"], shown["reason"], shown["inTheWay"]) == ("tester", "a test", [])
                await until(world, org, "closing")

                async def shut() -> bool:
                    answer = await http.get("/v1/docks")
                    return answer.status_code == 403 and answer.json()["type"].endswith("/org-closed")

                await eventually(shut, 10)
                assert (await others.get("/v1/docks")).status_code == 200
                ended = await asyncio.wait_for(saga.result(), 180)
                assert ended["status"] == "deleted"
                await eventually(shut, 1)
            listed = {each.name for each in await rooms.list_rooms()}
            assert not listed & {mission, empty}
            assert kept in listed
    line = await until(world, org, "deleted")
    assert (line.requested_by, line.reason, line.org_name, line.problems) == ("tester", "a test", org.name, [])
    for step in ("schedules", "missions", "pairings", "docks", "accounts", "objects", "documents"):
        assert line.removed[step] > 0, line.removed
    assert await traces(world, org) == []
    assert await possessions.objects(world, org.id) == []
    assert await world.objects.put_part(unfinished, upload, 2, b"and the rest") is None
    assert await schedules(world, org) == await running(world, org) == []
    assert not await opens(world, qr)
    assert not await opens(world, waiting)
    # And of the other one nothing is missing
    assert await possessions.stored(world, other.id) == before
    assert len(await possessions.objects(world, other.id)) == possessions.EACH * len(KINDS)
    assert len(await schedules(world, other)) == 1
    assert names.mission_id(kept) in await running(world, other)


async def test_it_is_refused_while_anything_flies_waits_for_it_and_can_be_called_off(
    world: World, api: Served, org: Org
) -> None:
    async with world.paired(org, speed=20) as dock, api.client(org.id, Role.admin) as http:
        mission = await world.mission(org, dock)
        route = await world.wayline(org, dock.aircraft_key, points=8)
        flight = await world.fly(org, mission, dock, route)
        await world.until_flight(flight, "executing")
        refused = await http.post(PATH, json={"name": org.name})
        assert refused.status_code == 409, refused.text
        assert refused.json()["type"].endswith("/org-in-use")
        assert flight.id.removeprefix("flight/") in refused.json()["detail"]
        assert (await http.get(PATH)).status_code == 404, "a refusal leaves nothing behind"
        await world.until_flight(flight, "ok", within=120)

        async def free() -> bool:
            found = await world.docks.get(dock.sn)
            return found is not None and found.status not in ("flying", "in_operation")

        await eventually(free, 60)
        # By the API, with its days
        asked = await http.post(PATH, json={"name": org.name, "reason": "We close"})
        assert (asked.status_code, asked.json()["status"]) == (202, "scheduled"), asked.text
        again = await http.post(PATH, json={"name": org.name, "reason": "Twice"})
        assert again.json()["dueAt"] == asked.json()["dueAt"]
        off = await http.delete(PATH)
        assert (off.status_code, off.json()["status"], off.json()["calledOffBy"]) == (
            200,
            "called_off",
            "pilot@example",
        )
        assert (await http.delete(PATH)).status_code == 409
        # What flies when the time is over is waited for
        saga = await start(world, org, SOON.model_copy(update={"org_deletion_grace": 6.0}))
        second = await world.fly(org, mission, dock, route)
        found = await until(world, org, "waiting")
        assert any(second.id.removeprefix("flight/") in each or dock.sn in each for each in found.in_the_way)
        await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))
        assert (await saga.result())["status"] == "called_off"
        await world.until_flight(second, "ok", within=120)
        audit = (await http.get("/v1/audit", params={"kind": "org"})).json()["items"]
        assert [each["action"] for each in audit] == [
            "org.deletion_called_off", "org.deletion_scheduled", "org.deletion_called_off", "org.deletion_scheduled",
        ]  # fmt: skip


async def test_begun_it_is_not_called_off_and_waits_for_what_is_away(world: World, org: Org) -> None:
    """Its own broker is: what names the accounts there stays until they are gone."""
    pairing = Pairing(
        id=uuid.uuid4().hex, org_id=org.id, display_name="North", requested_by="ann", status="expired",
        expires_at=now(), account="pair-1",
    )  # fmt: skip
    await world.pairings.put(pairing)
    sealed = Seal.of(world.settings).close("s")
    broker = OrgBroker(host="127.0.0.1", port=1, password_sealed=sealed, admin_password_sealed=sealed)
    await world.orgs.patch(org.id, {"broker": broker.model_dump(by_alias=True)})
    saga = await start(world, org, SOON)
    await until(world, org, "closing")
    with pytest.raises(WorkflowUpdateFailedError) as late:
        await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))
    assert cause_of(late.value).type == Failure.DELETION_BEGUN

    async def told() -> list[str]:
        return (await until(world, org, "closing")).problems

    (problem,) = await eventually(told, 60)
    assert problem.startswith("accounts: ")
    assert "the broker's account interface did not answer" in problem
    assert await world.pairings.get(pairing.id) is not None
    await world.orgs.patch(org.id, {"broker": None})
    assert (await asyncio.wait_for(saga.result(), 90))["status"] == "deleted"
    assert (await until(world, org, "deleted")).problems == []
    assert await traces(world, org) == []
    with pytest.raises(ApplicationError) as unknown:
        await start(world, org, SOON)
    assert unknown.value.type == Failure.ORG_UNKNOWN
    assert details_of(unknown.value).cure


@pytest.mark.timeout(400)  # a killed worker's saga is another's after 10 s, and workers start side by side with others
async def test_a_worker_that_is_killed_in_the_midst_leaves_nothing_behind(world: World) -> None:
    """At each step that others go by: the deletion has to find the rest without what was removed already."""
    async with apart(world) as (own, worker):
        org, other = await own.org(), await own.org()
        await settle_in(own, org)
        await settle_in(own, other, QUIET)
        before = await possessions.stored(own, other.id)
        qr, pairing = await own.start_pairing(org)
        async with own.sim(qr) as dock:
            await asyncio.wait_for(pairing.result(), 60)
            await own.until_online(dock.sn)
            await own.mission(org, dock)
            saga = await start(own, org, SOON.model_copy(update={"org_deletion_settle": 1.0}))
            seen: set[str] = set()
            async with asyncio.timeout(300):
                async for event in saga.fetch_history_events(wait_new_event=True):
                    name = event.activity_task_scheduled_event_attributes.activity_type.name
                    if name in KILLED_AT and name not in seen:
                        seen.add(name)
                        await worker.again()
            assert (await saga.result())["status"] == "deleted"
        assert seen == KILLED_AT
        assert await traces(own, org) == []
        assert await possessions.objects(own, org.id) == []
        assert await schedules(own, org) == await running(own, org) == []
        assert not await opens(own, qr)
        assert await possessions.stored(own, other.id) == before
        line = await until(own, org, "deleted")
        assert line.removed["docks"] >= 1
