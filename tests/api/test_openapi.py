"""The API's description of itself: every route says what it does and for whom, and every example is a true one."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import api
from api import examples, refusals
from api.app import create_app
from api.example_bodies import BODIES
from api.openapi import BINARY, REF, Lacking, example_of
from settings import Settings

Json = dict[str, Any]
FIELD = re.compile(r"[a-z]\w*(\[\d+\])?(\.[a-z0-9]\w*)*|Idempotency-Key")
METHODS = {"get", "post", "put", "patch", "delete"}


def description() -> Json:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings = Settings(
        token_private_key=key.decode(), seal_key=Fernet.generate_key().decode(), mqtt_password="x",
        objects_secret_key="x", livekit_api_secret="x" * 32, media_control_token="x",
    )  # fmt: skip
    return create_app(settings).openapi()


DESCRIBED = description()
SCHEMAS = DESCRIBED["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
    if method in METHODS
}
every_route = pytest.mark.parametrize("route", OPERATIONS)


def valid(value: Any, schema: Json) -> None:
    """Raises ValidationError. Formats are checked, references are those of the description."""
    whole = {"components": {"schemas": SCHEMAS}, **schema}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    validator.validate(value)


def bodies() -> Iterator[tuple[str, str, Json]]:
    for route, operation in OPERATIONS.items():
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            yield route, kind, media


def answers(status: str) -> Iterator[tuple[str, str, Json]]:
    """Route, media type and media of each answer whose status begins so."""
    for route, operation in OPERATIONS.items():
        for code, response in operation["responses"].items():
            if code.startswith(status):
                for kind, media in response.get("content", {}).items():
                    yield f"{route} {code}", kind, media


@every_route
def test_a_route_says_what_it_does_and_for_whom(route: str) -> None:
    operation = OPERATIONS[route]
    assert operation["tags"]
    assert re.fullmatch(r"[A-Z`].{5,100}", operation["summary"]), "a docstring that begins with a short sentence"
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
    if route != "GET /health":
        ((_, roles),) = operation["security"][0].items()
        assert f"role **{roles[0]}**" in operation["description"]


def test_operation_ids_are_unique() -> None:
    ids = Counter(operation["operationId"] for operation in OPERATIONS.values())
    assert max(ids.values()) == 1, ids.most_common(3)


def test_every_path_parameter_has_an_example() -> None:
    for route, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["example"] == examples.IDS[parameter["name"]], route


@pytest.mark.parametrize(("route", "kind", "media"), list(bodies()))
def test_a_body_has_examples_that_are_valid(route: str, kind: str, media: Json) -> None:
    """A route that fails here lacks an entry in `api.example_bodies`, by its operationId."""
    assert media.get("examples"), f"{OPERATIONS[route]['operationId']} has no example of its body"
    for example in media["examples"].values():
        valid(example["value"], media["schema"])


@pytest.mark.parametrize(("route", "kind", "media"), list(answers("2")))
def test_an_answer_has_an_example_that_is_valid(route: str, kind: str, media: Json) -> None:
    """A field that is named here lacks a value in `api.examples.FIELDS`."""
    if BINARY.match(kind):
        return
    if "example" not in media:
        with pytest.raises(Lacking) as lacking:
            example_of(media["schema"], SCHEMAS)
        pytest.fail(f"{route}: no example of {lacking.value}")
    valid(media["example"], media["schema"])


@every_route
def test_an_error_is_a_problem_with_examples(route: str) -> None:
    operation = OPERATIONS[route]
    errors = {code: found for code, found in operation["responses"].items() if code[0] in "45"}
    if route != "GET /health":
        assert "401" in errors
    for code, response in errors.items():
        media = response["content"]["application/problem+json"]
        assert media["schema"] == {"$ref": f"{REF}Problem"}
        for kind, example in media["examples"].items():
            valid(example["value"], media["schema"])
            assert example["value"]["status"] == int(code)
            assert example["value"]["type"].endswith(f"/{kind}")
            assert example["value"]["cure"], kind
            assert FIELD.fullmatch(example["value"].get("field", "id")), "as the body spells it"
            assert "{" not in example["value"]["instance"]


def test_what_is_listed_is_there() -> None:
    """An operation that was renamed would lose its examples without a word."""
    ids = {operation["operationId"] for operation in OPERATIONS.values()}
    assert set(BODIES) <= ids
    assert set(refusals.GIVES) <= ids


def raised() -> Iterator[tuple[str, int]]:
    """Kind and status of each `Refused` that the routes' modules raise by a literal."""
    for file in Path(api.__file__).parent.glob("*.py"):
        if file.stem in ("refusals", "problems"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                status, kind = (getattr(argument, "value", None) for argument in node.args[:2])
                if isinstance(kind, str) and isinstance(status, int):
                    yield kind, status


def test_every_problem_that_a_route_raises_is_described() -> None:
    described = {
        (kind, example["value"]["status"])
        for _, _, media in (*answers("4"), *answers("5"))
        for kind, example in media["examples"].items()
    }
    missing = set(raised()) - described
    assert not missing, f"api.refusals.GIVES lists none of {sorted(missing)}"


async def test_the_description_is_served(served: str) -> None:
    async with httpx.AsyncClient(base_url=served) as http:
        answer = await http.get("/v1/openapi.json")
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) == set(DESCRIBED["paths"])
