"""What a field of a message means: words, unit, bounds and the meaning of its values, as data on the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Any, TypeVar, cast

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic.fields import FieldInfo

Docks = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """The documented facts of one field.

    `low` and `high` bound a number, or each number of an array. `values` gives the meaning of each value of an
    enumeration. `length` is the longest text, `size` the longest array. `push` says whether a property arrives in osd
    or state messages, `settable` whether property/set takes it. `docks` are the dock models that document the field.
    """

    doc: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    values: Mapping[Any, str] = dataclass_field(default_factory=dict)
    length: int | None = None
    size: int | None = None
    required: bool = False
    push: str | None = None
    settable: bool = False

    @property
    def range(self) -> str:
        """The bounds in words, for people: "20 to 1500 m"."""
        unit = f" {self.unit}" if self.unit else ""
        if self.low is None:
            return f"at most {self.high:g}{unit}" if self.high is not None else ""
        return f"at least {self.low:g}{unit}" if self.high is None else f"{self.low:g} to {self.high:g}{unit}"


def field(
    doc: str,
    *,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    values: Mapping[Any, str] | None = None,
    length: int | None = None,
    size: int | None = None,
    required: bool = False,
    push: str | None = None,
    settable: bool = False,
    wire: str | None = None,
    misspelled: str | None = None,
) -> Any:
    """Declare a field that may be absent; see `Spec` for the facts.

    `wire` is the key on the wire where that is no Python name; `misspelled` a second spelling that docks are
    documented to use.
    """
    spec = Spec(doc, unit, low, high, values or {}, length, size, required, push, settable)
    alias = AliasChoices(wire, misspelled) if wire and misspelled else wire
    declared = cast(FieldInfo, Field(default=None, description=doc, validation_alias=alias, serialization_alias=wire))
    declared.metadata.append(spec)
    return declared


def _as_list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


_T = TypeVar("_T")

# A list that some tables print as a single object.
Many = Annotated[list[_T], BeforeValidator(_as_list)]

# Documented as integer, but a measured quantity: docks have been seen sending fractions.
Number = int | float

# For fields beside one that is itself called `list`.
ListOf = list
