"""What docks say of their files: what they uploaded (`file_upload_callback`), and whose they upload first.

A file is media once the bucket holds it. The bucket is asked for a short while; then the report is kept, the dock hears
that it is not done, and `media/{flight}` goes on looking: a bucket that is away holds up no bridge.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from botocore.exceptions import ClientError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, retry_if_result, stop_after_delay
from tenacity.wait import wait_random_exponential

from bridge import metrics
from bridge.devices import Devices
from bridge.faults import passes, until_done
from bridge.sagas import Sagas
from dji import Message
from dji.errors import lookup
from store.flights import FlightTasks
from store.media import FlightMedia
from store.media_intake import LONGEST_KEY, Intake, Reported, prefix_of
from store.objects import ObjectInfo
from timings import Timings

KEPT: Final = 0
NOT_KEPT: Final = 1


class MediaFiles:
    def __init__(self, intake: Intake, flights: FlightTasks, devices: Devices, sagas: Sagas, timings: Timings) -> None:
        self._intake = intake
        self._flights = flights
        self._devices = devices
        self._sagas = sagas
        self._timings = timings

    async def take(self, message: Message) -> tuple[int, str | None]:
        """One callback: the result for the dock, and why where it is not 0. Returns once what it says is written."""
        data: Any = message.data
        key = data.file.object_key if data.file is not None else None
        if not isinstance(key, str) or not key:
            return NOT_KEPT, "file_upload_callback names no object_key"
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is None:
            return NOT_KEPT, "file_upload_callback of a dock that is in no organisation"
        if not key.startswith(prefix_of(dock.org_id, dock.sn)) or len(key.encode()) > LONGEST_KEY:
            return NOT_KEPT, f"file_upload_callback of {key[:200]!r}, which is not under the dock's own prefix"
        expected = data.flight_task.expected_file_count if data.flight_task is not None else None
        expected = expected if isinstance(expected, int) and expected >= 0 else None
        file = Reported(dock.org_id, dock.sn, key, data.present().get("file", {}), expected)
        if isinstance(data.result, int) and data.result:
            said = lookup(data.result)
            await self._miss(file, f"the dock says that it could not be uploaded: {data.result}: {said.meaning}")
            return KEPT, None
        found = await self._look(file)
        if isinstance(found, str):
            await self._miss(file, found)
            return NOT_KEPT, f"{key!r} was reported, and {found}"
        taken = await until_done(lambda: self._intake.keep(file, found))
        if taken.new:
            metrics.WRITES.labels("dji_media").inc()
        await self._tell(taken.media)
        return KEPT, None

    async def first(self, message: Message) -> str | None:
        """`highest_priority_upload_flighttask_media`: whose files the dock uploads first, by its own word."""
        data: Any = message.data
        flight_id = data.flight_id
        if not flight_id:
            return "highest_priority_upload_flighttask_media names no flight"
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is not None:
            await until_done(lambda: self._intake.first(dock.org_id, dock.sn, flight_id))
        return None

    async def flight_ended(self, flight_id: str, sn: str, count: int) -> None:
        """A flight has ended with so many files, by the dock with this serial. Returns once its saga knows.

        In a task of two docks the one where the aircraft landed uploads.
        """
        flight = await until_done(lambda: self._flights.get(flight_id))
        if flight is None or sn != (flight.landing_dock_sn or flight.dock_sn):
            return
        await self._tell(await until_done(lambda: self._intake.announced(flight, sn, count)))

    async def _look(self, file: Reported) -> ObjectInfo | str:
        """The object; a sentence where the bucket does not hold it, or cannot be asked, for `media_look`."""
        retrying = AsyncRetrying(
            stop=stop_after_delay(self._timings.media_look),
            wait=wait_random_exponential(multiplier=0.2, max=1),
            retry=retry_if_result(lambda found: isinstance(found, str)) | retry_if_exception(_may_pass),
            retry_error_callback=_last_word,
        )

        async def once() -> ObjectInfo | str:
            return await asyncio.wait_for(self._intake.look(file), self._timings.activity_quick)

        found: ObjectInfo | str = await retrying(once)
        return found

    async def _miss(self, file: Reported, reason: str) -> None:
        missed = await until_done(lambda: self._intake.miss(file, reason))
        if not missed.unknown:
            return
        flight = missed.flight
        if flight is None:
            await self._sagas.tell_media(None, file.sn, file.org_id)
        else:
            await self._sagas.tell_media(flight.id, file.sn, file.org_id, flight.mission_id)

    async def _tell(self, media: FlightMedia | None) -> None:
        if media is not None and media.news:
            await self._sagas.tell_media(media.flight_id, media.dock_sn, media.org_id, media.mission_id)


def _may_pass(error: BaseException) -> bool:
    return passes(error) or isinstance(error, ClientError)


def _last_word(state: RetryCallState) -> str:
    assert state.outcome is not None, "it was tried"
    error = state.outcome.exception()
    return f"the bucket cannot be asked: {type(error).__name__}" if error is not None else str(state.outcome.result())
