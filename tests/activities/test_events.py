"""What activities record they also tell, with it and once, in whatever attempt: no process but the store is needed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.areas import AreaCalls
from activities.connection import MqttConnection
from activities.notify import Alert, Notify
from activities.state.dock import DockState, Membership, Unbind
from activities.state.firmware import BeginPush, FirmwareState, PushEnd
from activities.state.flight import FlightState, FlightStep, MissedFlight, NewFlight
from activities.state.mission import Assignment, MissionClosing, MissionState, NewMission
from activities.state.pairing import PairingEnd, PairingState
from activities.state.relay import LostRelay, RelayNote, RelayState
from activities.state.rollout import NewRollout, PushesSet, RolloutNote, RolloutState
from activities.state.stream import StreamMirror, StreamState, event_of
from activities.telemetry import Telemetry
from embedded.parts import FirestoreServer
from store.client import connect, emulator_at
from store.docks import Dock, Docks, Stream
from store.document import now
from store.events import Events
from store.facts import Actor
from store.firmware import Counts, PackageRef, RolloutPlan
from store.missions import Missions
from store.objects import Objects
from store.orgs import Org, Orgs
from store.pairings import Pairing, Pairings
from store.relays import Relay, Relays
from store.webhooks import Deliveries, Delivery, Webhook, Webhooks
from tests.activities.conftest import settings_for
from timings import Timings

ANN = Actor(user="ann", role="admin", reason="a test")


@dataclass
class Told:
    """An organisation with an endpoint, and the activities of a worker."""

    client: AsyncClient
    events: Events
    settings: Any
    org: str
    hook: str

    async def by(self, activity: Callable[[Any], Awaitable[Any]], given: Any) -> list[Delivery]:
        """What a run of an activity told; a second attempt of the same run tells nothing more."""
        environment = ActivityEnvironment()
        environment.info = environment.info.__class__(**(vars(environment.info) | {"activity_id": uuid.uuid4().hex}))
        before = {delivery.key for delivery in await self.all()}
        await environment.run(activity, given)
        first = [delivery for delivery in await self.all() if delivery.key not in before]
        await environment.run(activity, given)
        assert len(await self.all()) == len(before) + len(first)
        return first

    async def all(self) -> list[Delivery]:
        found = await Deliveries(self.client).find(webhookId=self.hook)
        return sorted(found, key=lambda delivery: delivery.order)

    def missions(self) -> MissionState:
        """Without areas there is nobody to call, so Temporal is not needed."""
        calls = AreaCalls(cast(Client, None), self.client, Timings())
        return MissionState(self.client, self.events, calls)

    async def dock(self, **fields: Any) -> Dock:
        dock = Dock(sn=f"SN{uuid.uuid4().hex[:8]}", org_id=self.org, pairing_id="p", online=True, **fields)
        await Docks(self.client).put(dock)
        return dock


@pytest.fixture
async def told(firestore: FirestoreServer) -> AsyncIterator[Told]:
    settings = settings_for()
    with emulator_at(firestore.address):
        client = connect(settings)
    org = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue", seats_used=1)
    await Orgs(client).put(org)
    hook = Webhook(
        id=uuid.uuid4().hex,
        org_id=org.id,
        url="https://desk.example",
        events=["*"],
        secret_sealed="s",
        created_by="ann",
    )
    await Webhooks(client).put(hook)

    async def wake(_webhook: str, _org: str) -> None:
        pass

    async with Events(client, wake, Timings()) as events:
        yield Told(client, events, settings, org.id, hook.id)


def types(deliveries: list[Delivery]) -> list[str]:
    return [delivery.type for delivery in deliveries]


def data_of(delivery: Delivery) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(delivery.payload)["data"]
    return data


async def test_missions_and_their_docks(told: Told) -> None:
    state, mission = told.missions(), uuid.uuid4().hex
    dock = await told.dock(paired_at=now())
    of_dock = Assignment(mission_id=mission, org_id=told.org, sn=dock.sn, actor=ANN)
    opened = NewMission(mission_id=mission, org_id=told.org, name="Ridge", actor=ANN)
    assert types(await told.by(state.open_mission, opened)) == ["mission.created"]
    (assigned,) = await told.by(state.assign_dock, of_dock)
    assert (assigned.type, assigned.subject) == (
        "mission.dock_assigned", {"kind": "mission", "id": mission, "dock": dock.sn},
    )  # fmt: skip
    assert types(await told.by(state.unassign_dock, of_dock)) == ["mission.dock_unassigned"]
    assert types(await told.by(state.assign_dock, of_dock)) == ["mission.dock_assigned"]
    ending = MissionClosing(mission_id=mission, status="ending", actor=ANN)
    assert await told.by(state.close_mission, ending) == []
    (ended,) = await told.by(state.close_mission, ending.model_copy(update={"status": "aborted", "problems": ["room"]}))
    assert (ended.type, data_of(ended)["outcome"], data_of(ended)["problems"]) == ("mission.ended", "aborted", ["room"])


async def test_each_status_of_a_flight_that_is_another_one(told: Told) -> None:
    state = FlightState(told.client, Telemetry(told.settings), told.events, Objects.of(told.settings))
    mission, task, dock = uuid.uuid4().hex, uuid.uuid4().hex, await told.dock()
    await told.missions().open_mission(NewMission(mission_id=mission, org_id=told.org, name="Ridge", actor=ANN))
    opened = NewFlight(
        task_id=task, org_id=told.org, mission_id=mission, dock_sn=dock.sn, aircraft_sn=None, name="North",
        wayline_id=None, object_key="", md5="", task_type=0, execute_at=None, rth_altitude=100, actor=ANN,
    )  # fmt: skip
    assert types(await told.by(state.open_flight, opened)) == ["flight.created"]

    async def advance(status: Any, phase: str) -> list[str]:
        step = FlightStep(task_id=task, status=status, phase=phase, actor=ANN)
        return types(await told.by(state.advance_flight, step))

    assert await advance("preparing", "preparing") == ["flight.preparing"]
    assert await advance("preparing", "checking") == []
    assert await advance("executing", "executing") == ["mission.started", "flight.executing"]
    assert await advance("paused", "paused") == ["flight.paused"]
    assert await advance("executing", "executing") == ["flight.executing"]
    assert await advance("ok", "ended") == ["flight.ok"]
    assert await advance("failed", "ended") == []
    started = await Missions(told.client).get(mission)
    assert started is not None
    assert started.status == "active"
    missed = MissedFlight(
        task_id=uuid.uuid4().hex, org_id=told.org, mission_id=mission, dock_sn=dock.sn, wayline_id=None, name="North",
        schedule_id="s", reason="busy", actor=ANN,
    )  # fmt: skip
    (told_of,) = await told.by(state.miss_flight, missed)
    assert (told_of.type, data_of(told_of)["reason"]) == ("flight.missed", "busy")


async def test_pairings_and_membership(told: Told) -> None:
    state, dock = PairingState(told.client, told.settings, told.events), await told.dock()
    for end, kinds in (("paired", ["pairing.paired", "dock.paired"]), ("expired", ["pairing.expired"])):
        pairing = Pairing(
            id=uuid.uuid4().hex, org_id=told.org, display_name="Roof", requested_by="ann", expires_at=now(),
            dock_sn=dock.sn if end == "paired" else None,
        )  # fmt: skip
        await Pairings(told.client).put(pairing)
        waits = PairingEnd(pairing_id=pairing.id, status="waiting", actor=ANN)
        assert types(await told.by(state.pairing_waits, waits)) == ["pairing.waiting"]
        ended = PairingEnd.model_validate({"pairing_id": pairing.id, "status": end, "actor": ANN})
        assert types(await told.by(state.end_pairing, ended)) == kinds
    left = Unbind(membership=Membership(sn=dock.sn, org_id=told.org, pairing_id="p"), actor=ANN)
    assert types(await told.by(DockState(told.client, told.events).unbind, left)) == ["dock.unpaired"]


async def test_the_video_of_a_dock(told: Told) -> None:
    state = StreamState(told.client, told.settings, told.events)
    dock = await told.dock(mission_id="m")

    async def mirror(stream: Stream | None) -> list[str]:
        return types(await told.by(state.mirror_stream, StreamMirror(sn=dock.sn, mission_id="m", stream=stream)))

    assert await mirror(Stream(phase="starting", video_id="v")) == []
    assert await mirror(Stream(phase="live", video_id="v")) == ["stream.live"]
    assert await mirror(Stream(phase="live", video_id="v", quality=3)) == []
    assert await mirror(Stream(phase="retrying")) == ["stream.lost"]
    assert await mirror(Stream(phase="live", video_id="v")) == ["stream.live"]
    assert await mirror(None) == ["stream.stopped"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, Stream(phase="live", video_id="v"), "stream.live"),
        (Stream(phase="live", video_id="v"), Stream(phase="starting", video_id="w"), None),
        (Stream(phase="live", video_id="v"), Stream(phase="starting", video_id="v"), "stream.lost"),
        (Stream(phase="live", video_id="v"), Stream(phase="live", video_id="w"), "stream.live"),
        (Stream(phase="live", video_id="v"), Stream(phase="waiting"), "stream.stopped"),
        (Stream(phase="live", video_id="v"), Stream(phase="stopped"), "stream.stopped"),
        (Stream(phase="waiting"), Stream(phase="stopped"), None),
        (Stream(phase="waiting"), None, None),
    ],
)
def test_a_change_of_video_is_an_event_or_none(before: Stream | None, after: Stream | None, kind: str | None) -> None:
    assert event_of(before, after) == kind


async def test_rollouts_and_the_pushes_of_their_docks(told: Told) -> None:
    rollouts, pushes = RolloutState(told.client, told.events), FirmwareState(told.client, told.events)
    osd = {"mode_code": 0, "drone_in_dock": 1}
    dock, rollout = await told.dock(product="3-3-0", firmware_version="1", osd=osd), uuid.uuid4().hex
    package = PackageRef(
        firmware_id="f", target="dock", product="3-3-0", version="2", file_name="f.zip", object_key="k", md5="m", size=1
    )
    opened = NewRollout(
        rollout_id=rollout, org_id=told.org, name="2", packages=[package], upgrade_type=3,
        waves=[[dock.sn, "SN2", "SN3"]], plan=RolloutPlan(), actor=ANN,
    )  # fmt: skip
    assert types(await told.by(rollouts.open_rollout, opened)) == ["firmware.rollout.starting"]
    noted = RolloutNote(
        rollout_id=rollout, status="running", phase="wave 1", wave=1, waves=1, counts=Counts(running=1), actor=ANN
    )
    assert types(await told.by(rollouts.note_rollout, noted)) == ["firmware.rollout.running"]
    later = noted.model_copy(update={"counts": Counts(running=2)})
    assert await told.by(rollouts.note_rollout, later) == []
    begun = BeginPush(rollout_id=rollout, sn=dock.sn, org_id=told.org, packages=[package], upgrade_type=3, attempt=1)
    (running,) = await told.by(pushes.begin_push, begun)
    assert (running.type, data_of(running)["versions"]) == ("firmware.push.running", {dock.sn: "2"})
    ended = PushEnd(
        rollout_id=rollout, org_id=told.org, sn=dock.sn, status="running", phase="again", attempt=1, retry_in=60
    )
    assert await told.by(pushes.end_push, ended) == []
    last = ended.model_copy(update={"status": "failed", "retry_in": None, "reason": "no power", "error_code": 312704})
    (failed,) = await told.by(pushes.end_push, last)
    assert (failed.type, data_of(failed)["reason"]) == ("firmware.push.failed", "no power")
    cancelled = PushesSet(rollout_id=rollout, sns=["SN2", "SN3"], status="cancelled", reason="called off")
    called_off = await told.by(rollouts.set_pushes, cancelled)
    assert types(called_off) == ["firmware.push.cancelled"] * 2
    assert {delivery.subject["dock"] for delivery in called_off} == {"SN2", "SN3"}


async def test_relays(told: Told) -> None:
    relay = Relay(
        id=uuid.uuid4().hex, org_id=told.org, mission_id="m", name="Ridge", docks=["A", "B"], length_m=10, overlap=None,
        rth_altitude=100, legs=[], requested_by="ann",
    )  # fmt: skip
    await Relays(told.client).put(relay)
    state = RelayState(told.client, told.events, Objects.of(told.settings))
    running = RelayNote(relay_id=relay.id, status="running", legs=[], actor=ANN)
    assert types(await told.by(state.note_relay, running)) == ["relay.running"]
    assert await told.by(state.note_relay, running.model_copy(update={"covered_m": 5})) == []
    (partial,) = await told.by(state.note_relay, running.model_copy(update={"status": "partial", "gap_m": 4}))
    assert (partial.type, data_of(partial)["gapM"]) == ("relay.partial", 4)
    assert await told.by(state.end_lost, LostRelay(relay_id=relay.id)) == [], "it has said how it ended"
    lost = relay.model_copy(update={"id": uuid.uuid4().hex})
    await Relays(told.client).put(lost)
    assert types(await told.by(state.end_lost, LostRelay(relay_id=lost.id))) == ["relay.aborted"]


async def test_alerts_of_sagas_but_not_those_that_the_bridge_tells(told: Told) -> None:
    class Broker:
        async def publish(self, topic: str, payload: bytes, qos: int = 1) -> None:
            pass

    notify = Notify(told.client, cast(MqttConnection, Broker()), told.events)
    alert = Alert(org_id=told.org, sn="SN", level="warning", code="flight-problem", text="look", saga="flight/f")
    (told_of,) = await told.by(notify.alert, alert)
    assert (told_of.type, data_of(told_of)["text"]) == ("alert.flight_problem", "look")
    assert await told.by(notify.alert, alert.model_copy(update={"code": "exit-homing"})) == []
