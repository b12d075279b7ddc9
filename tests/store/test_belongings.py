"""The table of what belongs to an organisation has everything that there is, and names what is secret in it."""

from __future__ import annotations

import base64
import importlib
import math
import pkgutil
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from google.cloud.firestore import AsyncClient, GeoPoint
from google.cloud.firestore_v1 import _helpers
from google.cloud.firestore_v1.types import Document as Proto
from google.protobuf.json_format import ParseDict
from pydantic import BaseModel

import bridge
import store
from store.belongings import BELONGINGS, EXPORT_PARTS, EXPORTS, KINDS, NAME, PAGE, Belonging, documents, without
from store.document import Document
from store.typed_json import document

ROOT = Path(__file__).parents[2]
NOBODYS = {"bridge_unread"}
"""Messages that could not be read: of whom, nobody knows."""
OUTLIVES = {"org_deletions"}
"""The line that is left of an organisation."""
NO_OBJECTS = {"argus", "person"}
"""What else is named by an organisation in a path: topics, holders of leases."""


def models() -> set[type[Document]]:
    for package in (store, bridge):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    ours = (f"{store.__name__}.", f"{bridge.__name__}.")  # other tests in this process have documents of their own
    return {model for model in Document.__subclasses__() if model.__module__.startswith(ours)}


def paths(model: type[BaseModel], before: str = "") -> set[str]:
    """All fields of a model, dotted, by their names in the store."""
    found = set()
    for name, field in model.model_fields.items():
        path = before + (field.alias or name)
        found.add(path)
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= paths(inner, f"{path}.")
    return found


def test_every_collection_belongs_to_somebody_by_a_field_that_it_has() -> None:
    known = {each.collection: each for each in BELONGINGS}
    for model in models():
        assert model.collection in known.keys() | NOBODYS | OUTLIVES, f"enter {model.collection} in store/belongings.py"
        if model.collection in known and known[model.collection].org != NAME:
            assert known[model.collection].org in paths(model), model


def test_what_is_sealed_or_a_hash_of_a_secret_is_left_out() -> None:
    known = {each.collection: each for each in BELONGINGS}
    for model in models():
        secret = {path for path in paths(model) if re.search(r"(Sealed|[hH]ash|[pP]assword|[sS]ecret)$", path)}
        if model.collection in known:
            assert secret == set(known[model.collection].secrets), model
        else:
            assert not secret


def test_every_place_in_the_bucket_is_known() -> None:
    """Keys begin with a kind and the organisation's id, so that all of them are found."""
    begins = set()
    for folder in ("activities", "api", "bridge", "store"):
        for file in (ROOT / folder).rglob("*.py"):
            begins |= set(re.findall(r'f"([a-z-]+)/\{[a-z_.]*org(?:_id)?\}', file.read_text()))
    assert begins - NO_OBJECTS <= set(KINDS), begins
    assert not set(KINDS) & {EXPORTS, EXPORT_PARTS}


def test_secrets_are_taken_out_and_nothing_else() -> None:
    fields = {"name": "Rescue", "keySealed": "x", "broker": {"host": "h", "passwordSealed": "y"}, "other": None}
    kept = without(fields, ("keySealed", "broker.passwordSealed", "absent", "other.passwordSealed"))
    assert kept == {"name": "Rescue", "broker": {"host": "h"}, "other": None}
    assert fields["broker"] == {"host": "h", "passwordSealed": "y"}


async def test_lines_are_documents_as_firestore_itself_reads_them(client: AsyncClient) -> None:
    fields: dict[str, Any] = {
        "none": None, "yes": True, "number": 2**53 + 1, "share": 2.0, "most": math.inf, "text": "ä\n", "raw": b"\x00",
        "at": datetime(2026, 5, 4, 8, 15, 30, 123456, tzinfo=UTC), "list": [1, [], {"a": None}], "map": {"x.y": {}},
        "place": GeoPoint(47.05, 8.3), "other": client.collection("docks").document("SN1"),
    }  # fmt: skip
    line = document("things/one", fields)
    proto = Proto()
    line["fields"]["other"]["referenceValue"] = client.collection("docks").document("SN1")._document_path
    ParseDict(line, proto._pb)
    assert _helpers.decode_dict(proto.fields, client) == fields
    assert base64.b64decode(line["fields"]["raw"]["bytesValue"]) == b"\x00"
    with pytest.raises(TypeError, match="object is no type"):
        document("things/two", {"x": object()})


async def test_documents_are_found_page_by_page_and_from_a_name_on(client: AsyncClient) -> None:
    belonging = Belonging("belongings-test", org="owner")
    for number in range(PAGE + 5):
        owner = "org-2" if number % 10 == 9 else "org-1"
        await client.collection(belonging.collection).document(f"n{number:03}").set({"owner": owner})
    wanted = [f"n{number:03}" for number in range(PAGE + 5) if number % 10 != 9]

    async def names(after: str | None = None) -> list[str]:
        return [each.id async for found in documents(client, belonging, "org-1", after) for each in found]

    assert await names() == wanted
    assert await names("n050") == [name for name in wanted if name > "n050"]
    assert await names("n999") == []
