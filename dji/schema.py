"""A model's fields as a table: what is expected under each key of the wire."""

from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import AliasChoices, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from dji.fields import Spec
from dji.model import Model

Type = Literal["integer", "number", "text", "boolean", "object", "any"]

_SCALARS: dict[object, Type] = {int: "integer", float: "number", str: "text", bool: "boolean"}
_NUMBERS = frozenset({"integer", "number"})
_NO_SPEC = Spec("")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field: its attribute and wire names, its type, and, for an object, its model.

    `many` says that it is an array of that type, `or_one` that some tables print it as a single object.
    """

    name: str
    wire: str
    spellings: tuple[str, ...]
    model: type[Model] | None
    type: Type
    many: bool
    or_one: bool
    spec: Spec
    adapter: TypeAdapter[Any] | None


@cache
def table(model: type[Model]) -> dict[str, Leaf]:
    """The fields of a model by wire key, misspelled keys included."""
    leaves = [_leaf(name, info) for name, info in model.model_fields.items()]
    by_key = {leaf.wire: leaf for leaf in leaves}
    for leaf in leaves:
        for spelling in leaf.spellings:
            by_key.setdefault(spelling, leaf)
    return by_key


def _leaf(name: str, info: FieldInfo) -> Leaf:
    wire = info.serialization_alias or name
    alias = info.validation_alias
    spellings = tuple(str(choice) for choice in alias.choices) if isinstance(alias, AliasChoices) else ()
    kind, many, model = _read(info.annotation)
    adapter: TypeAdapter[Any] | None = None
    if model is None:
        adapter = TypeAdapter(cast(Any, info.annotation), config=ConfigDict(coerce_numbers_to_str=True))
    spec = next((item for item in info.metadata if isinstance(item, Spec)), _NO_SPEC)
    return Leaf(
        name,
        wire,
        (*spellings, name),
        model,
        kind,
        many,
        many and "BeforeValidator" in repr(info.annotation),
        spec,
        adapter,
    )


def _read(annotation: Any) -> tuple[Type, bool, type[Model] | None]:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not NoneType]
        if len(options) > 1:
            kinds = {_read(option)[0] for option in options}
            return ("number" if kinds <= _NUMBERS else "any"), False, None
        return _read(options[0])
    if get_origin(annotation) is list:
        kind, _, model = _read(get_args(annotation)[0])
        return kind, True, model
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return "object", False, annotation
    return _SCALARS.get(annotation, "any"), False, None
