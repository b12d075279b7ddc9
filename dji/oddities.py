"""What was said against what the protocol documents, so that a person can be shown both."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from dji.model import BARE, Model
from dji.schema import Leaf, Type, table


class Oddity(NamedTuple):
    """One thing in a message that the protocol does not allow: where, what was said, what is documented."""

    field: str
    said: Any
    protocol_says: str


_PYTHON: dict[Type, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "text": (str,),
    "boolean": (bool,),
    "object": (dict,),
}


def oddities(model: type[Model], data: Any, path: str = "data") -> Iterator[Oddity]:
    """Walk plain data beside its model. Null, and keys that the protocol does not name, are no oddities."""
    if not isinstance(data, dict):
        if data not in (None, ""):
            yield Oddity(path, data, "an object")
        return
    leaves = table(model)
    for key, said in data.items():
        leaf = leaves.get(key) or leaves.get(key.removesuffix(":"))
        if leaf is None:
            inner = model.model_at(key)
            if inner is not None:
                yield from oddities(inner, said, f"{path}.{key}")
            elif key == BARE:
                yield Oddity(path, said, "an object")
            continue
        where = f"{path}.{key}"
        if key != leaf.wire:
            yield Oddity(where, key, f'the key is "{leaf.wire}"')
        if said is not None:
            yield from _compare(leaf, said, where)


def unknown_fields(model: type[Model], data: Any, path: str = "data") -> Iterator[str]:
    """The paths of all keys that the protocol does not name."""
    if not isinstance(data, dict):
        return
    leaves = table(model)
    for key, said in data.items():
        leaf = leaves.get(key) or leaves.get(key.removesuffix(":"))
        if leaf is None:
            inner = model.model_at(key)
            if inner is not None:
                yield from unknown_fields(inner, said, f"{path}.{key}")
            elif key != BARE and not model.knows_key(key):
                yield f"{path}.{key}"
        elif leaf.model is not None:
            items = said if isinstance(said, list) else [said]
            for item in items:
                yield from unknown_fields(leaf.model, item, f"{path}.{key}")


def missing_fields(model: type[Model], data: Any, path: str = "data") -> Iterator[str]:
    """The paths of all fields that a message of this kind makes no sense without."""
    if not isinstance(data, dict):
        data = {}
    for leaf in table(model).values():
        said = data.get(leaf.wire)
        where = f"{path}.{leaf.wire}"
        if leaf.spec.required and said is None:
            yield where
        elif leaf.model is not None and said is not None:
            for item in said if isinstance(said, list) else [said]:
                yield from missing_fields(leaf.model, item, where)


def _compare(leaf: Leaf, said: Any, where: str) -> Iterator[Oddity]:
    if not leaf.many:
        yield from _compare_one(leaf, said, where)
    elif not isinstance(said, list):
        if not leaf.or_one:
            yield Oddity(where, said, f"an array of {leaf.type}")
        if isinstance(said, dict):
            yield from _compare_one(leaf, said, where)
    else:
        if leaf.spec.size is not None and len(said) > leaf.spec.size:
            yield Oddity(where, said, f"at most {leaf.spec.size} items")
        for index, item in enumerate(said):
            yield from _compare_one(leaf, item, f"{where}[{index}]")


def _compare_one(leaf: Leaf, said: Any, where: str) -> Iterator[Oddity]:
    expected = _PYTHON.get(leaf.type)
    if expected is not None and not _is(said, expected):
        yield Oddity(where, said, leaf.type)
        return
    if leaf.model is not None:
        yield from oddities(leaf.model, said, where)
        return
    spec = leaf.spec
    if spec.values and (isinstance(said, dict | list) or said not in spec.values):
        known = ", ".join(f"{value} {meaning}" for value, meaning in list(spec.values.items())[:12])
        yield Oddity(where, said, f"one of {known}{', ...' if len(spec.values) > 12 else ''}")
    elif isinstance(said, int | float) and not isinstance(said, bool):
        if not math.isfinite(said):
            yield Oddity(where, said, "a finite number")
        elif (spec.low is not None and said < spec.low) or (spec.high is not None and said > spec.high):
            yield Oddity(where, said, spec.range)
    elif isinstance(said, str) and spec.length is not None and len(said) > spec.length:
        yield Oddity(where, said, f"at most {spec.length} characters")


def _is(said: Any, expected: tuple[type, ...]) -> bool:
    if bool in expected:
        # Pages give 0 and 1 as the values of booleans.
        return isinstance(said, bool) or (isinstance(said, int) and said in (0, 1))
    if isinstance(said, bool):
        return False
    return isinstance(said, expected)
