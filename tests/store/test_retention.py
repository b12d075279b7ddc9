"""What was kept long enough is gone, documents and objects, and nothing else is."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from google.cloud.firestore import AsyncClient

from embedded.parts import MinioServer
from store.document import now
from store.objects import Objects
from store.retention import BATCH, RULES, Retention, Rule, Swept, rule_of, values_at
from tests.store.test_objects import settings_for
from timings import Timings

DAY = 86_400.0
NO_OBJECTS = {"dji_alerts", "flight_media", "room_bars"}


@pytest.fixture
def objects(minio: MinioServer) -> Objects:
    return Objects.of(settings_for(minio))


def test_keys_are_found_in_lists_and_maps_and_what_is_absent_is_none() -> None:
    fields = {"objectKey": "a", "files": [{"key": "b"}, {"key": None}, {}, {"key": ["c", "d"]}], "empty": ""}
    assert values_at(fields, "objectKey") == ["a"]
    assert values_at(fields, "files.key") == ["b", "c", "d"]
    assert values_at(fields, "empty") == values_at(fields, "absent.key") == values_at(fields, "objectKey.key") == []


def test_each_rule_has_a_time_and_says_where_its_objects_are() -> None:
    for rule in RULES:
        assert getattr(Timings(), rule.kept) >= DAY
        assert bool(rule.keys or rule.prefixes) == (rule.collection not in NO_OBJECTS)
        assert rule_of(rule.collection) is rule


async def test_what_is_old_goes_with_its_objects_and_what_is_young_stays(client: AsyncClient, objects: Objects) -> None:
    rule = Rule(f"kept-{uuid.uuid4().hex}", age="createdAt", kept="-", keys=("files.key",), prefixes=("prefix",))
    documents, things = client.collection(rule.collection), f"tests/{uuid.uuid4().hex}"
    for name, days in (("old", 91), ("young", 89)):
        keys = [f"{things}/{name}.{number}" for number in range(2)]
        beside = f"{things}/{name}/never-told-of"
        for key in (*keys, beside):
            await objects.put(key, b"log")
        fields = {"createdAt": now() - timedelta(days=days), "files": [{"key": key} for key in keys]}
        await documents.document(name).set(fields | {"prefix": f"{things}/{name}/"})
    steps: list[int] = []
    retention = Retention(client, objects)
    swept = await retention.sweep(rule, 90 * DAY, lambda swept: steps.append(swept.removed))
    assert (swept, steps) == (Swept(removed=1), [1])
    assert [each.id async for each in documents.stream()] == ["young"]
    for end in (".0", ".1", "/never-told-of"):
        assert await objects.head(f"{things}/old{end}") is None
        assert await objects.head(f"{things}/young{end}") is not None
    assert await retention.sweep(rule, 90 * DAY) == Swept()


async def test_what_the_bucket_refuses_to_remove_is_left_and_stands_in_nobodys_way(
    client: AsyncClient, objects: Objects
) -> None:
    rule = Rule(f"kept-{uuid.uuid4().hex}", age="at", kept="-", keys=("key",))
    documents, impossible = client.collection(rule.collection), "k" * 1100  # a key has 1,024 bytes at most
    for number in range(BATCH + 2):
        key = impossible if number in (0, BATCH) else f"tests/{uuid.uuid4().hex}"
        await documents.document(f"{number}").set({"at": now() - timedelta(days=200 - number / 10), "key": key})
    swept = await Retention(client, objects).sweep(rule, DAY)
    assert swept == Swept(removed=BATCH, left=2)
    assert {each.id async for each in documents.stream()} == {"0", str(BATCH)}


async def test_a_prefix_that_would_take_others_along_is_refused(objects: Objects) -> None:
    with pytest.raises(ValueError, match="slash"):
        await objects.delete_under("logs/org-1")
