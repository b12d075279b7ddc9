"""A tar archive that is written into the bucket in parts, in bounded memory, and goes on where a dead worker left off.

After each part a note says what all parts until then hold (`Course`), so another worker begins behind the last one that
was noted. What it reads anew of a file that was cut off there, it reads for the hash only.
"""

from __future__ import annotations

import asyncio
import hashlib
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import orjson
from pydantic import BaseModel, Field

from store.objects import Listed, Objects

BLOCK: Final = 512
CHUNK: Final = 4 * 1024 * 1024
PART: Final = 16 * 1024 * 1024
MOST_PARTS: Final = 9_000
"""S3 takes 10,000 parts of an object; larger archives have larger parts."""
TAR: Final = "application/x-tar"
INDEX: Final = "index"


class Totals(BaseModel):
    files: int = 0
    bytes: int = 0


class Course(BaseModel):
    """What the parts until now hold: members up to `done`, and of the one after it the first `offset` bytes."""

    upload_id: str
    part: int
    etags: list[str] = Field(default_factory=list)
    done: str = ""
    began: bool = Field(False, description="The head of the member after `done` is in it too")
    offset: int = 0
    totals: dict[str, Totals] = Field(default_factory=dict)
    left_out: int = 0
    index_sha256: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive. `order` tells its place: later members have greater ones. It is made of `pieces`."""

    order: str
    name: str
    kind: str
    pieces: tuple[Listed, ...]
    tail: bytes = b""

    @property
    def size(self) -> int:
        return sum(piece.size for piece in self.pieces) + len(self.tail)


class Spoiled(Exception):
    """The parts are not there as they were noted: all is to be packed anew."""


class Packer:
    """Writes one archive. `noted` is called after each part with what it holds then."""

    def __init__(self, objects: Objects, key: str, prefix: str, noted: Callable[[Course], Awaitable[None]]) -> None:
        self._objects = objects
        self._key = key
        self._prefix = prefix
        self._noted = noted
        self._buffer = bytearray()
        self._lines = bytearray()

    @property
    def course(self) -> Course:
        return self._course

    @property
    def _note(self) -> str:
        return f"{self._prefix}course.json"

    @property
    def _index(self) -> str:
        return f"{self._prefix}index/"

    async def begin(self, size: int) -> bool:
        """Go on behind the last part that was noted, or begin; whether all parts are there already."""
        kept = await self._objects.get(self._note)
        if kept is not None:
            self._course = Course.model_validate_json(kept)
        else:
            await self._objects.drop_parts(self._key)
            upload_id = await self._objects.begin_parts(self._key, TAR)
            self._course = Course(upload_id=upload_id, part=max(PART, size // MOST_PARTS + 1))
            await self._keep()
        return self._course.finished

    async def add(self, member: Member) -> None:
        """Write a member, unless it is in the archive. One that is gone by now is left out, and counted so."""
        course = self._course
        if member.order <= course.done:
            return
        digest, at, size, whole = hashlib.sha256(), 0, member.size, True
        first = await self._piece(member, 0) if size else b""
        if first is None and not course.began:
            self._line({"name": member.name, "leftOut": "it was gone before it was read"})
            course.left_out += 1
            course.done = member.order
            return
        if not course.began:
            self._buffer += _head(member.name, size)
            course.began = True
        while at < size:
            content = first if at == 0 else await self._piece(member, at)
            if content is None:  # the head has told its size, and all that follows stands behind it
                whole, content = False, bytes(min(CHUNK, size - at))
            await asyncio.to_thread(digest.update, content)
            fresh = content[max(0, course.offset - at) :]
            at += len(content)
            if fresh:
                self._buffer += fresh
                course.offset = at
            if len(self._buffer) >= course.part:
                await self._flush()
        self._buffer += bytes(-size % BLOCK)
        course.done, course.began, course.offset = member.order, False, 0
        self._count(member, whole, digest.hexdigest())
        if len(self._buffer) >= course.part:
            await self._flush()

    def _count(self, member: Member, whole: bool, sha256: str) -> None:
        line = {"name": member.name, "size": member.size, "sha256": sha256}
        if not whole:
            self._course.left_out += 1
            line["leftOut"] = "it went or changed while it was read; zeros stand in its place"
        if member.kind == INDEX:
            self._course.index_sha256 = sha256
        total = self._course.totals.setdefault(member.kind, Totals())
        total.files += 1
        total.bytes += member.size
        self._line(line)

    async def index(self, order: str, name: str) -> Member:
        """The member with a line for each one so far: name, size and SHA-256."""
        pieces = [each async for each in listed(self._objects, self._index)]
        written = [each for each in pieces if _number(each.key) <= len(self._course.etags)]
        return Member(order, name, INDEX, tuple(written), bytes(self._lines))

    async def finish(self) -> bool:
        """The last part, then the archive is there. Raises Spoiled where a part is not as it was put."""
        if not self._course.finished:
            self._buffer += bytes(2 * BLOCK)
            self._course.finished = True
            await self._flush()
        course = self._course
        if await self._objects.finish_parts(self._key, course.upload_id, course.etags):
            return True
        if await self._objects.head(self._key) is not None:  # a worker died between the archive and the word of it
            return True
        await self._objects.delete(self._note)
        raise Spoiled(f"parts of {self._key} are not there as they were put")

    async def _piece(self, member: Member, at: int) -> bytes | None:
        """What stands at a place of a member, up to the end of its piece or CHUNK bytes."""
        for piece in member.pieces:
            if at < piece.size:
                return await self._objects.read(piece, at, min(CHUNK, piece.size - at))
            at -= piece.size
        return member.tail[at:]

    def _line(self, line: dict[str, object]) -> None:
        self._lines += orjson.dumps(line) + b"\n"

    async def _flush(self) -> None:
        """Put a part, then the lines of what ended in it, then the note: who dies in between does it again."""
        course, number = self._course, len(self._course.etags) + 1
        etag = await self._objects.put_part(self._key, course.upload_id, number, bytes(self._buffer))
        if etag is None:
            await self._objects.delete(self._note)
            raise Spoiled(f"the upload of {self._key} is gone")
        await self._objects.put(f"{self._index}{number:05}", bytes(self._lines))
        course.etags.append(etag)
        self._buffer.clear()
        self._lines.clear()
        await self._keep()
        await self._noted(course)

    async def _keep(self) -> None:
        await self._objects.put(self._note, self._course.model_dump_json().encode(), "application/json")


async def listed(objects: Objects, prefix: str, after: str = "") -> AsyncIterator[Listed]:
    """All objects whose keys begin with `prefix`, in their order, from the one behind `after` on."""
    while found := await objects.list_under(prefix, after):
        for each in found:
            yield each
        after = found[-1].key


def _head(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.PAX_FORMAT)


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])
