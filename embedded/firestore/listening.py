"""Listen: one task reads the stream's requests, one sends what commits mean for its targets.

A snapshot that is sent is consistent: all changes up to a time, then a change-free `TargetChange` with that time and a
resume token, which is nothing but the time. A listener that comes back with a token is sent the difference.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from .commits import Committed
from .core import Core, Reading
from .errors import Code, FirestoreError, invalid
from .names import DatabaseName, Path, parse_database
from .storage import Change
from .targets import Target, Watchers, difference, parse_target
from .wire import ListenResponse, chunk, micros, timestamp

NO_CHANGE, ADD, REMOVE, CURRENT, RESET = 0, 1, 2, 3, 4

# Idle streams get a new token now and then, so that it does not fall out of the history.
HEARTBEAT_SECONDS = 30.0
# A listener that reads so slowly is cut off; it comes back with its token and gets the difference.
MAX_WAITING_CHANGES = 20_000


def token_of(time: int) -> bytes:
    """The resume token of a time."""
    return b"t" + time.to_bytes(8, "big")


def time_of(token: bytes) -> int:
    """The time of a resume token. Raises INVALID_ARGUMENT."""
    if len(token) != 9 or token[:1] != b"t":
        raise invalid("The resume token is not one of this server's.")
    return int.from_bytes(token[1:], "big")


def target_change(kind: int, targets: list[int], time: int | None = None, error: FirestoreError | None = None) -> Any:
    """A `ListenResponse` with a `TargetChange`; with a time it carries a resume token."""
    response = ListenResponse()
    response.target_change.target_change_type = kind
    response.target_change.target_ids.extend(targets)
    if time is not None:
        response.target_change.read_time.CopyFrom(timestamp(time))
        response.target_change.resume_token = token_of(time)
    if error is not None:
        response.target_change.cause.code = error.code.value[0]
        response.target_change.cause.message = error.message
    return response


class Hub:
    """All listeners of the server; hears of every commit."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.watchers = Watchers()
        core.committer.listeners.append(self._committed)

    def _committed(self, committed: Committed) -> None:
        for change in committed.changes:
            for target, stream, _, is_now in self.watchers.of(change):
                stream.take(target, change, is_now)


