"""Field transforms: what a field becomes on the server, and the value that the write's result reports."""

from collections.abc import Callable
from typing import Any

from .errors import invalid
from .fieldpaths import assign, lookup, parse
from .limits import check_value
from .values import sort_key
from .wire import ArrayValue, Value, timestamp

_MAX = 2**63 - 1
_MIN = -(2**63)
_NUMBERS = ("integer_value", "double_value")


def apply_transform(fields: Any, transform: Any, time: int) -> Any:
    """Apply one `FieldTransform` to a map of fields at commit time `time` (microseconds); returns its result value.

    Raises INVALID_ARGUMENT for a transform without a kind, an operand that is no number or a bad field path.
    """
    path = parse(transform.field_path)
    if path == ("__name__",):
        raise invalid("The document's name cannot be transformed.")
    kind = transform.WhichOneof("transform_type")
    step = _STEPS.get(kind)
    if step is None:
        raise invalid(f"The transform of field {transform.field_path} has no kind.")
    value, result = step(lookup(fields, path), transform, time)
    assign(fields, path, value)
    return result


def _server_value(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    if transform.set_to_server_value != 1:
        raise invalid(f"The transform of field {transform.field_path} names an unknown server value.")
    value = Value(timestamp_value=timestamp(time))
    return value, value


def number(value: Any) -> int | float | None:
    """The number of a value, or None if it is none."""
    if value.HasField("integer_value"):
        whole: int = value.integer_value
        return whole
    if value.HasField("double_value"):
        real: float = value.double_value
        return real
    return None


def _operand(operand: Any, transform: Any) -> int | float:
    found = number(operand)
    if found is None:
        raise invalid(f"The transform of field {transform.field_path} needs an integer or a double.")
    return found


def _increment(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    by = _operand(transform.increment, transform)
    base = None if current is None else number(current)
    if base is None:
        return transform.increment, transform.increment
    if isinstance(base, int) and isinstance(by, int):
        value = Value(integer_value=max(_MIN, min(_MAX, base + by)))
    else:
        value = Value(double_value=float(base) + float(by))
    return value, value


def _extreme(current: Any, operand: Any, transform: Any, largest: bool) -> tuple[Any, Any]:
    _operand(operand, transform)
    if current is None or number(current) is None:
        return operand, operand
    old, new = sort_key(current), sort_key(operand)
    # NaN wins both ways, and sorts before every number; of two equal numbers the stored one stays.
    if number(operand) != number(operand) or number(current) != number(current):
        winner = operand if number(operand) != number(operand) else current
    else:
        winner = operand if (new > old if largest else new < old) else current
    value = Value()
    value.CopyFrom(winner)
    return value, value


def _maximum(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    return _extreme(current, transform.maximum, transform, True)


def _minimum(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    return _extreme(current, transform.minimum, transform, False)


def _elements(current: Any) -> list[Any]:
    return list(current.array_value.values) if current is not None and current.HasField("array_value") else []


def _append(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    kept = _elements(current)
    seen = {sort_key(element) for element in kept}
    for element in transform.append_missing_elements.values:
        check_value(element, transform.field_path, 2, in_array=True)
        key = sort_key(element)
        if key not in seen:
            seen.add(key)
            kept.append(element)
    return Value(array_value=ArrayValue(values=kept)), Value(null_value=0)


def _remove(current: Any, transform: Any, time: int) -> tuple[Any, Any]:
    gone = {sort_key(element) for element in transform.remove_all_from_array.values}
    kept = [element for element in _elements(current) if sort_key(element) not in gone]
    return Value(array_value=ArrayValue(values=kept)), Value(null_value=0)


_STEPS: dict[str | None, Callable[[Any, Any, int], tuple[Any, Any]]] = {
    "set_to_server_value": _server_value,
    "increment": _increment,
    "maximum": _maximum,
    "minimum": _minimum,
    "append_missing_elements": _append,
    "remove_all_from_array": _remove,
}
