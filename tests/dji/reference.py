"""The reference data beside the checkout, where it is there: the catalogue, the properties, the examples."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import dji
from dji import Kind
from dji.properties.aircraft import AircraftOsd
from dji.properties.dock import DockOsd
from dji.schema import Leaf, table

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "dji"

present = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference data is not beside the checkout")

KINDS = {"drc/up": Kind.DRC_UP, "drc/down": Kind.DRC_DOWN}


class Schema(NamedTuple):
    """What the catalogue says of one method, on one kind of topic, for some docks."""

    method: str
    kind: Kind
    topic: str
    docks: tuple[str, ...]
    fields: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.kind}-{self.method}-{'-'.join(self.docks)}"


class Example(NamedTuple):
    """One documented message."""

    file: Path
    method: str
    kind: Kind
    topic: str
    product: str | None

    def __str__(self) -> str:
        return str(self.file.relative_to(FOLDER / "examples"))


@cache
def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes()) if FOLDER.is_dir() else None


def kind_of(topic_kind: str) -> Kind:
    return KINDS.get(topic_kind) or Kind(topic_kind)


def schemas() -> list[Schema]:
    entries = (load("catalog.json") or {"entries": []})["entries"]
    return [
        Schema(
            entry["method"],
            kind_of(entry["topic_kind"]),
            entry["topic"].replace("{gateway_sn}", "GATEWAY"),
            tuple(schema["models"]),
            tuple(schema["fields"]),
        )
        for entry in entries
        for schema in entry["schemas"]
    ]


def examples() -> list[Example]:
    listed = (load("examples/manifest.json") or {"examples": []})["examples"]
    return [
        Example(
            FOLDER / item["file"],
            # Examples from other pages bear the page's name before that of the method.
            item["method"].removeprefix("topic-definition-").removeprefix("faq-"),
            kind_of(item["topic_kind"]),
            item["topic"].replace("{gateway_sn}", "GATEWAY").replace("{device_sn}", "GATEWAY"),
            None if item["model"] == "common" else item["model"],
        )
        for item in listed
    ]


def properties() -> dict[str, list[dict[str, Any]]]:
    return (load("properties.json") or {"models": {}})["models"]  # type: ignore[no-any-return]


def properties_model(device: str) -> type[dji.Body]:
    return DockOsd if device.startswith("dock") else AircraftOsd


def parts_of(path: str) -> list[str]:
    """The keys of a documented path; arrays are gone through."""
    return [part.removesuffix("[]") for part in path.split(".")]


def leaf_at(model: type[dji.Model], path: str) -> Leaf | None:
    """The field of a model at a documented path."""
    at: type[dji.Model] | None = model
    leaf = None
    for key in parts_of(path):
        if at is None:
            return None
        inner = at.model_at(key)
        if inner is not None:
            at = inner
            continue
        leaf = table(at).get(key)
        if leaf is None:
            return None
        at = leaf.model
    return leaf


_SAMPLES: dict[str, Any] = {
    "text": "text",
    "string": "text",
    "bool": True,
    "boolean": True,
    "date": "2026-01-02T03:04:05Z",
}


def sample(field: dict[str, Any]) -> Any:
    """A value that the catalogue allows for a field."""
    if field["path"].endswith(("module", "module_list")) and field["type"] in ("text", "array"):
        # Called text, or nothing at all; elsewhere its values are named.
        return ["3"] if field["type"] == "array" else "3"
    kind = field["type"]
    values = list(field.get("enum", {}))
    if kind in ("array", "enum_list"):
        item = field.get("item_type", "enum_int" if kind == "enum_list" else "text")
        return [{}] if item == "struct" else [sample({**field, "type": item})]
    if kind == "enum_int":
        return int(values[-1]) if values else 0
    if kind == "enum":
        return int(values[-1])
    if kind == "enum_string":
        return values[-1] if values else "text"
    if kind in ("int", "int64"):
        return int(values[-1]) if values else round(max(field.get("min", 1), min(field.get("max", 1), 1)))
    if kind in ("float", "double"):
        low, high = field.get("min", -1e3), field.get("max", 1e3)
        return (max(low, -1e3) + min(high, 1e3)) / 2 + 0.25 if high - low > 1 else low
    if kind in ("struct", "object"):
        return {}
    if "enum" in field and kind in ("text", "string"):
        return values[-1]
    return _SAMPLES[kind]


def build(fields: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """A message with every documented field."""
    data: dict[str, Any] = {}
    for field in fields:
        at: Any = data
        *parents, last = field["path"].split(".")
        for parent in parents:
            name = parent.removesuffix("[]")
            inner = at.setdefault(name, [{}] if parent.endswith("[]") else {})
            if parent.endswith("[]") and inner == ["text"]:
                # The catalogue does not say of every array that its items are objects.
                at[name] = inner = [{}]
            at = inner[0] if isinstance(inner, list) else inner
        name = last.removesuffix("[]")
        if name not in at:
            at[name] = sample(field)
    return data


def reach(data: Any, path: str) -> Any:
    """The value at a documented path, by attributes; of an array, the first item."""
    for key in parts_of(path):
        if isinstance(data, list):
            data = data[0]
        model: type[dji.Model] = type(data)
        data = getattr(data, table(model)[key].name)
    return data
