"""Bringing what the bridge holds of a device into its document: paced, merged, and only the bridge's own fields."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from google.api_core.exceptions import NotFound

from bridge import metrics
from bridge.faults import until_done
from bridge.picture import Picture, field_paths
from store.document import Repository, now
from timings import Timings

log = structlog.get_logger()
Clock = Callable[[], float]

TICK = 0.1
"""Seconds between two looks at what is due."""

BUSY = 0.15
"""Seconds after something was due until the next look: where much happens, every other one is left out."""

LATER = 5.0
"""Seconds for which what can wait waits for another write of its document to go with."""

MOST_WRITES_AT_ONCE = 64


class Projection:
    """One document, as far as the bridge writes it: the merged picture, and fields of the document itself.

    `fields` are changed by name (camelCase) and count as noticed. What is handed to `after_write` is called once all
    that was there before has been written, or once it is known that there is no document to write.
    """

    def __init__(self, repository: Repository[Any], key: str, picture: Picture) -> None:
        self.repository = repository
        self.key = key
        self.picture = picture
        self.fields: dict[str, Any] = {}
        self._later: dict[str, Any] = {}
        self._later_since = 0.0
        self.gone = False
        self.writing = False
        self._after: list[Callable[[], None]] = []

    @property
    def settled(self) -> bool:
        """True where no change of a field is on its way to the store."""
        return not self.fields and not self.writing

    def change(self, **fields: Any) -> None:
        self.fields |= fields
        self._later = {name: value for name, value in self._later.items() if name not in fields}

    def change_later(self, at: float, **fields: Any) -> None:
        """Change fields that nobody waits for: with the next write, or `LATER` after `at`."""
        self._later |= fields
        self._later_since = at
        self.fields = {name: value for name, value in self.fields.items() if name not in fields}

    def drop_later(self) -> None:
        """Leave what was to be changed later to somebody who has written the document since."""
        self._later = {}

    def after_write(self, call: Callable[[], None]) -> None:
        if self.gone:
            call()
        else:
            self._after.append(call)

    def due(self) -> float | None:
        if self.writing or self.gone:
            return None
        soonest = self.picture.last_write + self.picture.timings.write_interval
        if self.fields or self._after:
            return soonest
        due = self.picture.due()
        if not self._later:
            return due
        by_itself = max(self._later_since + LATER, soonest)
        return by_itself if due is None else min(due, by_itself)

    async def write(self, clock: Clock) -> None:
        """Write what is not in the store, again and again until it is taken."""
        self.writing = True
        try:
            await until_done(lambda: self._write_once(clock))
        finally:
            self.writing = False

    async def _write_once(self, clock: Clock) -> None:
        values, fields, after = self.picture.unwritten(), {**self._later, **self.fields}, list(self._after)
        at = now()
        update = dict(field_paths(values)) | fields | {"lastSeenAt": at}
        update |= {f"{section}At": at for section in {section for section, _ in values}}
        began = clock()
        if values or fields:
            try:
                await self.repository.patch(self.key, update)
            except NotFound:
                log.info("a device has left its organisation", document=self.repository.model.collection, sn=self.key)
                self.close()
                return
            metrics.WRITES.labels(self.repository.model.collection).inc()
            self.picture.wrote(values, began)
        self.fields, self._later = (
            {name: value for name, value in left.items() if fields.get(name, self) != value}
            for left in (self.fields, self._later)
        )
        del self._after[: len(after)]
        for call in after:
            call()

    def close(self) -> None:
        """There is nothing to write to any more: whoever waits for a write is let go."""
        self.gone = True
        after, self._after = self._after, []
        for call in after:
            call()


class Projector:
    """Writes projections when they are due."""

    def __init__(self, timings: Timings, clock: Clock) -> None:
        self.timings = timings
        self.clock = clock
        self._unwritten: dict[Projection, float] = {}
        """When each is to be looked at: most wait for half a minute, and there is one for each device."""
        self._writes: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_WRITES_AT_ONCE)
        self._began = float("-inf")

    def new_picture(self) -> Picture:
        return Picture(self.timings)

    def touch(self, projection: Projection) -> None:
        """Something of it changed: look after it until the store has it."""
        self._unwritten[projection] = float("-inf")

    async def written(self, projection: Projection) -> None:
        """Wait until all that was there when this was called is in the store."""
        done = asyncio.Event()
        projection.after_write(done.set)
        self.touch(projection)
        await done.wait()

    async def run(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(TICK)

    def tick(self) -> None:
        """Start the writes that are due."""
        at = self.clock()
        if at - self._began < BUSY:
            return
        for projection in [projection for projection, look in self._unwritten.items() if look <= at]:
            due = projection.due()
            if due is None:
                if not projection.writing:
                    del self._unwritten[projection]
            elif due > at:
                self._unwritten[projection] = due
            else:
                task = asyncio.create_task(self._write(projection), name=f"write {projection.key}")
                self._writes.add(task)
                self._began = at
                task.add_done_callback(self._writes.discard)
                projection.writing = True

    async def _write(self, projection: Projection) -> None:
        async with self._room:
            try:
                await projection.write(self.clock)
            except Exception as error:
                metrics.FAULTS.labels(type(error).__name__).inc()
                log.exception("a document cannot be written", sn=projection.key)
                projection.close()

    async def close(self) -> None:
        """Write what is left, at once: a picture in memory is lost with the process."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        left = [projection for projection in self._unwritten if not projection.gone]
        await asyncio.gather(*(self._write(projection) for projection in left), return_exceptions=True)
