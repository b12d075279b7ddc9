"""Every route against every wrong token. The routes come from the API's own description, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from api.app import create_app
from api.security import Role, Tokens
from process import trust
from settings import Settings

# What the smallest role may do. A route that is not named here needs the role that `LEAST` gives its method.
LEAST: Final = {"GET": Role.viewer, "POST": Role.operator, "PUT": Role.operator, "PATCH": Role.operator,
                "DELETE": Role.operator}  # fmt: skip
FOR_ALL: Final = {
    ("POST", "/v1/missions/{mission_id}/room-token"),
    ("POST", "/v1/org/tokens"),
    ("DELETE", "/v1/org/tokens/{token_id}"),
}


@pytest.fixture(scope="module")
def paths(settings: Settings) -> dict[str, Any]:
    """The API's description of them. To make one takes a second."""
    described: dict[str, Any] = create_app(settings).openapi()["paths"]
    return described


@pytest.fixture(scope="module")
def routes(paths: dict[str, Any]) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in paths.items() for method in methods if path != "/health"]


def called(path: str) -> str:
    """The path with an id that nothing has."""
    return re.sub(r"\{[^}]+\}", "nothing", path)


def needed(operation: dict[str, Any]) -> dict[str, str]:
    """Query parameters that it cannot do without."""
    query = [each for each in operation.get("parameters", ()) if each["in"] == "query" and each["required"]]
    return {each["name"]: each["schema"]["enum"][0] for each in query}


def signed_in(served: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {token}"}, verify=trust())


@pytest.mark.parametrize("kind", ["expired", "forged", "no org", "garbage"])
async def test_every_route_refuses_a_wrong_token(
    routes: list[tuple[str, str]], served: str, tokens: Tokens, org: str, kind: str
) -> None:
    makers: dict[str, Callable[[], str]] = {
        "expired": lambda: tokens.make("ann", org, Role.admin, timedelta(seconds=-1)),
        "forged": lambda: tokens.make("ann", org, Role.admin, timedelta(minutes=1))[:-8] + "AAAAAAAA",
        "no org": lambda: tokens.make("ann", "", Role.admin, timedelta(minutes=1)),
        "garbage": lambda: "garbage",
    }
    token = makers[kind]()
    async with signed_in(served, token) as http:
        for method, path in routes:
            answer = await http.request(method, called(path))
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["cure"] == "Get a new token.", (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_viewer_changes_nothing(routes: list[tuple[str, str]], served: str, tokens: Tokens, org: str) -> None:
    token = tokens.make("vera", org, Role.viewer, timedelta(minutes=5))
    changing = [route for route in routes if LEAST[route[0]] > Role.viewer and route not in FOR_ALL]
    assert changing
    async with signed_in(served, token) as http:
        for method, path in changing:
            answer = await http.request(method, called(path))
            assert answer.status_code == 403, (method, path, answer.text)
            problem = answer.json()
            assert problem["field"] == "role", (method, path)
            assert problem["cure"].startswith("Ask for a token with role "), (method, path)


async def test_ids_of_no_one_are_404_on_every_route_that_reads_one(
    paths: dict[str, Any], served: str, tokens: Tokens, org: str
) -> None:
    token = tokens.make("adam", org, Role.admin, timedelta(minutes=5))
    async with signed_in(served, token) as http:
        for path, operations in paths.items():
            if "{" in path and "get" in operations:
                answer = await http.get(called(path), params=needed(operations["get"]))
                assert answer.status_code == 404, (path, answer.text)
                assert answer.json()["field"], path
                assert answer.json()["cure"], path
