"""Export of an organisation: all that is its, nothing of another's, no secret; called off, refused, kill -9."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tarfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import httpx
import orjson
import pytest
from google.cloud.firestore_v1 import _helpers
from google.cloud.firestore_v1.types import Document as Proto
from google.protobuf.json_format import ParseDict

from api.security import Role
from store.belongings import BELONGINGS, EXPORTS, KINDS, belonging_of, prefix_of, without
from store.document import now
from store.exports import Exports
from store.orgs import Org
from store.retention import Retention, rule_of
from tests.served import Served, serving
from tests.waiting import eventually
from tests.workflows import possessions
from tests.workflows.killing import apart
from tests.workflows.world import TIMINGS, World
from workflows import names

Json = dict[str, Any]
MIB = 1024 * 1024
REAL: Final = frozenset({"org_exports"})
PATH: Final = "/v1/org/exports"


@pytest.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Served]:
    async with serving(world) as api:
        yield api


@pytest.fixture
async def http(api: Served, org: Org) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client(org.id, Role.admin) as http:
        yield http


async def done(answer: httpx.Response, status: int = 200) -> Json:
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def ended(http: httpx.AsyncClient, export: str) -> Json:
    async def over() -> Json | None:
        found = await done(await http.get(f"{PATH}/{export}"))
        return found if found["endedAt"] is not None else None

    found: Json = await eventually(over, 120)
    return found


async def fetched(http: httpx.AsyncClient, export: str) -> dict[str, bytes]:
    """What is in the archive, by its link."""
    link = await done(await http.get(f"{PATH}/{export}/link"))
    async with httpx.AsyncClient(timeout=60) as bucket:
        answer = await bucket.get(link["url"])
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == link["size"]
    with tarfile.open(fileobj=io.BytesIO(answer.content), mode="r:") as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]


def read(world: World, lines: bytes) -> dict[str, Json]:
    """Documents of an archive by their names, as Firestore reads them."""
    found: dict[str, Any] = {}
    for line in map(orjson.loads, lines.splitlines()):
        proto = Proto()
        ParseDict(line, proto._pb)
        found[line["name"].partition("/")[2]] = _helpers.decode_dict(proto.fields, world.store)
    return found


async def is_whole(world: World, org: Org, inside: dict[str, bytes]) -> Json:
    """Every document and object of the organisation, and no more; the manifest."""
    manifest: Json = orjson.loads(inside["manifest.json"])
    stored = await possessions.stored(world, org.id)
    for belonging in BELONGINGS:
        exported = read(world, inside[f"documents/{belonging.collection}.jsonl"])
        if belonging.collection not in ("org_exports", "audit"):  # they go on
            kept = {
                name: without(each, belonging.secrets) for name, each in stored.get(belonging.collection, {}).items()
            }
            assert exported == kept
        assert manifest["documents"][belonging.collection] == len(exported)
    files = {name.removeprefix("files/"): content for name, content in inside.items() if name.startswith("files/")}
    kept_objects = {}
    for each in await possessions.objects(world, org.id):
        kind, _, name = each.key.split("/", 2)
        if kind in KINDS:
            kept_objects[f"{kind}/{name}"] = await world.objects.get(each.key)
    assert files == kept_objects
    index = [orjson.loads(line) for line in inside["files.jsonl"].splitlines()]
    assert {each["name"]: (each["size"], each["sha256"]) for each in index} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in inside.items()
        if name not in ("files.jsonl", "manifest.json")
    }
    assert manifest["index"]["sha256"] == hashlib.sha256(inside["files.jsonl"]).hexdigest()
    for kind in KINDS:
        of_kind = [content for name, content in files.items() if name.startswith(f"{kind}/")]
        assert manifest["files"][kind] == {"files": len(of_kind), "bytes": sum(map(len, of_kind))}
    assert manifest["secretsLeftOut"]["webhooks"] == ["secretSealed", "previousSealed"]
    assert all(possessions.SECRET.encode() not in content for content in inside.values())
    return manifest


async def test_an_export_has_all_of_the_organisation_and_nothing_of_another(
    world: World, api: Served, org: Org, http: httpx.AsyncClient
) -> None:
    other = await world.org()
    for each in (org, other):
        await possessions.fill(world, each.id, real=REAL)
    await world.orgs.patch(org.id, {"djiAppId": "142357", "djiAppKeySealed": possessions.SECRET})
    made = await done(await http.post(PATH, json={"reason": "We move"}, headers={"Idempotency-Key": "one"}), 201)
    again = await done(await http.post(PATH, json={"reason": "We move"}, headers={"Idempotency-Key": "one"}), 201)
    assert again["id"] == made["id"]
    found = await ended(http, made["id"])
    assert (found["status"], found["error"], found["leftOut"]) == ("ready", None, 0)
    inside = await fetched(http, made["id"])
    manifest = await is_whole(world, org, inside)
    assert manifest["organisation"] == {"id": org.id, "name": org.name}
    assert found["files"] == found["filesAll"] == len(inside) - 2
    assert all(other.id.encode() not in content for content in inside.values())
    assert "djiAppKeySealed" not in read(world, inside["documents/orgs.jsonl"])[org.id]
    # Nothing is left of its making, and people of another organisation do not see it
    keys = [each.key for each in await possessions.objects(world, org.id)]
    assert [key for key in keys if key.split("/")[0] not in KINDS] == [f"{prefix_of(EXPORTS, org.id)}{made['id']}.tar"]
    async with api.client(other.id, Role.admin) as stranger:
        for path in ("", "/link"):
            assert (await stranger.get(f"{PATH}/{made['id']}{path}")).status_code == 404
    noted = await done(await http.get("/v1/audit", params={"kind": "org"}))
    assert [each["action"] for each in noted["items"]] == ["org.export_link", "org.export", "org.export_start"]
    # After its time the archive is gone, and its document with it
    await Exports(world.store).patch(made["id"], {"endedAt": now() - timedelta(days=8)})
    await Retention(world.store, world.objects).sweep(rule_of("org_exports"), TIMINGS.exports_kept)
    assert (await http.get(f"{PATH}/{made['id']}")).status_code == 404
    assert await world.objects.list_under(prefix_of(EXPORTS, org.id)) == []


async def test_an_export_is_refused_beside_another_and_called_off_without_a_trace(
    world: World, api: Served, org: Org, http: httpx.AsyncClient
) -> None:
    for number in range(8):
        await world.objects.put(f"{prefix_of('media', org.id)}SN/{number}.mp4", bytes(16 * MIB))
    made = await done(await http.post(PATH), 201)
    beside = await http.post(PATH)
    assert (beside.status_code, beside.json()["type"].rpartition("/")[2]) == (409, "export-runs")
    early = await http.get(f"{PATH}/{made['id']}/link")
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "export-not-ready")
    async with api.client(org.id, Role.commander) as commander:
        assert (await commander.post(PATH)).status_code == 403
    await done(await http.post(f"{PATH}/{made['id']}/cancel", json={"reason": "Not tonight"}), 202)
    found = await ended(http, made["id"])
    assert (found["status"], found["error"]) == ("cancelled", "called off by pilot@example: Not tonight")
    assert {each.key.split("/")[0] for each in await possessions.objects(world, org.id)} == {"media"}
    late = await http.post(f"{PATH}/{made['id']}/cancel")
    assert (late.status_code, late.json()["type"].rpartition("/")[2]) == (409, "export-over")
    assert (await http.get(f"{PATH}/{made['id']}/link")).status_code == 409


async def test_a_killed_worker_costs_the_part_it_was_at(world: World) -> None:
    async with apart(world) as (own, worker), serving(own) as api:
        org = await own.org()
        await possessions.fill(own, org.id, size=4 * MIB, real=REAL)
        async with api.client(org.id, Role.admin) as http:
            made = await done(await http.post(PATH), 201)
            saga = own.temporal.get_workflow_handle(names.org_export_id(made["id"]))
            killed: set[str] = set()
            async with asyncio.timeout(180):
                while (found := await done(await http.get(f"{PATH}/{made['id']}")))["endedAt"] is None:
                    at = f"{found['status']}{found['files'] // 6}"
                    if found["status"] in ("gathering", "packing") and at not in killed and len(killed) < 4:
                        killed.add(at)
                        await worker.again()
                    await asyncio.sleep(0.02)
            assert len(killed) >= 2, killed
            assert found["status"] == "ready", found
            await is_whole(own, org, await fetched(http, made["id"]))
        answer = await saga.result()
        assert answer["documents"][belonging_of("dji_media").collection] == possessions.EACH
