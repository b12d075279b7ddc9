"""What is asked of EMQX, as its API documents it: a transport that keeps users and rules the way EMQX answers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from activities.broker import BrokerError
from activities.emqx import EmqxAccounts
from tests.activities.conftest import settings_for

USERS = "/api/v5/authentication/password_based%3Abuilt_in_database/users"
RULES = "/api/v5/authorization/sources/built_in_database/rules/users"


class Emqx(httpx.AsyncBaseTransport):
    """Users, rules and connected clients, with the status codes of the documentation."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.rules: dict[str, list[dict[str, Any]]] = {}
        self.clients: dict[str, str] = {}
        self.down = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused")
        if not request.headers.get("authorization", "").startswith("Basic "):
            return httpx.Response(401)
        path = request.url.raw_path.decode().partition("?")[0]
        body: Any = json.loads(request.content) if request.content else None
        name = path.rpartition("/")[2]
        match request.method, path.rpartition("/")[0]:
            case "POST", _ if path == USERS:
                if body["user_id"] in self.users:
                    return httpx.Response(409, json={"code": "ALREADY_EXISTS"})
                self.users[body["user_id"]] = body["password"]
                return httpx.Response(201)
            case "PUT", base if base == USERS:
                self.users[name] = body["password"]
                return httpx.Response(200)
            case "DELETE", base if base == USERS:
                return httpx.Response(204 if self.users.pop(name, None) else 404)
            case "POST", _ if path == RULES:
                self.rules |= {line["username"]: line["rules"] for line in body}
                return httpx.Response(204)
            case "PUT", base if base == RULES:
                if name not in self.rules:
                    return httpx.Response(404)
                self.rules[name] = body["rules"]
                return httpx.Response(204)
            case "DELETE", base if base == RULES:
                return httpx.Response(204 if self.rules.pop(name, None) else 404)
            case "GET", _ if path == "/api/v5/clients":
                user = request.url.params["username"]
                found = [{"clientid": client} for client, owner in self.clients.items() if owner == user]
                return httpx.Response(200, json={"data": found, "meta": {"count": len(found)}})
            case "DELETE", "/api/v5/clients":
                self.clients.pop(name)
                return httpx.Response(204)
        return httpx.Response(400, text=f"{request.method} {path}")


@pytest.fixture
def emqx() -> Emqx:
    return Emqx()


@pytest.fixture
def accounts(emqx: Emqx) -> EmqxAccounts:
    settings = settings_for(
        broker_kind="emqx", emqx_api_url="http://emqx:18083", emqx_api_key="key", emqx_api_secret="secret"
    )
    return EmqxAccounts(settings, emqx)


async def test_a_pairing_account_gets_a_password_and_pairing_topics(emqx: Emqx, accounts: EmqxAccounts) -> None:
    await accounts.create_pairing("pair-1", "first")
    await accounts.create_pairing("pair-1", "second")
    assert emqx.users == {"pair-1": "second"}
    rules = emqx.rules["pair-1"]
    assert rules[0] == {"topic": "eq thing/product/+/requests_reply", "permission": "deny", "action": "subscribe"}
    assert {"topic": "thing/product/+/requests", "permission": "allow", "action": "publish"} in rules
    assert rules[-1] == {"topic": "#", "permission": "deny", "action": "all"}


async def test_a_session_of_manual_flight_gets_the_live_link_of_its_dock(emqx: Emqx, accounts: EmqxAccounts) -> None:
    await accounts.create_drc("drc-1", "secret", "DOCK1")
    assert emqx.users == {"drc-1": "secret"}
    assert emqx.rules["drc-1"] == [
        {"topic": "thing/product/DOCK1/drc/up", "permission": "allow", "action": "publish"},
        {"topic": "thing/product/DOCK1/drc/down", "permission": "allow", "action": "subscribe"},
        {"topic": "#", "permission": "deny", "action": "all"},
    ]
    emqx.clients = {"drc-1": "drc-1", "other": "argus"}
    await accounts.delete_drc("drc-1")
    assert (emqx.users, emqx.rules, emqx.clients) == ({}, {}, {"other": "argus"})


async def test_a_bound_dock_gets_its_own_topics_in_their_place(emqx: Emqx, accounts: EmqxAccounts) -> None:
    await accounts.create_pairing("pair-2", "secret")
    await accounts.grant_dock("pair-2", "DOCK", "AIRCRAFT")
    topics = [rule["topic"] for rule in emqx.rules["pair-2"]]
    assert "thing/product/AIRCRAFT/#" in topics
    assert "thing/product/+/requests" not in topics


async def test_a_revoked_account_is_gone_and_its_client_cut_off(emqx: Emqx, accounts: EmqxAccounts) -> None:
    await accounts.create_pairing("pair-3", "secret")
    emqx.clients = {"dock-a": "pair-3", "dock-b": "other"}
    await accounts.delete("pair-3", "DOCK")
    await accounts.delete("pair-3", "DOCK")
    assert (emqx.users, emqx.rules, emqx.clients) == ({}, {}, {"dock-b": "other"})


async def test_a_broker_that_is_away_is_said(emqx: Emqx, accounts: EmqxAccounts) -> None:
    emqx.down = True
    with pytest.raises(BrokerError):
        await accounts.delete("pair-4", None)


def test_an_incomplete_configuration_names_the_variable() -> None:
    with pytest.raises(ValueError, match="ARGUS_EMQX_API_KEY"):
        EmqxAccounts(settings_for(broker_kind="emqx", emqx_api_url="http://emqx:18083"))
