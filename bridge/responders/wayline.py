"""`flighttask_resource_get` and `flighttask_progress_get`: the file of a flight, and how another dock's flight goes."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from bridge.devices import Devices
from bridge.faults import Unavailable
from bridge.responders import NOT_REGISTERED, Answer
from bridge.sagas import NoSuchSaga, Sagas
from dji import Message
from store.facts import ResourceAnswer, ResourceGet
from store.flights import TERMINAL, FlightTask, FlightTasks
from store.objects import Objects
from timings import Timings
from workflows.names import Update, flight_id

LINK_SECONDS = 3_600
"""A dock downloads at once, but over a bad link, and may try again: an hour is far beyond that."""

NO_SUCH_FLIGHT = 210002
"""The flight that was named is none of ours, or over: the request is not valid."""

SAGA_SHARE: Final = 0.5
"""Of the time that a request may take: a saga without a worker leaves the rest to the store."""


class WaylineFiles:
    def __init__(
        self, flights: FlightTasks, devices: Devices, sagas: Sagas, objects: Objects, timings: Timings
    ) -> None:
        self._saga_within = timings.request_answer * SAGA_SHARE
        self._flights = flights
        self._devices = devices
        self._sagas = sagas
        self._objects = objects

    async def resource(self, message: Message) -> Answer:
        """The saga says which object this dock may fetch; the link is made here and kept nowhere.

        A dock gives its task up when it is refused the file, so a saga that cannot speak now, for want of a worker or
        of Temporal, is answered for by what it wrote of the flight.
        """
        data: Any = message.data
        if not data.flight_id:
            return NO_SUCH_FLIGHT
        asked = ResourceGet(flight_id=data.flight_id, sn=message.sn)
        ask_id = f"{message.method}-{message.tid or message.timestamp}"
        try:
            async with asyncio.timeout(self._saga_within):
                answer = await self._sagas.ask(
                    flight_id(data.flight_id), Update.RESOURCE, asked, ResourceAnswer, ask_id=ask_id
                )
        except NoSuchSaga:
            return NO_SUCH_FLIGHT
        except (TimeoutError, Unavailable):
            answer = await self._as_written(asked)
        if answer.result != 0:
            return answer.result
        link = self._objects.presign_get(answer.object_key, LINK_SECONDS)
        return {"result": 0, "output": {"file": {"url": link, "fingerprint": answer.fingerprint}}}

    async def _as_written(self, asked: ResourceGet) -> ResourceAnswer:
        """What the saga would say, by the flight's document. Raises Unavailable where it says nothing for this dock."""
        flight = await self._flights.get(asked.flight_id)
        if flight is None or asked.sn not in (flight.dock_sn, flight.landing_dock_sn) or flight.status in TERMINAL:
            raise Unavailable("Temporal: no answer in time")
        return ResourceAnswer(result=0, object_key=flight.object_key, fingerprint=flight.md5)

    async def progress(self, message: Message) -> Answer:
        """Dock 2 names the flight and the other dock, Dock 3 the other dock."""
        data: Any = message.data
        asker = await self._devices.dock(message.sn)
        if asker is None:
            return NOT_REGISTERED
        asked = data.present()
        other = str(asked.get("sn") or asked.get("target_sn") or message.sn)
        flight = await self._asked_for(asked, other)
        if flight is None or flight.org_id != asker.org_id:
            return NO_SUCH_FLIGHT
        progress = flight.landing_progress if other == flight.landing_dock_sn else flight.progress
        return {
            "result": 0,
            "output": {
                "flight_id": flight.id,
                "status": (progress.status if progress is not None else "") or "sent",
                "progress": {
                    "current_step": (progress.step if progress is not None else None) or 0,
                    "percent": (progress.percent if progress is not None else None) or 0,
                },
            },
        }

    async def _asked_for(self, asked: dict[str, Any], other: str) -> FlightTask | None:
        if asked.get("flight_id"):
            return await self._flights.get(str(asked["flight_id"]))
        under_way = [*await self._flights.under_way(other), *await self._flights.landing_at(other)]
        return max(under_way, key=lambda flight: flight.created_at, default=None)
