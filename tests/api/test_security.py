"""Who may do what: tokens, organisations, roles, on every route."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from google.cloud.firestore import AsyncClient

from api.app import create_app
from api.problems import Refused
from api.security import Role, Tokens
from settings import Settings
from store.docks import Dock, Docks
from tests.api.conftest import As

OPEN = {"/health"}  # and the description itself, which FastAPI does not list


def routes(settings: Settings) -> list[tuple[str, str]]:
    """Each method and path that the API describes."""
    paths = create_app(settings).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods if path not in OPEN]


async def test_every_route_refuses_a_call_without_a_token(settings: Settings, served: str) -> None:
    async with httpx.AsyncClient(base_url=served) as http:
        for method, path in routes(settings):
            answer = await http.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["cure"] == "Send Authorization: Bearer TOKEN."


async def test_an_expired_token_says_so(served: str, tokens: Tokens, org: str) -> None:
    token = tokens.make("ann", org, Role.admin, timedelta(seconds=-1))
    async with httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {token}"}) as http:
        answer = await http.get("/v1/docks")
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The token has expired."


async def test_a_token_of_another_signer_is_refused(served: str, org: str) -> None:
    forged = jwt.encode({"iss": "argus", "aud": "argus", "sub": "x", "org": org, "role": "admin"}, "k" * 32)
    async with httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {forged}"}) as http:
        answer = await http.get("/v1/docks")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("least", "method", "path", "body"),
    [
        (Role.admin, "POST", "/v1/pairings", {"displayName": "x"}),
        (Role.admin, "DELETE", "/v1/docks/SN0001", None),
        (Role.commander, "POST", "/v1/missions", {"name": "x"}),
        (Role.operator, "POST", "/v1/flights", {"dockSn": "SN0001", "waylineId": "x"}),
        (Role.operator, "POST", "/v1/docks/SN0001/stream", {"stopped": True}),
    ],
)
async def test_a_role_too_small_is_told_which_one_it_needs(
    as_role: As, least: Role, method: str, path: str, body: object
) -> None:
    answer = await as_role(Role(least - 1)).request(method, path, json=body)
    assert answer.status_code == 403
    assert least.name in answer.json()["detail"]


async def test_another_organisations_dock_looks_like_none(as_role: As, database: AsyncClient, org: str) -> None:
    await Docks(database).put(Dock(sn=f"SN-{org}", org_id="somebody-else", online=True))
    answer = await as_role(Role.admin).get(f"/v1/docks/SN-{org}")
    assert answer.status_code == 404
    assert answer.json()["field"] == "sn"
    assert answer.json() | {"instance": ""} == (
        (await as_role(Role.admin).get(f"/v1/docks/SN-{org}")).json() | {"instance": ""}
    )
    assert (await as_role(Role.viewer).get("/v1/docks")).json()["items"] == []


@pytest.fixture
def issuer() -> Iterator[tuple[str, RSAPrivateKey]]:
    """An OIDC issuer with one key."""
    key = generate_private_key(65537, 2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k1", "use": "sig"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = f"http://127.0.0.1:{server.server_port}"
            body = json.dumps({"jwks_uri": f"{base}/keys"} if "well-known" in self.path else {"keys": [jwk]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", key
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_configured_oidc_issuer_is_accepted_with_its_claims(
    settings: Settings, issuer: tuple[str, RSAPrivateKey]
) -> None:
    url, key = issuer
    tokens = Tokens(settings.model_copy(update={"oidc_issuer": url, "oidc_org_claim": "tenant"}))
    claims = {
        "iss": url, "aud": "argus", "sub": "ann", "tenant": "north", "role": "commander",
        "exp": datetime.now(UTC) + timedelta(minutes=1),
    }  # fmt: skip
    principal = await tokens.check(jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"}))
    assert (principal.user, principal.org, principal.role) == ("ann", "north", Role.commander)
    with pytest.raises(Refused, match="role"):
        await tokens.check(jwt.encode(claims | {"role": "king"}, key, algorithm="RS256", headers={"kid": "k1"}))


async def test_faults_of_a_body_are_named_field_by_field(as_role: As) -> None:
    answer = await as_role(Role.operator).post("/v1/flights", json={"dockSn": "!", "rthAltitude": 5, "colour": "red"})
    problem = answer.json()
    assert answer.status_code == 422
    assert {fault["field"] for fault in problem["errors"]} == {"dockSn", "rthAltitude", "colour"}


async def test_a_wrong_signing_key_stops_the_process_at_start(settings: Settings) -> None:
    with pytest.raises(ValueError, match="ARGUS_TOKEN_PRIVATE_KEY"):
        await asyncio.to_thread(create_app, settings.model_copy(update={"token_private_key": None}))
