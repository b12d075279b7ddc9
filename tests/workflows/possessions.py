"""Something of every kind that an organisation can own, in store and bucket."""

from __future__ import annotations

import os
from typing import Any, Final

from store.belongings import BELONGINGS, EXPORT_PARTS, EXPORTS, KINDS, NAME, Belonging, documents, prefix_of
from store.document import now
from store.objects import Listed
from tests.workflows.world import World

EACH: Final = 3
SECRET: Final = "never-to-be-seen"


def _fields(belonging: Belonging, org_id: str, number: int) -> dict[str, Any]:
    """All of Firestore's types, and what is secret."""
    fields: dict[str, Any] = {
        belonging.org: org_id, "number": number, "share": 0.5, "whole": 2.0, "yes": True, "nothing": None,
        "at": now(), "raw": b"\x00\xff", "list": [1, "two", {"three": 3}], "text": f"of {org_id}", "status": "ended",
    }  # fmt: skip
    for path in belonging.secrets:
        name, _, rest = path.partition(".")
        fields[name] = {**fields.get(name, {}), rest: SECRET, "host": "mqtt.example"} if rest else SECRET
    return fields


async def fill(world: World, org_id: str, size: int = 1000, real: frozenset[str] = frozenset()) -> None:
    """Documents in every collection but the `real` ones, though not of its model, and objects of every kind, each of
    `size` bytes.
    """
    for belonging in BELONGINGS:
        if belonging.org == NAME or belonging.collection in real:
            continue
        for number in range(EACH):
            name = f"{org_id}-{belonging.collection}-{number}"
            await world.store.collection(belonging.collection).document(name).set(_fields(belonging, org_id, number))
    for kind in KINDS:
        for number in range(EACH):
            await world.objects.put(f"{prefix_of(kind, org_id)}SN 1/ä{number}.bin", os.urandom(size))


async def stored(world: World, org_id: str) -> dict[str, dict[str, dict[str, Any]]]:
    """All documents of an organisation, by collection and name."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for belonging in BELONGINGS:
        async for snapshots in documents(world.store, belonging, org_id):
            found.setdefault(belonging.collection, {}).update({each.id: each.to_dict() for each in snapshots})
    return found


async def objects(world: World, org_id: str) -> list[Listed]:
    """All objects of an organisation: those whose keys have its id in them, wherever they are."""
    found, after = [], ""
    while some := await world.objects.list_under("", after):
        found += [each for each in some if org_id in each.key]
        after = some[-1].key
    assert all(each.key.split("/")[0] in (*KINDS, EXPORTS, EXPORT_PARTS) for each in found)
    return found
