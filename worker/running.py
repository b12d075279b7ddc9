"""What a worker is made of: connections to the outside, the activities that use them, and the sagas."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx
from google.cloud.firestore import AsyncClient
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.areas import AreaCalls
from activities.broker import Broker
from activities.brokers import Brokers
from activities.connection import MqttConnection
from activities.deletion import Removal
from activities.exports import Exporter
from activities.leases import Leases
from activities.legs import Legs
from activities.media import Media
from activities.mqtt import Mqtt
from activities.notify import Notify
from activities.objects import ObjectStore
from activities.push import PushSteps
from activities.retention import Sweeper
from activities.sagas import Sagas
from activities.state.areas import AreaState
from activities.state.deletion import DeletionState
from activities.state.dock import DockState
from activities.state.export import ExportState
from activities.state.firmware import FirmwareState
from activities.state.flight import FlightState
from activities.state.job import JobState
from activities.state.licences import LicenceState
from activities.state.logs import LogState
from activities.state.media import MediaState
from activities.state.mission import MissionState
from activities.state.pair import PairState
from activities.state.pairing import PairingState
from activities.state.property import PropertyState
from activities.state.relay import RelayState
from activities.state.rollout import RolloutState
from activities.state.stream import StreamState
from activities.telemetry import Telemetry
from activities.webhooks import Endpoints
from media.rooms import Rooms
from process import temporal_client
from settings import Settings
from store.client import connect
from store.commands import Commands
from store.events import Events
from store.objects import Objects
from store.orgs import Orgs
from store.pairings import Pairings
from timings import Timings
from worker.as_they_are import spare_walks
from worker.sandbox import build_id, runner
from workflows.areas import Areas
from workflows.auto_stream import AutoStream
from workflows.custom_data import CustomData
from workflows.debug import Debug
from workflows.dock import Dock
from workflows.firmware import Firmware
from workflows.firmware_rollout import FirmwareRollout
from workflows.flight import Flight
from workflows.licences import Licences
from workflows.log_list import LogList
from workflows.logs import Logs
from workflows.media import Media as MediaSaga
from workflows.mission import Mission
from workflows.names import TASK_QUEUE
from workflows.org_deletion import OrgDeletion
from workflows.org_export import OrgExport
from workflows.pairing import Pairing
from workflows.property import Property
from workflows.recurring import Recurring
from workflows.relay import Relay
from workflows.retention import Retention
from workflows.waking import wake_webhook
from workflows.webhook import Webhook

log = logging.getLogger(__name__)

WORKFLOWS: Final[tuple[type, ...]] = (
    Areas,
    AutoStream,
    CustomData,
    Debug,
    Dock,
    Firmware,
    FirmwareRollout,
    Flight,
    Licences,
    Property,
    MediaSaga,
    LogList,
    Logs,
    Mission,
    OrgDeletion,
    OrgExport,
    Pairing,
    Relay,
    Recurring,
    Retention,
    Webhook,
)

# Sagas mostly wait, so many are cached: a cached one needs no replay. Activities mostly wait for the network.
CACHED_WORKFLOWS: Final = 2000
WORKFLOW_TASKS: Final = 300  # a task keeps its slot while local activities of its saga run
# What sagas decide takes Python's lock, so more threads only wait for it; more than one, since a saga that hangs keeps
# its thread until Temporal's SDK has found it, after 2 s.
THREADS: Final = 4
ACTIVITIES: Final = 200
LOCAL_ACTIVITIES: Final = 2 * WORKFLOW_TASKS  # one of a saga waits for a dock's entity, which may run one itself
# Commands take milliseconds. What waits longer is idempotent, and another worker takes it up.
GRACE: Final = timedelta(seconds=5)
TEMPORAL_WITHIN: Final = 60.0  # s


class NotConfigured(Exception):
    """The settings do not go together, or point to nothing."""


async def connect_temporal(settings: Settings) -> Client:
    """A client of the configured namespace, once the server is there. Raises NotConfigured when it does not come."""
    metrics = None
    if settings.metrics_port is not None:
        metrics = PrometheusConfig(bind_address=f"0.0.0.0:{settings.metrics_port}")
    runtime = Runtime(telemetry=TelemetryConfig(metrics=metrics))
    give_up = asyncio.get_running_loop().time() + TEMPORAL_WITHIN
    while True:
        try:
            return await temporal_client(settings, runtime=runtime)
        except RuntimeError as error:
            if asyncio.get_running_loop().time() > give_up:
                raise NotConfigured(f"ARGUS_TEMPORAL_ADDRESS {settings.temporal_address}: {error}") from None
            log.warning("waiting for Temporal at %s", settings.temporal_address)
            await asyncio.sleep(1)


class Parts:
    """Everything a worker holds open. An async context manager; then `worker` makes a worker of it."""

    def __init__(self, settings: Settings, client: Client | None = None, firestore: AsyncClient | None = None) -> None:
        self.settings = settings
        self.running = False
        self._client = client
        self._firestore = firestore
        self._open = AsyncExitStack()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sagas")
        self._open.callback(self._threads.shutdown, wait=False)

    async def __aenter__(self) -> Self:
        settings, stack = self.settings, self._open
        try:
            objects = Objects.of(settings)
            secret = settings.livekit_api_secret.get_secret_value()
            firestore = self._firestore or connect(settings)
            self.connection = await stack.enter_async_context(MqttConnection(settings, "worker"))
            brokers = Brokers(settings, Orgs(firestore), self.connection, stack)
            rooms = await stack.enter_async_context(Rooms(settings.livekit_url, settings.livekit_api_key, secret))
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=10))
            timings = Timings.of(settings.timings_json)
            events = Events(firestore, lambda hook, org: wake_webhook(self.client, hook, org, timings), timings)
            pairing = PairingState(firestore, settings, events)
            endpoints = Endpoints(firestore, settings)
        except ValueError as error:
            await stack.aclose()
            raise NotConfigured(str(error)) from None
        self.client = self._client or await connect_temporal(settings)
        await stack.enter_async_context(events)
        mqtt = Mqtt(settings, brokers, Commands(firestore), objects)
        leases, docks, firmware = Leases(self.client), DockState(firestore, events), FirmwareState(firestore, events)
        self._activities: Sequence[object] = (
            mqtt,
            Broker(brokers.accounts_of, Pairings(firestore), settings),
            pairing,
            docks,
            MissionState(firestore, events, AreaCalls(self.client, firestore, timings)),
            StreamState(firestore, settings, events),
            FlightState(firestore, Telemetry(brokers), events, objects),
            PairState(firestore, Telemetry(brokers)),
            firmware,
            PushSteps(firmware, docks, leases, mqtt),
            RolloutState(firestore, events),
            RelayState(firestore, events, objects),
            AreaState(firestore, objects, events),
            JobState(firestore, events),
            LicenceState(firestore, events),
            PropertyState(firestore, events),
            MediaState(firestore, objects, events),
            LogState(firestore, objects, events),
            Legs(self.client, firestore, objects),
            ObjectStore(objects),
            Sweeper(firestore, objects),
            Exporter(firestore, objects),
            ExportState(firestore, events),
            Removal(self.client, firestore, objects, brokers, rooms, events, timings),
            DeletionState(firestore, events),
            Media(settings, rooms, http),
            leases,
            Sagas(self.client),
            Notify(firestore, self.connection, events),
            endpoints,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well, and what to say of it."""
        said = {"polling": self.running, "broker": self.connection.connected}
        return all(said.values()), said

    def worker(self, task_queue: str = TASK_QUEUE) -> Worker:
        """A worker with all sagas and activities."""
        spare_walks()
        return Worker(
            self.client,
            task_queue=task_queue,
            workflows=WORKFLOWS,
            activities=activities_of(self._activities),
            workflow_runner=runner(),
            workflow_task_executor=self._threads,
            build_id=build_id(),
            max_cached_workflows=CACHED_WORKFLOWS,
            max_concurrent_workflow_tasks=WORKFLOW_TASKS,
            max_concurrent_activities=ACTIVITIES,
            max_concurrent_local_activities=LOCAL_ACTIVITIES,
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(minimum=2, initial=4, maximum=20),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(minimum=2, initial=4, maximum=20),
            graceful_shutdown_timeout=GRACE,
        )


def activities_of(holders: Sequence[object]) -> list[Callable[..., Any]]:
    """All methods of these objects that are activities."""
    return [
        getattr(holder, name)
        for holder in holders
        for name in dir(type(holder))
        if hasattr(getattr(type(holder), name), "__temporal_activity_definition")
    ]
