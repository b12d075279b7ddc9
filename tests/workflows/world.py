"""A small whole system in the test's process: worker and bridge on real parts, and simulated docks beside them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from google.cloud.firestore import AsyncClient
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from bridge.bridge import Bridge
from dji.wpml import Waypoint, build_kmz, take_photo, write_kmz
from embedded import parts, ports
from embedded.wiring import settings_of
from media.assignments import StoredAssignments
from media.listing import FirestoreIngresses
from media.rooms import Rooms
from media.saga_notifier import SagaNotifier
from media.server import Address, serving
from process import DATA_CONVERTER, mqtt_client
from settings import Settings
from simulator.clock import SimClock
from simulator.dock import SimDock
from store.areas import Area, AreaKind, Corner, MissionAreas, MissionAreasRepository
from store.client import connect, emulator_at
from store.commands import Command, Commands
from store.docks import Dock, Docks
from store.facts import Actor, Ask, AssignDock
from store.flights import FlightTask, FlightTasks, Wayline, Waylines, kmz_key
from store.ingresses import Ingresses
from store.missions import Missions
from store.objects import Objects
from store.orgs import Org, Orgs
from store.pairings import Pairings
from store.seal import Seal
from store.webhooks import Webhook, Webhooks
from tests.waiting import eventually
from timings import Timings
from worker.running import Parts
from workflows import names
from workflows.answers import PairingReady
from workflows.inputs import DockInput, FlightInput, MissionInput, PairingInput

ACTOR = Actor(user="tester", role="admin", reason="a test")
TIMINGS = Timings(
    command_reply=4,
    command_resends=1,
    request_answer=3,  # a dock whose file is refused gives its task up, and the machine may be loaded
    pairing_grant=1,
    pairing_settle=60,
    stream_debounce=0.2,
    stream_first_frame=3,
    stream_retry_first=0.2,
    stream_retry_most=1,
    stream_stop=1,
    gate_listen=4,
    landing_look=1,
    media_look=0.5,
    media_retry_first=0.3,
    media_retry_most=1,
    landing=60,
    peers_told=0.3,
    activity_slow=3,
    osd_silence=3,
    presence_sweep=0.3,
    areas_debounce=0.3,
    areas_sync=4,
    areas_retry_first=0.2,
    webhook_cache=0.1,
    webhook_wake=0.1,
    write_interval=0.1,
    firmware_word=1,
    write_at_least=2,
)


def cause_of(error: WorkflowUpdateFailedError) -> ApplicationError:
    """The business failure of an update."""
    cause: BaseException | None = error.cause
    while cause is not None and not isinstance(cause, ApplicationError):
        cause = cause.__cause__ or getattr(cause, "cause", None)
    assert isinstance(cause, ApplicationError), repr(error.cause)
    return cause


@dataclass
class World:
    """Everything a test of a saga touches. Names are new for each test, so that tests share the parts."""

    settings: Settings
    temporal: Client
    store: AsyncClient
    parts: Parts
    emulator: str
    orgs: Orgs = field(init=False)

    def __post_init__(self) -> None:
        self.orgs, self.pairings, self.docks = Orgs(self.store), Pairings(self.store), Docks(self.store)
        self.missions, self.flights = Missions(self.store), FlightTasks(self.store)
        self.waylines, self.commands, self.ingresses = Waylines(self.store), Commands(self.store), Ingresses(self.store)
        self.objects = Objects.of(self.settings)
        self._sims: list[SimDock] = []

    async def org(self, seats: int = 3) -> Org:
        org = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue", seats=seats)
        await self.orgs.put(org)
        return org

    async def told_of(self, org: Org, events: str) -> Webhook:
        """An endpoint that is told of these; nobody listens there, but what is due for it is in the store."""
        hook = Webhook(
            id=uuid.uuid4().hex, org_id=org.id, url="http://127.0.0.1:9/", events=[events], created_by="ann",
            secret_sealed=Seal.of(self.settings).close("s"),
        )  # fmt: skip
        await Webhooks(self.store).put(hook)
        return hook

    # Pairing

    async def start_pairing(
        self, org: Org, timings: Timings = TIMINGS, **more: Any
    ) -> tuple[str, WorkflowHandle[Any, Any]]:
        """Start a pairing and wait for its code; the QR code's text and the saga."""
        pairing_id = uuid.uuid4().hex
        given = PairingInput(
            pairing_id=pairing_id, org_id=org.id, display_name="North dock", actor=ACTOR, timings=timings, **more
        )
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.PAIRING,
            given,
            id=names.pairing_id(pairing_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self.temporal.execute_update_with_start_workflow(
            names.Update.PAIRING_READY, start_workflow_operation=begin, result_type=PairingReady
        )
        return await self.qr(pairing_id), self.temporal.get_workflow_handle(names.pairing_id(pairing_id))

    def used_qr(self, org: Org) -> str:
        """For a dock that was paired long ago: by our own account, with a code that nobody asks for again."""
        settings = self.settings
        return json.dumps(
            {
                "v": 1,
                "mqtt": settings.mqtt_public_address,
                "account": settings.mqtt_username,
                "password": settings.mqtt_password.get_secret_value(),
                "organization_id": org.id,
                "device_binding_code": "used",
            }
        )

    async def qr(self, pairing_id: str) -> str:
        pairing = await self.pairings.get(pairing_id)
        assert pairing is not None
        assert pairing.password_sealed is not None
        assert pairing.binding_code_sealed is not None
        seal = Seal.of(self.settings)
        return json.dumps(
            {
                "v": 1,
                "mqtt": f"tcp://{self.settings.mqtt_host}:{self.settings.mqtt_port}",
                "account": pairing.account,
                "password": seal.open(pairing.password_sealed),
                "organization_id": pairing.org_id,
                "device_binding_code": seal.open(pairing.binding_code_sealed),
            }
        )

    @asynccontextmanager
    async def sim(self, qr: str, model: str = "dock3", speed: float = 20.0, **more: Any) -> AsyncIterator[SimDock]:
        """A simulated dock that is powered on. Its life is `speed` times as fast as a real one's."""
        seed = uuid.uuid4().int % 1_000_000_000
        options = {"video": False, **more}
        clock = SimClock(speed=speed, osd_speed=4.0)
        dock = SimDock(model=model, seed=seed, qr=qr, clock=clock, **options)
        await dock.start()
        try:
            yield dock
        finally:
            await dock.stop()
        assert not dock.complaints, f"{dock.sn} was sent what the protocol does not know: {dock.complaints}"
        assert not dock.crashes, dock.crashes

    @asynccontextmanager
    async def paired(self, org: Org, model: str = "dock3", speed: float = 20.0, **more: Any) -> AsyncIterator[SimDock]:
        """A dock that is paired and online."""
        qr, saga = await self.start_pairing(org)
        async with self.sim(qr, model, speed, **more) as dock:
            state = await asyncio.wait_for(saga.result(), 30)
            assert state["status"] == "paired", state
            await self.until_online(dock.sn)
            yield dock

    async def until_online(self, sn: str) -> Dock:
        async def online() -> Dock | None:
            dock = await self.docks.get(sn)
            return dock if dock is not None and dock.online and "mode_code" in dock.osd else None

        found: Dock = await eventually(online)
        return found

    async def until_free(self, sn: str) -> None:
        """Nobody holds the dock."""

        async def free() -> bool:
            dock = await self.docks.get(sn)
            assert dock is not None
            return dock.lease is None

        await eventually(free, 30)

    # Missions and flights

    async def mission(self, org: Org, *docks: SimDock, timings: Timings = TIMINGS) -> str:
        """A mission with these docks."""
        mission_id = uuid.uuid4().hex
        saga = await self.temporal.start_workflow(
            names.Workflow.MISSION,
            MissionInput(mission_id=mission_id, org_id=org.id, name="Ridge", actor=ACTOR, timings=timings),
            id=names.mission_id(mission_id),
            task_queue=names.TASK_QUEUE,
        )
        for dock in docks:
            await saga.execute_update(names.Update.ASSIGN, AssignDock(sn=dock.sn, actor=ACTOR))
        return mission_id

    async def draw(self, org: Org, mission_id: str, kind: AreaKind, at: tuple[float, float], radius: float) -> None:
        """The mission's only flight area: a circle around latitude and longitude, named Hut."""
        around = [Corner(latitude=at[0], longitude=at[1])]
        hut = Area(id="hut", kind=kind, name="Hut", corners=around, radius=radius)
        areas = MissionAreas(mission_id=mission_id, org_id=org.id, areas=[hut], updated_by="tester")
        await MissionAreasRepository(self.store).put(areas)

    async def wayline(self, org: Org, aircraft: str, points: int = 3, step: float = 0.0003) -> Wayline:
        """A short route near the simulated dock, uploaded. `step` is degrees between its points: 0.0003 are 33 m."""
        at = [Waypoint(22.9078 + step * (n + 1), 113.7035, 40, actions=[take_photo()]) for n in range(points)]
        kmz = build_kmz(at, aircraft_key=aircraft, name="ridge", speed=10)
        content, wayline_id = write_kmz(kmz), uuid.uuid4().hex
        wayline = Wayline(
            id=wayline_id,
            org_id=org.id,
            name="Ridge line",
            object_key=kmz_key(org.id, wayline_id),
            md5=kmz.md5,
            size=len(content),
            aircraft=aircraft,
            waypoints=points,
            length_m=kmz.length_m(),
            exit_wayline_when_rc_lost=kmz.exit_wayline_when_rc_lost,
            uploaded_by="tester",
        )
        await self.objects.put(wayline.object_key, content)
        await self.waylines.put(wayline)
        return wayline

    async def fly(
        self, org: Org, mission_id: str, dock: SimDock, wayline: Wayline | None, timings: Timings = TIMINGS, **more: Any
    ) -> WorkflowHandle[Any, Any]:
        """Dispatch a flight, without a wayline one `to` a point, and wait until it is accepted. Raises the business
        failure where it is not.
        """
        task_id = uuid.uuid4().hex
        given = FlightInput(
            task_id=task_id,
            org_id=org.id,
            mission_id=mission_id,
            dock_sn=dock.sn,
            wayline_id=wayline.id if wayline is not None else None,
            name="Ridge",
            actor=ACTOR,
            timings=timings,
            **more,
        )
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.FLIGHT,
            given,
            id=names.flight_id(task_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            await self.temporal.execute_update_with_start_workflow(
                names.Update.ACCEPTED, start_workflow_operation=begin
            )
        except WorkflowUpdateFailedError as error:
            raise cause_of(error) from None
        return self.temporal.get_workflow_handle(names.flight_id(task_id))

    async def flight(self, saga: WorkflowHandle[Any, Any]) -> FlightTask:
        found = await self.flights.get(saga.id.removeprefix("flight/"))
        assert found is not None
        return found

    async def until_flight(self, saga: WorkflowHandle[Any, Any], *statuses: str, within: float = 60) -> FlightTask:
        """The flight's document once its status is one of these."""

        async def there() -> FlightTask | None:
            task = await self.flight(saga)
            return task if task.status in statuses else None

        found: FlightTask = await eventually(there, within)
        return found

    async def sent(self, sn: str, method: str | None = None) -> list[Command]:
        """Commands that were sent to a dock, in order."""
        found = await self.commands.find(sn=sn)
        wanted = [command for command in found if method in (None, command.method)]
        return sorted(wanted, key=lambda command: command.sent_at)

    async def unpair(self, org: Org, sn: str) -> None:
        """Take a dock out of its organisation, also where it never spoke."""
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.DOCK,
            DockInput(sn=sn, org_id=org.id, timings=TIMINGS),
            id=names.dock_id(sn),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self.temporal.execute_update_with_start_workflow(
            names.Update.UNPAIR, Ask(actor=ACTOR), start_workflow_operation=begin
        )

    async def update(self, saga_id: str, update: names.Update, given: Any) -> Any:
        """An update, with the business failure in place of Temporal's wrapper."""
        try:
            return await self.temporal.get_workflow_handle(saga_id).execute_update(update, given)
        except WorkflowUpdateFailedError as error:
            raise cause_of(error) from None


@asynccontextmanager
async def opened(minio: parts.MinioServer, livekit: parts.LivekitServer) -> AsyncIterator[World]:
    """The world, on parts of its own where others' workers and bridges would take its work."""
    async with AsyncExitStack() as stack:
        temporal = await stack.enter_async_context(parts.temporal())
        mosquitto = await stack.enter_async_context(parts.mosquitto())
        firestore = await stack.enter_async_context(parts.firestore())
        own_store = stack.enter_context(ExitStack())
        own_store.enter_context(emulator_at(firestore.address))
        settings = settings_of(
            temporal, mosquitto, minio, livekit, **media_addresses(), timings_json=TIMINGS.model_dump_json()
        )
        store = connect(settings)
        client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
        running = await stack.enter_async_context(Parts(settings, client=client, firestore=store))
        await stack.enter_async_context(running.worker())
        await stack.enter_async_context(bridging(settings))
        await stack.enter_async_context(mediating(settings, client, store))
        own_store.close()  # all that connects has: other tests of this process have servers of their own
        yield World(settings, client, store, running, firestore.address)


@asynccontextmanager
async def bridging(settings: Settings) -> AsyncIterator[Bridge]:
    """A bridge that is connected."""
    bridge = await Bridge.make(settings)
    task = asyncio.create_task(bridge.run())

    async def connected() -> bool:
        if task.done():
            task.result()
        return bool(bridge.intake.connected)

    try:
        await eventually(connected)
        yield bridge
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def media_addresses() -> dict[str, str]:
    """Settings: where `mediating` is to listen."""
    media_port, rtmp_port = ports.free(2)
    url = f"http://127.0.0.1:{media_port}"
    return {"media_url": url, "media_public_url": url, "media_public_rtmp_url": f"rtmp://127.0.0.1:{rtmp_port}"}


@asynccontextmanager
async def mediating(settings: Settings, client: Client, store: AsyncClient) -> AsyncIterator[None]:
    """Media, at the addresses of the settings."""
    web, rtmp = (
        Address("127.0.0.1", int(url.rsplit(":", 1)[1])) for url in (settings.media_url, settings.media_public_rtmp_url)
    )
    secret = settings.livekit_api_secret.get_secret_value()
    sagas = SagaNotifier(client)
    async with (
        Rooms(settings.livekit_url, settings.livekit_api_key, secret) as rooms,
        serving(
            web,
            rooms,
            FirestoreIngresses(Ingresses(store)),
            sagas,
            StoredAssignments(store),
            lambda: mqtt_client(settings),
            media_id="media-test",
            control_token=settings.media_control_token.get_secret_value(),
            frames_lost=1.0,
            rtmp=rtmp,
            owners=sagas,
            sweep_every=1.0,
        ),
    ):
        yield
