"""How the elements of a route file are declared: as frozen dataclasses whose fields carry the documented facts.

Every documented child may be absent (None, or an empty tuple): whether that is allowed is the business of `check`, so
that a faulty file can be read and all its faults be shown. Children that are not documented are kept in `unknown`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple


class Position(NamedTuple):
    """A place as KML writes it: longitude first. Degrees WGS84; altitude in metres, where it is said."""

    lon: float
    lat: float
    alt: float | None = None


class Place(NamedTuple):
    """A place as WPML writes it: latitude first. Degrees WGS84, height in metres."""

    lat: float
    lon: float
    height: float | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """An element that is not documented, as it came. `tag` is `wpml:name`, `kml:name` or `{namespace}name`."""

    tag: str
    text: str = ""
    tail: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Raw", ...] = ()


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    WORDS = "words"
    POSITIONS = "positions"
    PLACE = "place"
    CHILD = "child"
    CHILDREN = "children"


class Need(StrEnum):
    """`TABLE`: the documentation's tables ask for it, its own samples do without; `check` says nothing of it."""

    OPTIONAL = "optional"
    TABLE = "table"
    REQUIRED = "required"


OPTIONAL, TABLE, REQUIRED = Need.OPTIONAL, Need.TABLE, Need.REQUIRED

Chooser = Callable[[Mapping[str, Any]], "type[Element]"]


@dataclass(frozen=True, slots=True)
class Spec:
    """The documented facts of one child. `low` and `high` are inclusive, `above` is exclusive.

    `tag` has the prefix `wpml:` or `kml:`, `label` has none; `name` is the attribute.
    """

    kind: Kind
    doc: str
    need: Need = OPTIONAL
    tag: str = ""
    name: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    values: tuple[str, ...] | tuple[int, ...] = ()
    child: "type[Element] | None" = None
    choose: Chooser | None = None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Element:
    """What every element can have besides its documented children. `order` is the order they were read in."""

    attributes: tuple[tuple[str, str], ...] = ()
    unknown: tuple[Raw, ...] = ()
    order: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def specs(cls) -> Mapping[str, Spec]:
        """The documented children by tag, in the order in which they are written."""
        found: Mapping[str, Spec] = _specs(cls)  # type: ignore[arg-type]  # mypy takes a class for its instances
        return found


@cache
def _specs(cls: type[Element]) -> Mapping[str, Spec]:
    found: dict[str, Spec] = {}
    for item in fields(cls):
        make = item.metadata.get("spec")
        if make is not None:
            spec: Spec = make(item.name)
            found[spec.tag] = spec
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _declare(kind: Kind, doc: str, tag: str, default: Any, **facts: Any) -> Any:
    def make(name: str) -> Spec:
        full = tag if ":" in tag else f"wpml:{tag or _camel(name)}"
        return Spec(kind, doc, tag=full, name=name, label=full.partition(":")[2], **facts)

    return field(default=default, metadata={"spec": make})


def text(doc: str, need: Need = OPTIONAL, *, values: Any = (), tag: str = "") -> Any:
    """A text; `values` (a StrEnum or a tuple) are all that are documented."""
    return _declare(Kind.TEXT, doc, tag, None, need=need, values=tuple(values))


def integer(
    doc: str,
    need: Need = OPTIONAL,
    *,
    low: int | None = None,
    high: int | None = None,
    values: tuple[int, ...] = (),
    unit: str = "",
    tag: str = "",
) -> Any:
    return _declare(Kind.INTEGER, doc, tag, None, need=need, low=low, high=high, values=values, unit=unit)


def number(
    doc: str,
    need: Need = OPTIONAL,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    unit: str = "",
    tag: str = "",
) -> Any:
    return _declare(Kind.NUMBER, doc, tag, None, need=need, low=low, high=high, above=above, unit=unit)


def flag(doc: str, need: Need = OPTIONAL, *, tag: str = "") -> Any:
    """A 0 or 1."""
    return _declare(Kind.FLAG, doc, tag, None, need=need)


def words(doc: str, need: Need = OPTIONAL, *, values: Any = (), tag: str = "") -> Any:
    """Several words with commas between, as a tuple; None where the element is absent."""
    return _declare(Kind.WORDS, doc, tag, None, need=need, values=tuple(values))


def place(doc: str, need: Need = OPTIONAL, *, tag: str = "") -> Any:
    """latitude,longitude,height"""
    return _declare(Kind.PLACE, doc, tag, None, need=need)


def positions(doc: str, need: Need = REQUIRED) -> Any:
    """KML coordinates: longitude,latitude[,altitude], several with blanks between."""
    return _declare(Kind.POSITIONS, doc, "kml:coordinates", (), need=need)


def one(child: type[Element], doc: str, need: Need = OPTIONAL, *, tag: str = "") -> Any:
    """A child with children of its own."""
    return _declare(Kind.CHILD, doc, tag, None, need=need, child=child)


def chosen(choose: Chooser, doc: str, need: Need = OPTIONAL, *, tag: str = "") -> Any:
    """A child whose class depends on the simple values beside it."""
    return _declare(Kind.CHILD, doc, tag, None, need=need, choose=choose)


def many(child: type[Element], doc: str, need: Need = OPTIONAL, *, tag: str = "") -> Any:
    """Any number of children of one kind, as a tuple."""
    return _declare(Kind.CHILDREN, doc, tag, (), need=need, child=child)