class ListeningMethods:
    """The part of the service that listens."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.hub = Hub(core)

    async def listen(self, requests: AsyncIterator[Any]) -> AsyncGenerator[Any]:
        """Listen: targets come and go by requests; changes are sent until the client hangs up."""
        stream = Stream(self.hub)
        reader = asyncio.create_task(stream.read(requests), name="firestore-listen")
        try:
            async for response in stream.responses(reader):
                yield response
        finally:
            reader.cancel()
            stream.close()


class Stream:
    """One listen stream."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._core = hub.core
        self._database: DatabaseName | None = None
        self._targets: dict[int, Target] = {}
        self._waiting: list[tuple[Change, Target, bool]] = []
        self._out: list[Any] = []
        self._wake = asyncio.Event()
        self._time = 0
        self._overrun = False

    def close(self) -> None:
        """Forget all targets."""
        for target in self._targets.values():
            self._hub.watchers.remove(target)
        self._targets.clear()

    def take(self, target: Target, change: Change, is_now: bool) -> None:
        """Note that a document came to a target, changed in it or left it; called in the order of commits."""
        if change.time <= target.time:
            return
        if len(self._waiting) >= MAX_WAITING_CHANGES:
            self._overrun = True
        else:
            self._waiting.append((change, target, is_now))
        self._wake.set()

    async def read(self, requests: AsyncIterator[Any]) -> None:
        """Take in requests until the client half-closes."""
        async for request in requests:
            if self._database is None or request.database:
                self._database = parse_database(request.database)
            kind = request.WhichOneof("target_change")
            if kind == "add_target":
                self._add(request.add_target, self._database)
            elif kind == "remove_target":
                self._remove(request.remove_target)
            else:
                raise invalid("A listen request adds or removes a target.")
            self._wake.set()

    async def responses(self, reader: asyncio.Task[None]) -> AsyncGenerator[Any]:
        """What is to be sent, as it comes. Raises what the reader raised."""
        reader.add_done_callback(lambda _: self._wake.set())
        while True:
            self._flush()
            out, self._out = self._out, []
            for response in out:
                yield response
            if self._waiting or self._out:
                continue
            if reader.done():
                reader.result()
                # Half-closed by the client: nothing more can be asked for, and a listener that hangs up is gone.
                return
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                if self._targets:
                    self._settle(self._core.committer.read_time())

    # Targets

    def _add(self, message: Any, database: DatabaseName) -> None:
        number = message.target_id or max(self._targets, default=0) + 2
        if number in self._targets:
            raise invalid(f"The stream already has a target {number}.")
        try:
            resume = self._resume_time(message)
            target = parse_target(message, database, resume)
        except FirestoreError as error:
            self._out.append(target_change(REMOVE, [number], error=error))
            return
        target.number = number
        self._out.append(target_change(ADD, [number]))
        with self._core.newest() as reading:
            self._send_results(target, reading)
            target.time = self._time = max(reading.time, reading.snapshot.time)
        self._out.append(target_change(CURRENT, [number], target.time))
        if target.once:
            self._out.append(target_change(NO_CHANGE, [], target.time))
            self._out.append(target_change(REMOVE, [number]))
            return
        self._targets[number] = target
        self._hub.watchers.add(target, self)
        self._settle(target.time)

    def _resume_time(self, message: Any) -> int | None:
        kind = message.WhichOneof("resume_type")
        if kind == "resume_token" and message.resume_token:
            return time_of(message.resume_token)
        return micros(message.read_time) if kind == "read_time" else None

    def _send_results(self, target: Target, reading: Reading) -> None:
        after = target.results(reading)
        changed, gone = after, []
        if target.query is None:
            gone = [path for path in target.documents if path not in after]
        if target.resume is not None:
            try:
                past = Reading(self._core, None, self._core.past(timestamp(target.resume)), False)
            except FirestoreError:
                # From before what is kept, or from another file: everything is sent anew.
                self._out.append(target_change(RESET, [target.number]))
            else:
                with past:
                    changed, gone = difference(target.results(past), after)
        if target.limited:
            target.sent = after
        for stored in changed.values():
            self._out.append(document_change(stored, [target.number], []))
        for path in gone:
            self._out.append(_gone(path, reading.snapshot.document(path), [target.number], reading.time))
        if target.resume is not None:
            response = ListenResponse()
            response.filter.target_id = target.number
            response.filter.count = len(after)
            self._out.append(response)

    def _remove(self, number: int) -> None:
        target = self._targets.pop(number, None)
        if target is None:
            raise invalid(f"The stream has no target {number}.")
        self._hub.watchers.remove(target)
        self._out.append(target_change(REMOVE, [number]))

    # Changes

    def _flush(self) -> None:
        """Turn the commits that came in into responses."""
        if self._overrun:
            raise FirestoreError(Code.RESOURCE_EXHAUSTED, "The listener reads too slowly; resume with the token.")
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        latest: dict[Path, tuple[Change, dict[int, bool]]] = {}
        time = 0
        for change, target, is_now in waiting:
            if self._targets.get(target.number) is not target or change.time <= target.time:
                continue
            time = max(time, change.time)
            if target.limited:
                target.dirty = True
                continue
            # Several commits to one document between two flushes: only its last state is sent.
            known = latest.get(change.path)
            numbers = {} if known is None else known[1]
            numbers[target.number] = is_now
            latest[change.path] = (change, numbers)
        for change, numbers in latest.values():
            self._send_change(change, numbers)
        moved = [target for target in self._targets.values() if target.dirty]
        if moved:
            with self._core.newest() as reading:
                time = max(time, reading.snapshot.time)
                for target in moved:
                    self._send_moved(target, reading)
        if latest or moved:
            self._settle(time)

    def _send_change(self, change: Change, numbers: dict[int, bool]) -> None:
        there = [number for number, after in numbers.items() if after]
        left = [number for number, after in numbers.items() if not after]
        if there and change.after is not None:
            self._out.append(document_change(change.after, there, left))
        else:
            self._out.append(_gone(change.path, change.after, left, change.time))

    def _send_moved(self, target: Target, reading: Reading) -> None:
        """Send what changed in a query with a limit by looking at it again."""
        target.dirty = False
        after = target.results(reading)
        changed, gone = difference(target.sent or {}, after)
        target.sent = after
        target.time = max(target.time, reading.snapshot.time)
        for path in gone:
            self._out.append(_gone(path, reading.snapshot.document(path), [target.number], reading.time))
        for stored in changed.values():
            self._out.append(document_change(stored, [target.number], []))

    def _settle(self, time: int) -> None:
        """Close a consistent snapshot."""
        self._time = max(self._time, time)
        self._out.append(target_change(NO_CHANGE, [], self._time))


def _varints(numbers: list[int]) -> bytes:
    out = bytearray()
    for number in numbers:
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out)


def document_change(stored: bytes, targets: list[int], removed: list[int]) -> bytes:
    """A `ListenResponse` with a `DocumentChange`, built around the stored bytes."""
    body = chunk(1, stored) + chunk(5, _varints(targets))
    if removed:
        body += chunk(6, _varints(removed))
    return chunk(3, body)


def _gone(path: Path, stored: bytes | None, targets: list[int], time: int) -> Any:
    """The document left the targets: it was deleted, or it matches no longer."""
    response = ListenResponse()
    part = response.document_delete if stored is None else response.document_remove
    part.document = path.name
    part.removed_target_ids.extend(targets)
    part.read_time.CopyFrom(timestamp(time))
    return response
