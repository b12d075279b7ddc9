"""The API's description of itself: what FastAPI finds out, and what it cannot know.

That is the sentence that a route's docstring begins with as its summary, the role that it needs, an example of each
body and answer, and the problems that it can give. Examples of answers are put together field by field from
`api.examples`, so that a new field needs one value there; bodies and problems are listed there and in `api.refusals`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api import examples, refusals
from api.deps import ROLES
from api.example_bodies import BODIES
from api.problems import MEDIA_TYPE, Problem
from api.security import Role

Json = dict[str, Any]
REF: Final = "#/components/schemas/"
BINARY: Final = re.compile(r"image/|application/vnd\.")


class Lacking(LookupError):
    """A field or a body without an example; the text names it."""


class DescribedApi(FastAPI):
    """FastAPI with the whole description."""

    def openapi(self) -> Json:
        if self.openapi_schema is None:
            described = super().openapi()
            schemas = described["components"]["schemas"]
            for left_over in ("HTTPValidationError", "ValidationError"):
                schemas.pop(left_over, None)
            schemas["Problem"] = Problem.model_json_schema(ref_template=REF + "{model}")
            for method, route, operation in operations(self, described):
                _complete(route, operation, schemas)
                operation["responses"] |= _problems(method, route, operation)
        assert self.openapi_schema is not None
        return self.openapi_schema


def operations(app: FastAPI, description: Json) -> Iterator[tuple[str, RouteContext, Json]]:
    """Method and route of each operation that the description has."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield method, route, description["paths"][route.path_format][method.lower()]


def operation_id(route: APIRoute | RouteContext) -> str:
    """`flights_pause`: the path up to its first id, and what the function does; `_list` and `_get` where it reads."""
    static = [part for part in str(route.path_format).split("/{")[0].split("/") if part not in ("", "v1")]
    noun, action = static[-1].replace("-", "_"), str(route.name).removesuffix(f"_{static[-1]}")
    if action == noun:
        reads = "list" if noun.endswith(("s", "media")) else "get"
        action = reads if "GET" in (route.methods or ()) else ""
    elif action == noun.removesuffix("s"):
        action = "get"
    return "_".join(filter(None, [*static, action])).replace("-", "_")


def least_role(dependant: Dependant) -> Role | None:
    """The role that a route needs; None for one that is open."""
    for each in dependant.dependencies:
        found = ROLES.get(each.call) or least_role(each)
        if found is not None:
            return found
    return None


def _complete(route: RouteContext, operation: Json, schemas: Json) -> None:
    text = inspect.cleandoc(route.endpoint.__doc__ or "")
    first = text.split("\n\n")[0].replace("\n", " ")
    operation["summary"] = re.split(r"\.(?:\s|$)", first)[0]
    role = least_role(route.dependant)
    operation["description"] = f"{text}\n\nNeeds the role **{role.name}**, or a higher one." if role else text
    if role is not None:
        operation["security"] = [{scheme: [role.name] for each in operation["security"] for scheme in each}]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = examples.IDS[parameter["name"]]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        given = BODIES.get(operation["operationId"], {})
        media["examples"] = {name: {"summary": name, "value": value} for name, value in given.items()}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for kind, media in response.get("content", {}).items():
                _answer(kind, media, schemas)
    operation["responses"] = {s: r for s, r in operation["responses"].items() if s.startswith("2")}


def _answer(kind: str, media: Json, schemas: Json) -> None:
    if BINARY.match(kind):
        media["schema"] = {"type": "string", "format": "binary"}
    elif kind == "text/event-stream":
        media["schema"] = {"type": "string"}
        media["example"] = examples.EVENT
    else:
        try:
            media["example"] = example_of(media["schema"], schemas)
        except Lacking:
            media.pop("example", None)  # the test of the description says what is missing


def example_of(schema: Json, schemas: Json, name: str = "", model: str = "") -> Any:
    """A value for a schema: of its field by name, else put together. Raises Lacking, which names the field."""
    for key in (f"{model}.{name}", name):
        if name and key in examples.FIELDS:
            return examples.FIELDS[key]
    if "$ref" in schema:
        target = schema["$ref"].removeprefix(REF)
        return example_of(schemas[target], schemas, name, target)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("default") is not None:
        return schema["default"]
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if choices:
        try:
            return example_of(choices[0], schemas, name, model)
        except Lacking:
            if len(choices) == len(schema["anyOf"]):
                raise
            return None  # may be absent, and nobody has said what it is like
    if "properties" in schema:
        inside = schema.get("title", model)
        return {key: example_of(field, schemas, key, inside) for key, field in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas, "", model)]
    raise Lacking(f"{model}.{name}")


def _problems(method: str, route: RouteContext, operation: Json) -> Json:
    """The error responses, each with the problems of that status."""
    path = str(route.path_format).format_map(examples.IDS)
    found: dict[int, Json] = {}
    for problem in refusals.of(method, operation, least_role(route.dependant)):
        shown = problem.model_copy(update={"instance": path}).model_dump(exclude_none=True)
        kind = problem.type.rsplit("/", 1)[-1]
        found.setdefault(problem.status, {})[kind] = {"summary": problem.title, "value": shown}
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REF}Problem"}, "examples": kinds}},
        }
        for status, kinds in sorted(found.items())
    }
