"""Messages made of the models: valid ones, and what docks, radio links and ill will make of them."""

import math
from functools import cache
from typing import Any

import orjson
from hypothesis import strategies as st

import dji
from dji.model import REGISTRY, wire_names
from dji.schema import Leaf, table

METHODS = sorted(REGISTRY, key=lambda key: (key[0], key[1]))
OSD = ("dock1", "dock2", "dock3", "m30", "m3d", "m4d")

_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)


def leaf(field: Leaf) -> st.SearchStrategy[Any]:
    """Values that the protocol allows for a field."""
    one = _one(field)
    if field.many:
        return st.lists(one, max_size=min(field.spec.size or 3, 3))
    return one


def _one(field: Leaf) -> st.SearchStrategy[Any]:
    if field.model is not None:
        return objects(field.model)
    spec = field.spec
    if spec.values:
        return st.sampled_from(sorted(spec.values, key=str))
    low = spec.low if spec.low is not None else -1_000_000
    high = spec.high if spec.high is not None else max(1_000_000, low)
    if field.type == "integer":
        return st.integers(math.ceil(low), math.floor(high))
    if field.type in ("number", "any"):
        return st.floats(low, high, allow_nan=False) if field.type == "number" else st.integers(0, 10)
    if field.type == "boolean":
        return st.booleans()
    return _TEXT if spec.length is None else _TEXT.map(lambda text: text[: spec.length])


@cache
def objects(model: type[dji.Model]) -> st.SearchStrategy[dict[str, Any]]:
    """Data of a model, with any of its fields, and all that it makes no sense without."""
    fields = {key: field for key, field in table(model).items() if key == field.wire}
    names = set(wire_names(model).values())
    required = {key: leaf(field) for key, field in fields.items() if field.spec.required}
    optional = {key: leaf(field) for key, field in fields.items() if key in names and key not in required}
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid message: its topic and payload."""
    envelope: dict[str, Any] = {"tid": draw(_TEXT), "bid": draw(_TEXT), "timestamp": draw(st.integers(0, 2**45))}
    if draw(st.integers(0, 3)) == 0:
        device = draw(st.sampled_from(OSD))
        model = type(dji.decode("thing/product/SN/osd", b"{}", product=device).data)
        kind = draw(st.sampled_from([dji.Kind.OSD, dji.Kind.STATE]))
        gateway = "SN" if device.startswith("dock") else "GATEWAY"
        return dji.topic_of(kind, "SN"), orjson.dumps({**envelope, "gateway": gateway, "data": draw(objects(model))})
    kind, method = draw(st.sampled_from(METHODS))
    return dji.topic_of(kind, "SN"), orjson.dumps(
        {**envelope, "method": method, "data": draw(objects(REGISTRY[kind, method]))}
    )


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "0", "1", "1.5", "true", "NaN", "\ud800", "ok", "A"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A message with anything in the place of some of its fields."""
    topic, payload = draw(messages())
    message = orjson.loads(payload)
    for _ in range(draw(st.integers(1, 3))):
        at: Any = message
        while True:
            if isinstance(at, dict):
                keys: list[Any] = [*at, "", "new:", "\ud800"]
            elif isinstance(at, list) and at:
                keys = list(range(len(at)))
            else:
                break
            key = draw(st.sampled_from(keys))
            inner = at[key] if isinstance(at, list) else at.get(key)
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                at[key] = draw(anything)
                break
            at = inner
    return topic, message
