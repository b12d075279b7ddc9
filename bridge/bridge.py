"""The bridge, put together: one object that has all parts and runs them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

import structlog

from bridge.alerts import DockAlerts
from bridge.areas import Areas
from bridge.custom_data import CustomData
from bridge.devices import Devices
from bridge.faults import until_done
from bridge.firmware import Firmware
from bridge.flight_events import FlightEvents
from bridge.flights import Flights
from bridge.intake import Intake
from bridge.jobs import Jobs
from bridge.lanes import Lanes
from bridge.live import Live
from bridge.live_facts import LiveFacts
from bridge.logs import Logs
from bridge.media import MediaFiles
from bridge.own_broker import OwnBrokers, SharedLive, settings_here
from bridge.peers import Peers
from bridge.presence import Presence
from bridge.projection import Projector
from bridge.replies import Replies
from bridge.responders import Responder
from bridge.responders.areas import AreaFiles, no_map
from bridge.responders.config import Config
from bridge.responders.organization import Organization
from bridge.responders.storage import Storage
from bridge.responders.wayline import WaylineFiles
from bridge.router import Router
from bridge.sagas import Sagas
from bridge.slots import Leases
from bridge.status import Statuses
from bridge.telemetry import Telemetry
from bridge.unread import Unread
from dji.hms_texts import read_texts
from settings import Settings
from store.alerts import Alerts
from store.areas import DockAreasRepository, MissionAreasRepository
from store.client import connect
from store.commands import Commands
from store.custom_data import CustomDataRepository
from store.docks import AircraftRepository, Docks
from store.events import Events
from store.firmware import Pushes
from store.flights import FlightTasks
from store.jobs import Jobs as Documents
from store.logs import LogUploads
from store.media_intake import Intake as MediaIntake
from store.objects import Objects
from store.orgs import Orgs
from store.pairings import Pairings
from timings import Timings

log = structlog.get_logger()

LAST_WRITES = 5.0
"""Seconds for what is left to write when the process ends. What is not written then was not acknowledged."""


class BadTexts(ValueError):
    """ARGUS_HMS_TEXTS names no file of texts."""


def _texts(settings: Settings) -> Mapping[str, str]:
    if settings.hms_texts is None:
        return {}
    try:
        return read_texts(settings.hms_texts, settings.hms_language)
    except (OSError, ValueError) as error:
        raise BadTexts(f"ARGUS_HMS_TEXTS: {error}; give DJI's hms.json, or leave it out") from None


class Bridge:
    """Made with `make`; `run` returns when it is cancelled, with what was in hand written or left to the successor."""

    def __init__(self, settings: Settings, here: Settings, sagas: Sagas, texts: Mapping[str, str]) -> None:
        """`here` are the settings with the broker that this bridge listens at, `texts` those of health alarms."""
        clock = time.monotonic
        timings = Timings.of(settings.timings_json)
        client = connect(settings)
        docks, aircraft, flights = Docks(client), AircraftRepository(client), FlightTasks(client)
        orgs, pairings = Orgs(client), Pairings(client)
        objects = Objects.of(settings)
        self.lanes = Lanes()
        self.projector = Projector(timings, clock)
        self.devices = Devices(docks, aircraft, self.projector, clock)
        leases = Leases(client, settings.bridge_slots, broker=settings.bridge_org)
        self.intake = Intake(here, leases, self._receive, self._changed, clock)
        self._shared = SharedLive(settings) if settings.bridge_org is not None else None
        self.live = Live(self._shared or self.intake, clock)
        self.events = Events(client, sagas.wake_webhook, timings)
        pushes = Pushes(client)
        areas, given_areas = MissionAreasRepository(client), DockAreasRepository(client)
        firmware = self.firmware = Firmware(pushes, self.devices, sagas, self.live, self.lanes, timings, clock)
        brokers = OwnBrokers(settings, orgs)
        self._several = settings.bridge_slots > 1
        self.alerts = DockAlerts(
            Alerts(client), docks, brokers, self.events, self.live, texts, timings, clock,
            several=self._several,
        )  # fmt: skip
        statuses = Statuses(self.devices, self.projector, self.live)
        self.presence = Presence(
            self.devices, docks, brokers, flights, pushes, self.projector, statuses, sagas, self.events, self.alerts,
            self.live, timings, clock,
        )  # fmt: skip
        self.peers = Peers(self.devices, self.intake, clock)
        organization = Organization(docks, aircraft, orgs, pairings, self.devices, sagas)
        media = MediaFiles(MediaIntake(client, objects, self.events), flights, self.devices, sagas, timings)
        followed = Flights(flights, self.devices, sagas, media, self.live, timings, clock)
        waylines = WaylineFiles(flights, self.devices, sagas, objects, timings)
        self.area_files = AreaFiles(areas, given_areas, docks, self.devices, sagas, objects, timings)
        responders: dict[str, Responder] = {
            "config": Config(settings, self.devices, orgs, pairings).get,
            "airport_bind_status": organization.bind_status,
            "airport_organization_get": organization.get,
            "airport_organization_bind": organization.bind,
            "flighttask_resource_get": waylines.resource,
            "flighttask_progress_get": waylines.progress,
            "storage_config_get": Storage(self.devices, objects, timings, clock).get,
            "flight_areas_get": self.area_files.get,
            "offline_map_get": no_map,
        }
        telemetry = Telemetry(
            self.devices, self.projector, self.presence, statuses, self.live, LiveFacts(sagas), firmware, self.lanes
        )
        self.router = Router(
            publisher=self.intake,
            devices=self.devices,
            telemetry=telemetry,
            presence=self.presence,
            replies=Replies(Commands(client), sagas, firmware),
            flights=followed,
            flight_events=FlightEvents(flights, followed, self.devices, sagas, clock),
            firmware=firmware,
            media=media,
            responders=responders,
            live=self.live,
            alerts=self.alerts,
            areas=Areas(areas, given_areas, self.devices, sagas, self.alerts, self.live, clock),
            jobs=Jobs(Documents(client), sagas, clock),
            custom_data=CustomData(CustomDataRepository(client), self.devices, self.events, self.live),
            logs=Logs(LogUploads(client), self.devices, sagas, self.live, clock),
            unread=Unread(client, clock),
            peers=self.peers,
            lanes=self.lanes,
            timings=timings,
        )

    @classmethod
    async def make(cls, settings: Settings) -> Bridge:
        """Raises NoBroker where `bridge_org` has none of its own, BadTexts where `hms_texts` cannot be read."""
        here = await settings_here(settings, Orgs(connect(settings)))
        return cls(settings, here, await Sagas.connect(settings), _texts(settings))

    def _receive(self, delivery: Any) -> None:
        self.router.receive(delivery)

    def _changed(self, connected: bool) -> None:
        if connected:
            self.presence.start_listening()
        else:
            self.presence.stop_listening()

    async def run(self) -> None:
        """Run until cancelled."""
        try:
            async with self.events, asyncio.TaskGroup() as group:
                several = (self.peers.run(),) if self._several else ()
                shared = (self._shared.run(),) if self._shared is not None else ()
                for work in (
                    *several,
                    *shared,
                    until_done(self.presence.take_over),
                    self.devices.run(),
                    self.presence.run(),
                    self.alerts.run(),
                    self.projector.run(),
                    self.live.run(),
                    self.intake.run(),
                ):
                    group.create_task(work)
        finally:
            await self.lanes.close()
            await self.presence.close()
            await self.area_files.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES):
                    await asyncio.gather(self.firmware.close(), self.projector.close())

    def state(self) -> tuple[bool, dict[str, Any]]:
        """For the health page: well when a slot is connected, or when others have them all."""
        connected = self.intake.connected
        well = bool(connected) or self.intake.standby
        return well, {
            "slots": self.intake.slots,
            "connected": connected,
            "standby": self.intake.standby,
            "docks": len(self.devices.held()),
            "lanes": len(self.lanes),
        }
