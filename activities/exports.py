"""All that an organisation owns, put into one archive: documents first, each collection for itself, then the files."""

from __future__ import annotations

from typing import Any, Final

import orjson
from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity

from activities.archive import Course, Member, Packer, listed
from activities.beating import heartbeating
from store import belongings
from store.belongings import BELONGINGS, KINDS, belonging_of, prefix_of
from store.document import now
from store.exports import Exports, archive_key, parts_prefix
from store.objects import Objects
from store.orgs import Orgs
from store.typed_json import document

PIECE: Final = 4 * 1024 * 1024
"""Lines of a collection are put aside in pieces of about so many bytes."""
FORMAT: Final = 1
HEAD: Final = 1536
"""Bytes of a file's head and padding, at most; with a name of usual length."""
DOCUMENTS, FILES, INDEX, MANIFEST = "1/", "2/", "3", "4"  # in this order


class ExportRef(BaseModel):
    export_id: str
    org_id: str


class GatherCollection(ExportRef):
    collection: str


class Gathered(BaseModel):
    documents: int


class PackArchive(ExportRef):
    """`documents` are those that were gathered, by collection."""

    documents: dict[str, int]
    user: str


class Packed(BaseModel):
    files: int
    bytes: int
    size: int = Field(description="of the archive")
    left_out: int


class ClearExport(ExportRef):
    archive: bool = Field(description="The archive too, as far as it came")


class Exporter:
    """Activities of an export. Each goes on where another worker left it."""

    def __init__(self, client: AsyncClient, objects: Objects) -> None:
        self._client = client
        self._objects = objects
        self._exports, self._orgs = Exports(client), Orgs(client)

    @activity.defn
    async def gather_documents(self, given: GatherCollection) -> Gathered:
        """Put the organisation's documents of one collection aside as lines of JSON, without secrets."""
        async with heartbeating():
            belonging, prefix = belonging_of(given.collection), _lines_prefix(given, given.collection)
            count, after, number = await self._gathered(prefix)
            lines = bytearray()
            async for snapshots in belongings.documents(self._client, belonging, given.org_id, after):
                for snapshot in snapshots:
                    kept = belongings.without(snapshot.to_dict(), belonging.secrets)
                    lines += orjson.dumps(document(f"{given.collection}/{snapshot.id}", kept)) + b"\n"
                count += len(snapshots)
                if len(lines) >= PIECE:
                    await self._objects.put(f"{prefix}{number:06}", bytes(lines))
                    number += 1
                    lines.clear()
            await self._objects.put(f"{prefix}{number:06}", bytes(lines))
            return Gathered(documents=count)

    async def _gathered(self, prefix: str) -> tuple[int, str | None, int]:
        """What a worker that died had put aside: how many documents, the last one's name, the next piece's number."""
        count, number, last = 0, 0, b""
        async for piece in listed(self._objects, prefix):
            content = await self._objects.get(piece.key) or b""
            count, number = count + content.count(b"\n"), number + 1
            last = content.splitlines()[-1] if content else last
        return count, orjson.loads(last)["name"].partition("/")[2] if last else None, number

    @activity.defn
    async def pack_archive(self, given: PackArchive) -> Packed:
        """Write the archive: lines of all collections, all files, their hashes, the manifest."""
        async with heartbeating():
            key, prefix = archive_key(given.org_id, given.export_id), parts_prefix(given.org_id, given.export_id)
            files, size = await self._survey(given)

            async def noted(course: Course) -> None:
                await self._exports.patch(given.export_id, _progress(course))

            packer = Packer(self._objects, key, prefix, noted)
            if not await packer.begin(size + files * HEAD):
                await self._exports.patch(given.export_id, {"filesAll": files, "bytesAll": size})
                await self._write(given, packer)
            await packer.finish()
            await noted(packer.course)
            found = await self._objects.head(key)
            total = _progress(packer.course)
            return Packed(
                files=total["files"], bytes=total["bytes"], left_out=total["leftOut"],
                size=found.size if found is not None else 0,
            )  # fmt: skip

    async def _survey(self, given: PackArchive) -> tuple[int, int]:
        """How many files there are, and their bytes."""
        files = size = 0
        prefixes = [prefix_of(kind, given.org_id) for kind in KINDS]
        for prefix in (*prefixes, f"{parts_prefix(given.org_id, given.export_id)}documents/"):
            async for each in listed(self._objects, prefix):
                size += each.size
                files += prefix in prefixes
        return files + len(given.documents), size

    async def _write(self, given: PackArchive, packer: Packer) -> None:
        for collection in sorted(given.documents):
            pieces = [each async for each in listed(self._objects, _lines_prefix(given, collection))]
            name = f"documents/{collection}.jsonl"
            await packer.add(Member(f"{DOCUMENTS}{collection}", name, "documents", tuple(pieces)))
        for kind in KINDS:
            prefix = prefix_of(kind, given.org_id)
            done = packer.course.done
            after = done.removeprefix(FILES) if done.startswith(FILES) else ""
            async for each in listed(self._objects, prefix, after):
                name = f"files/{kind}/{each.key.removeprefix(prefix)}"
                await packer.add(Member(f"{FILES}{each.key}", name, kind, (each,)))
        await packer.add(await packer.index(INDEX, "files.jsonl"))
        manifest = await self._manifest(given, packer.course)
        await packer.add(Member(MANIFEST, "manifest.json", "manifest", (), manifest))

    async def _manifest(self, given: PackArchive, course: Course) -> bytes:
        org = await self._orgs.get(given.org_id)
        totals = {kind: total.model_dump() for kind, total in sorted(course.totals.items())}
        index = totals.pop("index")
        said: dict[str, Any] = {
            "format": FORMAT,
            "organisation": {"id": given.org_id, "name": org.name if org is not None else None},
            "export": given.export_id,
            "requestedBy": given.user,
            "packedAt": now().isoformat(),
            "documents": given.documents,
            "types": "Each line of documents/ is a Document of Firestore's REST interface: fields with their types.",
            "files": totals,
            "leftOut": course.left_out,
            "index": {"name": "files.jsonl", "size": index["bytes"], "sha256": course.index_sha256},
            "secretsLeftOut": {each.collection: list(each.secrets) for each in BELONGINGS if each.secrets},
        }
        return orjson.dumps(said, option=orjson.OPT_INDENT_2)

    @activity.defn
    async def clear_export(self, given: ClearExport) -> None:
        """Remove what the archive was put together from; with `archive` all of it."""
        async with heartbeating():
            key = archive_key(given.org_id, given.export_id)
            if given.archive:
                await self._objects.drop_parts(key)
                await self._objects.delete(key)
            await self._objects.delete_under(parts_prefix(given.org_id, given.export_id))


def _lines_prefix(given: ExportRef, collection: str) -> str:
    return f"{parts_prefix(given.org_id, given.export_id)}documents/{collection}/"


def _progress(course: Course) -> dict[str, int]:
    """Fields of the export's document. The list of files and the manifest are none of its files."""
    ours = [total for kind, total in course.totals.items() if kind not in ("index", "manifest")]
    return {
        "files": sum(total.files for total in ours),
        "bytes": sum(total.bytes for total in ours),
        "leftOut": course.left_out,
    }
