"""`argus firestore`: looking, editing, and a way out of one database and into another."""

import asyncio
import datetime
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore as google
from google.cloud.firestore_v1.vector import Vector
from typer.testing import CliRunner, Result

from cli.client import CannotAsk
from cli.main import app
from embedded.firestore.names import DatabaseName
from embedded.firestore.transfer import TransferError, import_documents
from tests.embedded.firestore.conftest import client


@pytest.fixture
def known(address: str, project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the server and an empty project."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
    monkeypatch.setenv("ARGUS_FIRESTORE_PROJECT", project)


async def argus(*arguments: str) -> Result:
    """Run a command beside the server's event loop. Raises CannotAsk with what it said, where it ended with 1."""
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
    if result.exit_code == 1 and result.output.startswith("argus: "):
        raise CannotAsk(" ".join(result.output.split()))
    assert result.exit_code == 0, result.output
    return result


async def asked(*arguments: str) -> Any:
    return json.loads((await argus("--json", "firestore", *arguments)).stdout)


@pytest.mark.usefixtures("known")
async def test_documents_are_set_shown_listed_and_deleted(db: google.AsyncClient) -> None:
    await argus("firestore", "set", "docks/d1", '{"name": "North", "place": {"lat": 47.5}}')
    await argus("firestore", "set", "docks/d1", '{"online": true}')
    assert await asked("get", "docks/d1") == {"name": "North", "place": {"lat": 47.5}, "online": True}
    await argus("firestore", "set", "docks/d1", '{"only": 1}', "--no-merge")
    assert (await db.document("docks/d1").get()).to_dict() == {"only": 1}
    await argus("firestore", "set", "docks/d1/logs/first", '{"text": "hello"}')
    assert await asked("ls") == ["docks"]
    assert await asked("ls", "docks") == [{"id": "d1", "fields": {"only": 1}}]
    assert await asked("ls", "docks/d1") == ["logs"]
    shown = (await argus("firestore", "ls", "docks/d1/logs")).stdout
    assert "first" in shown
    assert "hello" in shown
    await argus("firestore", "delete", "docks/d1")
    with pytest.raises(CannotAsk, match="no document docks/d1"):
        await argus("firestore", "get", "docks/d1")


@pytest.mark.usefixtures("known")
async def test_an_export_keeps_every_type_and_goes_into_another_database(
    db: google.AsyncClient, address: str, project: str, tmp_path: Path
) -> None:
    fields: dict[str, Any] = {
        "null": None, "yes": True, "whole": 2**60, "real": 0.1, "infinite": -math.inf, "text": "ü\n😀",
        "raw": b"\0\xff", "time": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.UTC),
        "place": google.GeoPoint(1, -2),
        "list": [1, {"a": []}], "map": {}, "vector": Vector([1.0, 2.0]), "odd.name": 1,
    }  # fmt: skip
    await db.document("c/d").set({**fields, "link": db.document("c/other"), "links": [db.document("c/d")]})
    await db.document("c/gone/below/x").set({"n": 1})
    for number in range(6):
        await db.document(f"many/{number}").set({"n": number})
    file = tmp_path / "all.jsonl"
    said = (await argus("firestore", "export", str(file))).stdout
    assert "8 documents" in said
    await argus("firestore", "import", str(file), "--database", "copy")
    copy = client(address, project, "copy")
    found = (await copy.document("c/d").get()).to_dict() or {}
    links = [found.pop("link"), *found.pop("links")]
    assert found == fields
    assert [link._document_path for link in links] == [
        f"projects/{project}/databases/copy/documents/{path}" for path in ("c/other", "c/d")
    ]
    assert (await copy.document("c/gone/below/x").get()).to_dict() == {"n": 1}
    again = tmp_path / "again.jsonl"
    await argus("firestore", "export", str(again), "--database", "copy")

    def bodies(exported: Path, database: str) -> list[str]:
        lines = [json.loads(line) for line in exported.read_text().splitlines()[1:]]
        return [json.dumps(line["fields"]).replace(f"/databases/{database}/", "/") for line in lines]

    assert bodies(file, "(default)") == bodies(again, "copy")
    assert sorted(os.listdir(tmp_path)) == ["again.jsonl", "all.jsonl"]


@pytest.mark.usefixtures("known")
async def test_refusals_are_sentences(tmp_path: Path, address: str) -> None:
    with pytest.raises(CannotAsk, match="JSON object"):
        await argus("firestore", "set", "c/d", "[1]")
    with pytest.raises(CannotAsk):
        await argus("firestore", "set", "c/__x__", "{}")
    with pytest.raises(CannotAsk):
        await argus("firestore", "get", "c")
    file = tmp_path / "notes.txt"
    file.write_text("Not an export.\n")
    with pytest.raises(CannotAsk, match="no export"):
        await argus("firestore", "import", str(file))
    head = {"format": "firestore-export", "version": 1, "database": "projects/a/databases/(default)"}
    for line, said in (("{", "Line 2"), ('{"name": "projects/b/databases/x/documents/c/d"}', "another database")):
        file.write_text(f"{json.dumps(head)}\n{line}\n")
        with file.open() as source, pytest.raises(TransferError, match=said):
            await asyncio.to_thread(import_documents, address, DatabaseName("p", "(default)"), source)


async def test_without_a_server_it_says_how_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    with pytest.raises(CannotAsk, match="--host"):
        await argus("--data", str(tmp_path), "firestore", "ls")
