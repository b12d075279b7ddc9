"""What was kept long enough is gone, documents and objects, and nothing else is."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from google.cloud.firestore import AsyncClient

from embedded.parts import MinioServer
from store.document import now
from store.objects import Objects
from store.orgs import Org, Orgs, RetentionDays
from store.retention import BATCH, DAY, KINDS, RULES, Retention, Rule, Swept, rule_of, values_at
from tests.store.test_objects import settings_for
from timings import Timings

NO_OBJECTS = {"audit", "dji_alerts", "dji_custom_data", "dji_commands", "flight_media", "room_bars"}


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
    for kind in KINDS:
        rules = [rule for rule in RULES if rule.kind == kind.name]
        assert rules
        assert {rule.kept for rule in rules} == {kind.kept}
        assert kind.least * DAY <= getattr(Timings(), kind.kept) <= kind.most * DAY


def test_what_organisations_say_how_long_to_keep_is_found_by_an_index() -> None:
    listed = json.loads((Path(__file__).parents[2] / "deploy/firestore.indexes.json").read_text())["indexes"]
    indexes = {
        (each["collectionGroup"], *((field["fieldPath"], field.get("order")) for field in each["fields"]))
        for each in listed
    }
    wanted = {(each.collection, ("orgId", "ASCENDING"), (each.age, "DESCENDING")) for each in RULES if each.kind}
    assert wanted <= indexes


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
    retention = Retention(client, objects)
    assert await retention.sweep(rule, 90 * DAY) == Swept(removed=1)
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


async def test_each_organisation_keeps_as_long_as_it_says(client: AsyncClient, objects: Objects) -> None:
    rule = Rule(f"kept-{uuid.uuid4().hex}", age="at", kept="-", keys=("key",), kind="media")
    documents, orgs = client.collection(rule.collection), Orgs(client)
    asked: dict[str | None, int | None] = {f"org-{uuid.uuid4().hex[:8]}": days for days in (None, 10, 400)}
    for org, days in asked.items():
        await orgs.put(Org(id=str(org), name="Rescue", retention=RetentionDays(media=days)))
    left: set[str] = set()
    for org, own in [*asked.items(), (None, None)]:
        for days in (5, 50, 100, 500):
            name, key = f"{org}-{days}", f"tests/{uuid.uuid4().hex}"
            await objects.put(key, b"photo")
            await documents.document(name).set({"orgId": org, "at": now() - timedelta(days=days), "key": key})
            left |= {name} if days < (own or 90) else set()
    swept = await Retention(client, objects).sweep(rule, 90 * DAY)
    assert {each.id async for each in documents.stream()} == left
    assert swept == Swept(removed=16 - len(left))
    # Fewer days hold from the next sweep on, and the objects go as well
    longest = next(org for org, days in asked.items() if days == 400)
    await orgs.patch(str(longest), {"retention.media": 60})
    key = (await documents.document(f"{longest}-100").get()).get("key")
    assert await Retention(client, objects).sweep(rule, 90 * DAY) == Swept(removed=1)
    assert await objects.head(key) is None


async def test_a_prefix_that_would_take_others_along_is_refused(objects: Objects) -> None:
    with pytest.raises(ValueError, match="slash"):
        await objects.delete_under("logs/org-1")
