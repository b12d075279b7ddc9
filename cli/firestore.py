"""`argus firestore`: look at the documents and edit them, export and import them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import grpc
import typer
from google.api_core.exceptions import GoogleAPICallError
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as google
from google.cloud.firestore_v1.vector import Vector

from cli.client import DEFAULT_DATA, CannotAsk
from cli.context import options, wants_json
from cli.output import as_json, console, table
from embedded.firestore.errors import FirestoreError
from embedded.firestore.names import DatabaseName, parse_database
from embedded.firestore.transfer import TransferError, export_documents, import_documents

app = typer.Typer(help="The documents of the Firestore on this machine.", no_args_is_help=True)
SHOWN = 80  # characters of a document in a list

Host = Annotated[str | None, typer.Option(help="host:port; else FIRESTORE_EMULATOR_HOST, else the running stack's")]
Project = Annotated[str, typer.Option(envvar="ARGUS_FIRESTORE_PROJECT", help="Project")]
Database = Annotated[str, typer.Option(envvar="ARGUS_FIRESTORE_DATABASE", help="Database")]


def _address(context: typer.Context, host: str | None) -> str:
    given = host or os.environ.get("FIRESTORE_EMULATOR_HOST")
    if given:
        return given
    file = (options(context).data or Path(os.environ.get("ARGUS_DATA", DEFAULT_DATA))) / "endpoints.json"
    try:
        found: str = json.loads(file.read_text())["firestore"]
    except (OSError, ValueError, KeyError):
        raise CannotAsk(f"no Firestore known: there is no {file}. Start `argus up`, or name one by --host") from None
    return found


@contextmanager
def _refusals() -> Iterator[None]:
    """What the server or a file says no to becomes a sentence."""
    try:
        yield
    except GoogleAPICallError as error:
        raise CannotAsk(f"Firestore: {error.message}") from None
    except grpc.RpcError as error:
        raise CannotAsk(f"Firestore: {error.details() if isinstance(error, grpc.Call) else error}") from None
    except (TransferError, FirestoreError, OSError, ValueError) as error:
        raise CannotAsk(str(error)) from None


def _client(context: typer.Context, host: str | None, project: str, database: str) -> google.Client:
    os.environ["FIRESTORE_EMULATOR_HOST"] = _address(context, host)
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    return google.Client(project=project, credentials=nobody, database=database)


def plain(value: Any) -> Any:
    """A document's value as JSON can show it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, Vector | list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, google.GeoPoint):
        return {"latitude": value.latitude, "longitude": value.longitude}
    return getattr(value, "path", value)


@app.command("ls")
def listing(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A collection, or a document for what is below it")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Documents shown")] = 50,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """The collections below a document or the root, or the documents of a collection."""
    with _refusals():
        db = _client(context, host, project, database)
        path = path.strip("/")
        if len(path.split("/")) % 2 == 0 or not path:
            below = db.document(path).collections() if path else db.collections()
            names = [collection.id for collection in below]
            return as_json(names) if wants_json(context) else table("Collections", ("id",), [(name,) for name in names])
        found = [(s.id, plain(s.to_dict()), s.update_time) for s in db.collection(path).limit(limit).stream()]
    if wants_json(context):
        return as_json([{"id": name, "fields": fields} for name, fields, _ in found])
    rows = [(name, _cut(fields), changed.strftime("%Y-%m-%d %H:%M:%S")) for name, fields, changed in found]
    return table(path, ("id", "fields", "changed"), rows)


def _cut(fields: Any) -> str:
    text = json.dumps(fields, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


@app.command()
def get(
    context: typer.Context,
    path: str,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """A document's fields, as JSON."""
    with _refusals():
        snapshot = _client(context, host, project, database).document(path.strip("/")).get()
    if not snapshot.exists:
        raise CannotAsk(f"there is no document {path}")
    as_json(plain(snapshot.to_dict()))


@app.command("set")
def put(
    context: typer.Context,
    path: str,
    fields: Annotated[str, typer.Argument(help="A JSON object")],
    merge: Annotated[bool, typer.Option(help="Keep the fields that are not named")] = True,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """Set fields of a document; --no-merge replaces the whole."""
    with _refusals():
        given = json.loads(fields)
        if not isinstance(given, dict):
            raise ValueError("The fields are a JSON object.")
        _client(context, host, project, database).document(path.strip("/")).set(given, merge=merge)
    console.print(f"{path} changed")


@app.command()
def delete(
    context: typer.Context,
    path: str,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """Delete a document; what is below it stays."""
    with _refusals():
        _client(context, host, project, database).document(path.strip("/")).delete()
    console.print(f"{path} deleted")


@app.command("export")
def export(
    context: typer.Context,
    file: Path,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """Write all documents of a database to a file, as they are at one moment."""
    with _refusals():
        partial = file.with_name(file.name + ".part")
        try:
            with partial.open("w", encoding="utf-8") as out:
                count = export_documents(_address(context, host), DatabaseName(project, database), out)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    console.print(f"{count} documents written to {file}")


@app.command("import")
def import_(
    context: typer.Context,
    file: Path,
    host: Host = None,
    project: Project = "argus",
    database: Database = "(default)",
) -> None:
    """Write the documents of an export into a database; others that are there stay."""
    with _refusals(), file.open(encoding="utf-8") as source:
        name = parse_database(f"projects/{project}/databases/{database}")
        count = import_documents(_address(context, host), name, source)
    console.print(f"{count} documents read from {file}")
