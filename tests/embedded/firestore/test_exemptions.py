"""Fields without an index, as `firestore.indexes.json` names them; and index entries that follow what changes."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition
from google.cloud import firestore as google
from google.cloud.firestore_v1._helpers import encode_dict
from google.cloud.firestore_v1.base_query import FieldFilter, Or
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedded.firestore.exemptions import Exemptions
from embedded.firestore.fieldpaths import FieldPath
from embedded.firestore.indexing import Entry, difference
from embedded.firestore.schema import StorageError
from embedded.firestore.server import Server
from embedded.firestore.values import ARRAY, MAP, sort_key
from embedded.firestore.wire import Document, Value

Connect = Callable[..., google.AsyncClient]
TOLD = Exemptions({"docks": [("osd",), ("state", "deep")]})


@asynccontextmanager
async def serving(file: Path, exemptions: Exemptions | None) -> AsyncIterator[str]:
    server = Server(file, exemptions=exemptions)
    try:
        yield await server.start()
    finally:
        await server.stop()


def kept(file: Path) -> set[str]:
    """Paths of fields that any document has an entry of."""
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT DISTINCT path FROM field JOIN entry ON field.id = entry.field / 2")
        return {path for (path,) in rows}


async def test_what_is_exempt_is_stored_and_cannot_be_asked_for(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "own.db"
    async with serving(file, TOLD) as address:
        client = connect(address, "p")
        docks = client.collection("docks")
        fields = {"org": "a", "osd": {"wind": 3}, "state": {"deep": {"x": 1}, "flat": 2}}
        await docks.document("d").set(fields)
        await docks.document("d").update({"osd.wind": 4, "state.deep.x": 5})
        stored = (await docks.document("d").get()).to_dict()
        assert stored == {"org": "a", "osd": {"wind": 4}, "state": {"deep": {"x": 5}, "flat": 2}}
        assert kept(file) == {"org", "state", "state.flat"}
        queries: list[Any] = [
            docks.where(filter=FieldFilter("osd.wind", "==", 4)),
            docks.where(filter=Or([FieldFilter("org", "==", "a"), FieldFilter("state.deep.x", ">", 4)])),
            docks.order_by("osd"),
            client.collection_group("docks").order_by("osd.wind"),
        ]
        for asked in queries:
            with pytest.raises(FailedPrecondition, match=r"index for collection docks and field (osd|state\.deep)"):
                await asked.get()
            with pytest.raises(FailedPrecondition, match="exempt from indexing"):
                await asked.count().get()
        assert len(await docks.where(filter=FieldFilter("state.flat", "==", 2)).get()) == 1
        # Elsewhere the name means nothing
        await client.collection("others").document("o").set({"osd": 1})
        assert len(await client.collection("others").where(filter=FieldFilter("osd", "==", 1)).get()) == 1


async def test_a_file_follows_what_is_exempt_from_now_on_and_what_is_no_longer(
    tmp_path: Path, connect: Connect
) -> None:
    file = tmp_path / "own.db"
    for exemptions, found in ((None, True), (TOLD, False), (None, True), (Exemptions({"docks": [("org",)]}), True)):
        async with serving(file, exemptions) as address:
            docks = connect(address, "p").collection("docks")
            await docks.document("d").set({"org": "a", "osd": {"wind": 3}})
            if found:
                assert len(await docks.where(filter=FieldFilter("osd.wind", "==", 3)).get()) == 1
            assert ("osd.wind" in kept(file)) is found
    assert kept(file) == {"osd", "osd.wind"}


async def test_a_file_of_the_first_format_is_taken_over(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "own.db"
    async with serving(file, None) as address:
        await connect(address, "p").collection("docks").document("d").set({"osd": 1})
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE exemption")
        connection.execute("PRAGMA user_version = 1")
    async with serving(file, TOLD) as address:
        assert (await connect(address, "p").collection("docks").document("d").get()).to_dict() == {"osd": 1}
    assert kept(file) == set()


async def test_a_file_whose_entries_cannot_be_made_anew_is_refused_and_let_go(tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "own.db"
    async with serving(file, None) as address:
        await connect(address, "p").collection("docks").document("d").set({"osd": 1})
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE entry RENAME TO lost")
    for _ in range(2):  # the second time would say that the file is in use, were it still held
        with pytest.raises(StorageError, match=r"own\.db cannot be used: no such table: entry"):
            Server(file, exemptions=TOLD)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "fieldOverrides"),
        ('{"fieldOverrides": 1}', "fieldOverrides"),
        ('{"indexes": {}}', "`indexes`"),
        ('{"fieldOverrides": [1]}', r"fieldOverrides\[0\]: `fieldPath` is missing"),
        ('{"indexes": [{"collectionGroup": "a", "fields": [{}]}]}', r"indexes\[0\]: `fieldPath` is missing"),
        ('{"fieldOverrides": [{"fieldPath": "a", "indexes": []}]}', "`collectionGroup` is missing"),
        ('{"fieldOverrides": [{"collectionGroup": "a", "fieldPath": "a..b", "indexes": []}]}', "property path"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_with_the_place(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "firestore.indexes.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=f"{file}: .*{said}"):
        Exemptions.read(file)


def test_only_what_no_index_is_left_of_is_exempt(tmp_path: Path) -> None:
    file = tmp_path / "firestore.indexes.json"
    some = [{"order": "ASCENDING", "queryScope": "COLLECTION"}]
    overrides = [
        {"collectionGroup": "a", "fieldPath": "x.y", "indexes": []},
        {"collectionGroup": "a", "fieldPath": "z", "indexes": some},
        {"collectionGroup": "b", "fieldPath": "at", "ttl": True, "indexes": []},
        {"collectionGroup": "c", "fieldPath": "at", "ttl": True, "indexes": []},
    ]
    fields = [{"fieldPath": "id", "order": "ASCENDING"}, {"fieldPath": "at", "order": "ASCENDING"}]
    composite = {"collectionGroup": "c", "queryScope": "COLLECTION", "fields": fields}
    file.write_text(json.dumps({"indexes": [composite], "fieldOverrides": overrides}))
    assert Exemptions.read(file).groups == {"a": {("x", "y")}, "b": {("at",)}, "c": set()}


# Entries that follow changes

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([-0.0, 1.0, float("nan")]), st.text("ab")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=8,
)
FIELDS = st.none() | st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def message(content: dict[str, Any]) -> Any:
    """The fields of a document as the server has them."""
    encoded = {name: Value.FromString(value._pb.SerializeToString()) for name, value in encode_dict(content).items()}
    return Document(fields=encoded).fields


def paths(fields: Any, prefix: FieldPath = ()) -> Iterator[tuple[FieldPath, int, bytes]]:
    for name in fields:
        value, path = fields[name], (*prefix, name)
        key = sort_key(value)[:1500]
        yield path, 0, key
        if key[:1] == ARRAY:
            yield from ((path, 1, sort_key(element)[:1500]) for element in value.array_value.values)
        elif key[:1] == MAP:
            yield from paths(value.map_value.fields, path)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # others keep the machine busy
@given(FIELDS, FIELDS, st.sets(st.sampled_from([("a",), ("b", "a"), ("c", "b", "a")])))
def test_a_difference_is_that_of_all_entries(old: Any, new: Any, exempt: set[FieldPath]) -> None:
    numbers: dict[FieldPath, int] = {}

    def number(path: FieldPath) -> int:
        return numbers.setdefault(path, len(numbers))

    def fields(content: Any) -> Any:
        return None if content is None else message(content)

    def all_of(content: Any) -> set[Entry]:
        return {
            (2 * number(path) + element, key)
            for path, element, key in paths(fields(content) or {})
            if not any(path[: len(out)] == out for out in exempt)
        }

    gone, come = difference(fields(old), fields(new), number, frozenset(exempt))
    assert gone == all_of(old) - all_of(new)
    assert come == all_of(new) - all_of(old)


def test_the_key_of_a_long_map_is_cut_as_that_of_any_value() -> None:
    content = {"long": {f"name{number:04}": {"inner": "x" * 30} for number in range(100)}}
    fields = message(content)
    _, come = difference(None, fields, lambda path: len(path), frozenset())
    assert (2, sort_key(fields["long"])[:1500]) in come
