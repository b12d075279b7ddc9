"""An archive that is put into the bucket in parts: whole, also where the worker dies after any of them."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import uuid

import orjson
import pytest

from activities import archive
from activities.archive import Course, Member, Packer, Spoiled, listed
from embedded.parts import MinioServer
from store.objects import Objects
from tests.store.test_objects import settings_for

MIB = 1024 * 1024
SIZES = (0, 1, 511, 512, 3 * MIB, 9 * MIB + 7, 5 * MIB, 12 * MIB, 100)


class Died(Exception):
    """The worker, just after it noted a part."""


@pytest.fixture
def objects(minio: MinioServer) -> Objects:
    return Objects.of(settings_for(minio))


@pytest.fixture(autouse=True)
def smaller_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PART", 5 * MIB)  # the least that S3 takes
    monkeypatch.setattr(archive, "CHUNK", MIB)


async def filled(objects: Objects, place: str) -> dict[str, bytes]:
    contents = {f"{place}/in/{number:02}": os.urandom(size) for number, size in enumerate(SIZES)}
    for key, content in contents.items():
        await objects.put(key, content)
    return contents


async def pack(objects: Objects, place: str, dies_after: int | None = None) -> None:
    parts = 0

    async def noted(course: Course) -> None:
        nonlocal parts
        parts += 1
        if parts == dies_after:
            raise Died

    packer = Packer(objects, f"{place}/archive.tar", f"{place}/parts/", noted)
    if not await packer.begin(sum(SIZES)):
        async for each in listed(objects, f"{place}/in/"):
            await packer.add(Member(f"1/{each.key}", f"files/{each.key[-2:]}", "files", (each,)))
        both = [each async for each in listed(objects, f"{place}/in/")][3:6]
        await packer.add(Member("2", "joined", "files", tuple(both), b"the end"))
        await packer.add(await packer.index("3", "files.jsonl"))
        await packer.add(Member("4", "sum", "manifest", (), packer.course.index_sha256.encode()))
    await packer.finish()


async def unpacked(objects: Objects, place: str) -> dict[str, bytes]:
    content = await objects.get(f"{place}/archive.tar")
    assert content is not None
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]


def is_whole(found: dict[str, bytes], contents: dict[str, bytes]) -> None:
    by_name = {f"files/{key[-2:]}": content for key, content in contents.items()}
    inside = list(contents.values())
    by_name["joined"] = b"".join(inside[3:6]) + b"the end"
    index = [orjson.loads(line) for line in found["files.jsonl"].splitlines()]
    assert {each["name"]: each["sha256"] for each in index} == {
        name: hashlib.sha256(content).hexdigest() for name, content in by_name.items()
    }
    assert len(index) == len(by_name)
    assert {name: content for name, content in found.items() if name not in ("files.jsonl", "sum")} == by_name
    assert found["sum"].decode() == hashlib.sha256(found["files.jsonl"]).hexdigest()


async def test_an_archive_is_whole(objects: Objects) -> None:
    place = f"tests/{uuid.uuid4().hex}"
    contents = await filled(objects, place)
    await pack(objects, place)
    is_whole(await unpacked(objects, place), contents)


async def test_whoever_dies_after_a_part_has_another_go_on_behind_it(objects: Objects) -> None:
    """Each worker dies after its first part, until one has none left to die after."""
    place = f"tests/{uuid.uuid4().hex}"
    contents = await filled(objects, place)
    deaths = 0
    while True:
        try:
            await pack(objects, place, dies_after=1)
            break
        except Died:
            deaths += 1
    assert deaths >= sum(SIZES) // (6 * MIB)
    is_whole(await unpacked(objects, place), contents)
    await pack(objects, place)  # the word of it was lost: nothing is written anew
    is_whole(await unpacked(objects, place), contents)


async def test_a_file_that_goes_or_changes_meanwhile_is_named_and_the_others_are_whole(objects: Objects) -> None:
    place = f"tests/{uuid.uuid4().hex}"
    contents = await filled(objects, place)

    async def noted(course: Course) -> None:
        if course.began:  # in the middle of the first large one
            await objects.put(f"{place}/in/05", b"another")

    packer = Packer(objects, f"{place}/archive.tar", f"{place}/parts/", noted)
    await packer.begin(0)
    members = [each async for each in listed(objects, f"{place}/in/")]
    await objects.delete(members[2].key)
    for each in members:
        await packer.add(Member(f"1/{each.key}", f"files/{each.key[-2:]}", "files", (each,)))
    await packer.add(await packer.index("3", "files.jsonl"))
    await packer.finish()
    found = await unpacked(objects, place)
    left_out = {line["name"] for line in map(orjson.loads, found["files.jsonl"].splitlines()) if "leftOut" in line}
    assert left_out == {"files/02", "files/05"}
    assert packer.course.left_out == 2
    for number, content in enumerate(contents.values()):
        if number not in (2, 5):
            assert found[f"files/{number:02}"] == content
    assert len(found["files/05"]) == SIZES[5]


async def test_parts_that_are_not_as_they_were_put_are_put_anew(objects: Objects) -> None:
    place = f"tests/{uuid.uuid4().hex}"
    contents = await filled(objects, place)
    with pytest.raises(Died):
        await pack(objects, place, dies_after=2)
    note = await objects.get(f"{place}/parts/course.json")
    assert note is not None
    # Who was taken for dead puts its part once more
    await objects.put_part(f"{place}/archive.tar", Course.model_validate_json(note).upload_id, 1, b"x" * 5 * MIB)
    with pytest.raises(Spoiled):
        await pack(objects, place)
    await pack(objects, place)
    is_whole(await unpacked(objects, place), contents)
