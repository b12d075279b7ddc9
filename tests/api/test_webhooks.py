"""Webhooks by REST and by the command line, with a worker that delivers and a real endpoint that is told."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client
from typer.testing import CliRunner

from api.security import Role, Tokens
from cli.main import app
from process import DATA_CONVERTER
from settings import Settings
from store.audit import Audit
from store.events import Events, about
from store.webhooks import Webhooks
from tests.api.conftest import As
from tests.receiver import Receiver, receiving
from timings import Timings
from workflows.waking import wake_webhook

HOOKS = "/v1/webhooks"
DOCS = Path(__file__).parents[2] / "docs" / "webhooks.md"


@pytest.fixture(scope="module")
async def temporal_client(settings: Settings) -> Client:
    return await Client.connect(settings.temporal_address, data_converter=DATA_CONVERTER)


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def path() -> str:
    """Where the endpoint of this test is told."""
    return uuid.uuid4().hex


@pytest.fixture
async def happens(database: AsyncClient, org: str, temporal_client: Client) -> Any:
    """Has something happen in the organisation of the test."""
    timings = Timings(webhook_cache=0.01, webhook_wake=0.01)
    events = Events(database, lambda hook, of: wake_webhook(temporal_client, hook, of, timings), timings)

    async def emit(kind: str, number: int = 1) -> None:
        await events.emit(org, kind, about("flight", "f"), {"number": number}, key=str(number))

    return emit


async def until(admin: httpx.AsyncClient, hook: str, *statuses: str) -> list[dict[str, Any]]:
    """The log, newest first, once it is of these statuses."""
    async with asyncio.timeout(60):
        while True:
            found: list[dict[str, Any]] = (await admin.get(f"{HOOKS}/{hook}/deliveries")).json()["items"]
            if [delivery["status"] for delivery in found] == list(statuses):
                return found
            await asyncio.sleep(0.05)


async def until_disabled(admin: httpx.AsyncClient, hook: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await admin.get(f"{HOOKS}/{hook}")).json()
            if not found["enabled"]:
                return found
            await asyncio.sleep(0.05)


async def test_an_endpoint_is_registered_told_rotated_and_removed(
    as_role: As, worker: None, receiver: Receiver, path: str, happens: Any, database: AsyncClient, org: str
) -> None:
    admin = as_role(Role.admin)
    body = {"url": receiver.url(path), "events": ["flight.*"], "description": "desk"}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    made = (await admin.post(HOOKS, json=body, headers=headers)).raise_for_status().json()
    again = (await admin.post(HOOKS, json=body, headers=headers)).raise_for_status().json()
    assert (again["id"], again["secret"]) == (made["id"], made["secret"])
    here = f"{HOOKS}/{made['id']}"
    await happens("flight.ok")
    await happens("dock.online")
    (delivered,) = await until(admin, made["id"], "delivered")
    (told,) = receiver.at(path)
    assert told.signed_by(made["secret"])
    assert (delivered["type"], delivered["payload"]) == ("flight.ok", told.content.decode())
    assert told.headers["argus-delivery"] == delivered["id"]
    assert (delivered["attempts"][0]["status"], delivered["nextAt"]) == (200, None)

    rotated = (await admin.post(f"{here}/rotate", json={"overlap": 600})).raise_for_status().json()
    assert rotated["secret"] != made["secret"]
    await happens("flight.ok", 2)
    await until(admin, made["id"], "delivered", "delivered")
    assert receiver.at(path)[1].signed_by(rotated["secret"], made["secret"])
    at_once = (await admin.post(f"{here}/rotate", json={"overlap": 0})).raise_for_status().json()
    assert at_once["previousUntil"] is None

    shown = (await admin.get(here)).raise_for_status().json()
    listed = (await admin.get(HOOKS)).raise_for_status().json()["items"]
    assert listed == [shown]
    assert "secret" not in json.dumps(shown)
    stored = await Webhooks(database).get(made["id"])
    assert stored is not None
    assert at_once["secret"] not in stored.model_dump_json()
    assert (await admin.delete(here)).status_code == 204
    assert (await admin.get(here)).status_code == 404
    audit = await Audit(database).find(orgId=org)
    assert sorted(entry.action for entry in audit) == [
        "webhook.create", "webhook.remove", "webhook.rotate", "webhook.rotate",
    ]  # fmt: skip
    assert all(secret not in entry.model_dump_json() for entry in audit for secret in (made["secret"], "whsec_"))


async def test_a_test_event_reaches_an_endpoint_whatever_it_listens_to_and_a_failed_one_is_sent_again_by_hand(
    as_role: As, worker: None, receiver: Receiver, path: str
) -> None:
    admin = as_role(Role.admin)
    hook = (await admin.post(HOOKS, json={"url": receiver.url(path), "events": ["dock.*"]})).json()["id"]
    receiver.answer = lambda where, _event: 410 if where == path else 200
    sent = await admin.post(f"{HOOKS}/{hook}/test")
    assert (sent.status_code, sent.json()["status"], sent.json()["tries"]) == (202, "due", 0)
    (failed,) = await until(admin, hook, "failed")
    disabled = await until_disabled(admin, hook)
    assert disabled["reason"] == "it answered 410 Gone"
    for refused in (
        await admin.post(f"{HOOKS}/{hook}/test"),
        await admin.post(f"{HOOKS}/{hook}/deliveries/{failed['id']}/retry"),
    ):
        assert (refused.status_code, refused.json()["field"]) == (409, "enabled")
        assert "410 Gone" in refused.json()["detail"]
    receiver.answer = lambda _where, _event: 200
    changed = (await admin.patch(f"{HOOKS}/{hook}", json={"enabled": True})).raise_for_status().json()
    assert (changed["enabled"], changed["reason"], changed["failingSince"]) == (True, None, None)
    again = await admin.post(f"{HOOKS}/{hook}/deliveries/{failed['id']}/retry")
    assert (again.status_code, again.json()["status"]) == (202, "due")
    (delivered,) = await until(admin, hook, "delivered")
    assert [attempt["status"] for attempt in delivered["attempts"]] == [410, 200]
    assert {one.event["id"] for one in receiver.at(path, taken=False)} == {failed["eventId"]}


async def test_deliveries_are_paged_and_filtered(
    as_role: As, worker: None, receiver: Receiver, path: str, happens: Any
) -> None:
    admin = as_role(Role.admin)
    hook = (await admin.post(HOOKS, json={"url": receiver.url(path)})).json()["id"]
    for number in range(3):
        await happens("flight.executing", number)
    await happens("flight.ok")
    await until(admin, hook, *["delivered"] * 4)
    log = f"{HOOKS}/{hook}/deliveries"
    first = (await admin.get(log, params={"limit": 3, "status": "delivered"})).json()
    rest = (await admin.get(log, params={"after": first["next"], "status": "delivered"})).json()
    assert [item["type"] for item in [*first["items"], *rest["items"]]] == ["flight.ok"] + ["flight.executing"] * 3
    assert len((await admin.get(log, params={"type": "flight.executing"})).json()["items"]) == 3
    assert (await admin.get(log, params={"status": "due"})).json() == {"items": [], "next": None}
    wrong = await admin.get(log, params={"status": "lost"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "status")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://10.0.0.7/hook"}, "url"),
        ({"url": "https://10.0.0.7/hook"}, "url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": "https://no-such-host.invalid/hook"}, "url"),
        ({"url": "https://ann:secret@127.0.0.1/hook"}, "url"),
        ({"url": "ftp://127.0.0.1/hook"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({}, "url"),
        ({"url": "https://127.0.0.1/hook", "events": []}, "events"),
        ({"url": "https://127.0.0.1/hook", "events": ["dock.*", "flights.ok"]}, "events.1"),
        ({"url": "https://127.0.0.1/hook", "events": ["f*t"]}, "events.0"),
        ({"url": "https://127.0.0.1/hook", "colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_with_an_endpoint_is_named(as_role: As, body: dict[str, Any], field: str) -> None:
    admin = as_role(Role.admin)
    refused = await admin.post(HOOKS, json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
    assert refused.json()["cure"]
    assert (await admin.get(HOOKS)).json()["items"] == []


async def test_a_change_that_is_wrong_changes_nothing(as_role: As, receiver: Receiver, path: str) -> None:
    admin = as_role(Role.admin)
    made = (await admin.post(HOOKS, json={"url": receiver.url(path)})).json()
    for body in ({"url": "https://10.0.0.7/", "enabled": False}, {"events": ["nothing.*"], "description": "x"}):
        assert (await admin.patch(f"{HOOKS}/{made['id']}", json=body)).status_code == 422
    shown = (await admin.get(f"{HOOKS}/{made['id']}")).json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}


async def test_an_organisation_has_twenty_endpoints_at_most(as_role: As, receiver: Receiver, path: str) -> None:
    admin = as_role(Role.admin)
    for _ in range(20):
        (await admin.post(HOOKS, json={"url": receiver.url(path)})).raise_for_status()
    refused = await admin.post(HOOKS, json={"url": receiver.url(path)})
    assert (refused.status_code, refused.json()["field"]) == (409, "url")


async def test_endpoints_are_an_admins_and_of_one_organisation(
    as_role: As, served: str, tokens: Tokens, receiver: Receiver, path: str
) -> None:
    made = (await as_role(Role.admin).post(HOOKS, json={"url": receiver.url(path)})).json()
    here = f"{HOOKS}/{made['id']}"
    routes = [
        ("GET", HOOKS), ("POST", HOOKS), ("GET", f"{HOOKS}/events"), ("GET", here), ("PATCH", here), ("DELETE", here),
        ("POST", f"{here}/rotate"), ("POST", f"{here}/test"), ("GET", f"{here}/deliveries"),
        ("GET", f"{here}/deliveries/d"), ("POST", f"{here}/deliveries/d/retry"),
    ]  # fmt: skip
    commander = as_role(Role.commander)
    for method, route in routes:
        assert (await commander.request(method, route, json={})).status_code == 403, (method, route)
    token = tokens.make("eve", "another-org", Role.admin, timedelta(minutes=5))
    async with httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {token}"}) as other:
        for method, route in routes[3:]:
            assert (await other.request(method, route, json={})).status_code == 404, (method, route)
    events = (await as_role(Role.admin).get(f"{HOOKS}/events")).json()
    assert {"type": "flight.ok", "meaning": "A flight was flown to its end."} in events


async def test_the_command_line_adds_tests_shows_and_removes(
    worker: None, receiver: Receiver, path: str, org: str, served: str, tokens: Tokens
) -> None:
    token = tokens.make("adam@example", org, Role.admin, timedelta(minutes=5))

    async def argus(*words: str, code: int = 0, as_json: bool = True) -> Any:
        given = ["--api", served, "--token", token, *(["--json"] if as_json else []), "webhooks", *words]
        result = await asyncio.to_thread(CliRunner().invoke, app, given)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if as_json else result.stdout

    made = await argus("add", receiver.url(path), "--event", "flight.*", "--event", "dock.offline")
    assert made["events"] == ["flight.*", "dock.offline"]
    hook = made["id"]
    tried = await argus("test", hook)
    assert (tried["type"], tried["status"]) == ("webhook.test", "delivered")
    assert receiver.at(path)[0].signed_by(made["secret"])
    receiver.say = "[/bold]{status}[red]"
    said = await argus("test", hook, as_json=False)
    assert re.search(r"webhook\.test delivered: HTTP 200 after \d+ ms, \[/bold]200\[red]", said)
    receiver.say = "said {status}"
    receiver.answer = lambda where, _event: 503 if where == path else 200
    assert (await argus("test", hook, code=1))["reason"] == "HTTP 503"
    receiver.answer = lambda _where, _event: 200
    failed = (await argus("log", hook, "--status", "due"))[0]
    assert (await argus("retry", hook, failed["eventId"]))["status"] == "delivered"
    assert "HTTP 200" in await argus("log", hook, as_json=False)
    assert (await argus("rotate", hook, "--overlap", "60"))["secret"] != made["secret"]
    assert "disabled: by hand" in await argus("change", hook, "--disable", as_json=False)
    assert [found["enabled"] for found in await argus("list")] == [False]
    assert len(await argus("events")) > 50
    assert await argus("remove", hook) == {"id": hook}
    assert await argus("list") == []


async def test_the_receiver_of_the_documentation_knows_us(
    as_role: As, worker: None, receiver: Receiver, path: str
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    documented: dict[str, Any] = {}
    exec(snippet, documented)  # noqa: S102  # our own text, as a reader would run it
    is_from_argus = documented["is_from_argus"]
    admin = as_role(Role.admin)
    made = (await admin.post(HOOKS, json={"url": receiver.url(path)})).json()
    rotated = (await admin.post(f"{HOOKS}/{made['id']}/rotate")).raise_for_status().json()
    await admin.post(f"{HOOKS}/{made['id']}/test")
    await until(admin, made["id"], "delivered")
    (told,) = receiver.at(path)
    signature = told.headers["argus-signature"]
    assert is_from_argus(rotated["secret"], signature, told.content)
    assert is_from_argus(made["secret"], signature, told.content)
    assert not is_from_argus("whsec_other", signature, told.content)
    assert not is_from_argus(made["secret"], signature, told.content + b" ")
    late = re.sub(r"t=\d+", "t=1777882530", signature)
    assert not is_from_argus(made["secret"], late, told.content)
