"""What is done with each message, as a table: kind and method, the handler, and the lane it runs in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

import dji
from bridge import metrics
from bridge.alert_kinds import READERS
from bridge.alerts import DockAlerts
from bridge.areas import Areas
from bridge.custom_data import FROM, CustomData
from bridge.delivery import Delivery
from bridge.devices import Devices
from bridge.faults import passes, until_done
from bridge.firmware import Firmware
from bridge.flight_events import FlightEvents
from bridge.flights import Flights
from bridge.jobs import METHODS, Jobs
from bridge.lanes import Lanes
from bridge.live import Live, Publisher
from bridge.logs import Logs
from bridge.media import MediaFiles
from bridge.peers import Peers
from bridge.presence import Presence
from bridge.replies import Replies
from bridge.responders import NOT_SERVED, TRY_AGAIN, Answer, Responder
from bridge.telemetry import Telemetry
from bridge.unread import Unread
from dji import Kind, Message
from timings import Timings

log = structlog.get_logger()

Handler = Callable[[Message], Awaitable[tuple[int, str | None]]]
"""Takes an event; returns once it is kept: the result for an `events_reply`, and what was wrong, if anything."""

KEPT = 0
# In a lane of their own: a bucket that is slow holds up no flight.
MEDIA = frozenset({"file_upload_callback", "highest_priority_upload_flighttask_media"})
OFFLINE_METHODS = frozenset({"offline"})


class Router:
    """One for the process; messages of every slot come here."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        devices: Devices,
        telemetry: Telemetry,
        presence: Presence,
        replies: Replies,
        flights: Flights,
        flight_events: FlightEvents,
        firmware: Firmware,
        media: MediaFiles,
        responders: dict[str, Responder],
        live: Live,
        alerts: DockAlerts,
        areas: Areas,
        jobs: Jobs,
        custom_data: CustomData,
        logs: Logs,
        unread: Unread,
        peers: Peers,
        lanes: Lanes,
        timings: Timings,
    ) -> None:
        self._publisher = publisher
        self._devices = devices
        self._telemetry = telemetry
        self._presence = presence
        self._replies = replies
        self._live = live
        self._alerts = alerts
        self._unread = unread
        self._peers = peers
        self._lanes = lanes
        self._timings = timings
        self._responders = responders
        self._events: dict[str, Handler] = {
            "flighttask_progress": _always_kept(flights.take),
            "takeoff_to_point_progress": _always_kept(flight_events.to_point),
            "in_flight_wayline_progress": _always_kept(flight_events.in_flight),
            "flighttask_ready": _always_kept(flight_events.ready),
            "device_exit_homing_notify": _always_kept(flight_events.exit_homing),
            "flight_areas_sync_progress": _always_kept(areas.progress),
            "flight_areas_drone_location": _always_kept(areas.distances),
            **{method: _always_kept(jobs.take) for method in METHODS},
            **{method: _always_kept(custom_data.take) for method in FROM},
            "ota_progress": _always_kept(firmware.take),
            "fileupload_progress": _always_kept(logs.take),
            "file_upload_callback": media.take,
            "highest_priority_upload_flighttask_media": _always_kept(media.first),
        }

    def receive(self, delivery: Delivery) -> None:
        """Take a message from the broker. Never raises, never waits."""
        try:
            self._route(delivery)
        except Exception as error:
            self._failed(delivery, error)

    def _route(self, delivery: Delivery) -> None:
        topic, payload = delivery.topic, delivery.payload
        if topic.startswith("argus/"):
            delivery.kind = "peers"
            self._peers.take(topic, payload)
            delivery.ack()
            return
        if not payload.strip() and topic.startswith("sys/") and topic.endswith("/status"):
            delivery.kind = Kind.STATUS
            metrics.MESSAGES.labels(delivery.kind).inc()
            sn = topic.split("/")[2]
            self._lanes.put(("status", sn), lambda: self._guarded(delivery, self._last_will(delivery, sn)))
            return
        try:
            where = dji.topics.parse(topic)
            product = self._devices.product_of(where.sn) if where is not None else None
            message = dji.decode(topic, payload, product=product)
        except dji.DecodeError as error:
            metrics.MESSAGES.labels("unreadable").inc()
            reason = str(error)
            self._lanes.put("unread", lambda: self._unreadable(delivery, reason, "unreadable"))
            return
        delivery.kind = kind = message.kind
        metrics.MESSAGES.labels(kind).inc()
        if kind is Kind.OSD or kind is Kind.STATE:
            self._telemetry.take(delivery, message)
            return
        lane, handle = {
            Kind.REQUESTS: (None, self._answer),
            Kind.STATUS: ("status", self._status),
            Kind.EVENTS: ("facts", self._event),
            Kind.SERVICES_REPLY: ("facts", self._reply),
            Kind.PROPERTY_SET_REPLY: ("facts", self._reply),
        }.get(kind, (None, self._not_ours))
        if message.method in MEDIA:
            lane = "media"
        # Requests wait for nothing that was there before: a dock asks again, and each question stands by itself.
        self._lanes.put(
            (lane, message.sn) if lane is not None else delivery,
            lambda: self._guarded(delivery, handle(delivery, message)),
        )

    async def _guarded(self, delivery: Delivery, work: Awaitable[None]) -> None:
        """Run a handler; whatever it fails of, the next message has its turn."""
        try:
            await work
        except Exception as error:
            self._failed(delivery, error)

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        metrics.FAULTS.labels(type(error).__name__).inc()
        log.error("a message could not be handled", topic=delivery.topic, exc_info=error)
        reason = f"{type(error).__name__}: {error}"
        self._lanes.put("unread", lambda: self._unreadable(delivery, reason, "fault"))

    async def _unreadable(self, delivery: Delivery, reason: str, kind: str) -> None:
        await self._unread.keep(delivery.topic, delivery.payload, reason, kind)
        delivery.ack()

    async def _not_ours(self, delivery: Delivery, message: Message) -> None:
        await self._unreadable(delivery, f"nothing is expected on {message.kind}", "not expected")

    # Requests

    async def _answer(self, delivery: Delivery, message: Message) -> None:
        began = time.perf_counter()
        answer = await self._answer_in_time(message)
        await self._publish(dji.reply_to(message, answer, timestamp=_milliseconds()))
        delivery.ack()
        metrics.ANSWER_SECONDS.observe(time.perf_counter() - began)
        result = answer if isinstance(answer, int) else answer.get("result", 0)
        metrics.ANSWERED.labels(message.method if message.method in self._responders else "other", str(result)).inc()
        if message.method not in self._responders:
            await self._unread.keep(delivery.topic, delivery.payload, f"no answer to {message.method!r}", "not served")

    async def _answer_in_time(self, message: Message) -> Answer:
        responder = self._responders.get(message.method)
        if responder is None:
            return NOT_SERVED
        try:
            async with asyncio.timeout(self._timings.request_answer):
                return await responder(message)
        except TimeoutError:
            log.warning("a request could not be answered in time", sn=message.sn, method=message.method)
        except Exception as error:
            if not passes(error):
                metrics.FAULTS.labels(type(error).__name__).inc()
            log.warning("a request could not be answered", sn=message.sn, method=message.method, error=str(error)[:300])
        return TRY_AGAIN

    # Status

    async def _status(self, delivery: Delivery, message: Message) -> None:
        if message.method in OFFLINE_METHODS:
            await self._left(message.sn, message.method)
            delivery.ack()
            return
        if message.method != "update_topo":
            await self._unreadable(delivery, f"no such status: {message.method!r}", "unknown")
            return
        # Every dock is answered, ours or not, and before anything else: one that is not may stay offline.
        await self._publish(dji.reply_to(message, 0, timestamp=_milliseconds()))
        if self._devices.dock_at_hand(message.sn) is None:
            self._devices.forget(message.sn)
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is None:
            delivery.ack()
        else:
            await until_done(lambda: self._presence.topology(dock, message, delivery.ack))

    async def _last_will(self, delivery: Delivery, sn: str) -> None:
        await self._left(sn, "last will")
        delivery.ack()

    async def _left(self, sn: str, why: str) -> None:
        dock = await until_done(lambda: self._devices.dock(sn))
        if dock is not None:
            await self._presence.left(dock, why)

    # Facts

    async def _reply(self, delivery: Delivery, message: Message) -> None:
        fault = await self._replies.take(message)
        if fault is not None:
            await self._unread.keep(delivery.topic, delivery.payload, fault, "unmatched")
        delivery.ack()

    async def _event(self, delivery: Delivery, message: Message) -> None:
        handler = self._events.get(message.method)
        result, fault = KEPT, None
        if handler is not None:
            result, fault = await handler(message)
        if message.method in READERS:
            await self._alert(message)
        elif handler is None and not message.known:
            fault = f"no such event: {message.method!r}"
        if fault is not None:
            await self._unread.keep(delivery.topic, delivery.payload, fault, "event")
        if message.need_reply:
            await self._publish(dji.reply_to(message, result, timestamp=_milliseconds()))
        delivery.ack()

    async def _alert(self, message: Message) -> None:
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is not None:
            shown: dict[str, Any] = {"method": message.method, "data": message.data.present()}
            self._live.changed(dock.org_id, dock.sn, "alert", lambda: shown)
            await self._alerts.take(dock, message)

    async def _publish(self, message: Message) -> None:
        topic, payload = dji.encode(message)
        await until_done(lambda: self._publisher.publish(topic, payload, 1))


def _always_kept(take: Callable[[Message], Awaitable[str | None]]) -> Handler:
    async def handler(message: Message) -> tuple[int, str | None]:
        return KEPT, await take(message)

    return handler


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000
