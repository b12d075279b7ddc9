"""Reading what a dock said into a model, however it said it."""

from typing import Any, TypeVar, cast

from pydantic import ValidationError

from dji.model import BARE, Body, Model
from dji.schema import Leaf, table

# Besides its own error, pydantic lets through what Python says of integers of thousands of digits, and of halves of
# surrogate pairs.
UNFIT = (ValueError, TypeError, OverflowError, RecursionError)

_M = TypeVar("_M", bound=Model)
_B = TypeVar("_B", bound=Body)


def read(model: type[_B], data: Any) -> _B:
    """Make a method's model from its data. Takes anything that came out of JSON, and never raises."""
    data = model.from_wire(data)
    if type(data) is not dict:
        # "No data" is printed as null, {}, "" or left out.
        data = {} if data is None or data == "" else {BARE: data}
    return fit(model, data)


def fit(model: type[_M], data: dict[str, Any]) -> _M:
    """Make a model from an object of JSON: in one go where all fits, else without what does not."""
    try:
        made: _M = model.__pydantic_validator__.validate_python(data)
    except ValidationError as error:
        return _mend(model, data, error) or _build(model, data)
    except UNFIT:
        if not model.__pydantic_complete__:
            # Models are built at their first use, for which pydantic wants a call stack of some depth.
            model.model_rebuild()
            return fit(model, data)
        return _build(model, data)
    if made.__pydantic_extra__ and any(key.endswith(":") for key in made.__pydantic_extra__):
        return _build(model, data)
    return made


def _mend(model: type[_M], data: dict[str, Any], error: ValidationError) -> _M | None:
    """Set the fields apart that pydantic refused, and look at each of them again. None if that is not all."""
    leaves = table(model)
    try:
        places = [problem["loc"] for problem in error.errors(include_url=False, include_input=False)]
        unfit = {leaves[str(place[0])].name for place in places}
        apart = {key: said for key, said in data.items() if key in leaves and leaves[key].name in unfit}
        made: _M = model.__pydantic_validator__.validate_python(
            {key: said for key, said in data.items() if key not in apart}
        )
    except (*UNFIT, LookupError):
        return None
    extra = made.__pydantic_extra__
    if extra is None or any(key.endswith(":") for key in extra):
        return None
    for key, said in apart.items():
        _put(made, leaves[key], said, extra)
    return made


def _build(model: type[_M], data: dict[str, Any]) -> _M:
    """Field by field: what fits is taken, what does not is kept as it came."""
    leaves = table(model)
    extra: dict[str, Any] = {}
    made = cast(_M, model.model_construct())
    made.__pydantic_extra__ = extra
    for key, said in data.items():
        leaf = leaves.get(key) or leaves.get(key.removesuffix(":"))
        if leaf is None:
            extra[key] = said
        else:
            _put(made, leaf, said, extra)
    return made


def _put(made: Model, leaf: Leaf, said: Any, extra: dict[str, Any]) -> None:
    fits, value = _fit(leaf, said)
    if fits:
        made.__dict__[leaf.name] = value
        made.__pydantic_fields_set__.add(leaf.name)
    else:
        extra[leaf.wire] = said


def _fit(leaf: Leaf, said: Any) -> tuple[bool, Any]:
    if said is None:
        return True, None
    if leaf.model is not None:
        return _fit_model(leaf, leaf.model, said)
    assert leaf.adapter is not None
    try:
        return True, leaf.adapter.validate_python(said)
    except UNFIT:
        # A fraction where an integer is documented is still a number to reckon with.
        return type(said) is float and leaf.type == "integer" and not leaf.many, said


def _fit_model(leaf: Leaf, model: type[Model], said: Any) -> tuple[bool, Any]:
    if leaf.many:
        items = [said] if isinstance(said, dict) else said
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return False, None
        return True, [fit(model, item) for item in items]
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return (True, fit(model, said)) if isinstance(said, dict) else (False, None)
