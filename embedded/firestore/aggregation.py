"""Aggregations over the results of a query: count, sum and average, each with the rules that Firestore documents."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .errors import invalid
from .fieldpaths import DOCUMENT_ID, FieldPath, parse
from .filters import View
from .transforms import number
from .wire import Value

MAX_AGGREGATIONS = 5
_MAX = 2**63 - 1
_MIN = -(2**63)


@dataclass(frozen=True, slots=True)
class Aggregation:
    """One of the asked-for figures; `field` is None for a count, `up_to` None without a bound."""

    alias: str
    kind: str
    field: FieldPath | None
    up_to: int | None


def parse_aggregations(messages: Any) -> list[Aggregation]:
    """Check the aggregations of a request. Raises INVALID_ARGUMENT."""
    if not messages:
        raise invalid("Aggregations can not be empty.")
    if len(messages) > MAX_AGGREGATIONS:
        raise invalid(f"A query has at most {MAX_AGGREGATIONS} aggregations; this one has {len(messages)}.")
    found: list[Aggregation] = []
    for index, message in enumerate(messages, 1):
        kind = message.WhichOneof("operator")
        alias = message.alias or f"field_{index}"
        if any(alias == other.alias for other in found):
            raise invalid(f'Aggregation aliases contain duplicate alias: "{alias}".')
        if kind == "count":
            up_to = message.count.up_to.value if message.count.HasField("up_to") else None
            if up_to is not None and up_to <= 0:
                raise invalid("up_to of a count must be greater than zero.")
            found.append(Aggregation(alias, kind, None, up_to))
        elif kind in ("sum", "avg"):
            field = parse(getattr(message, kind).field.field_path)
            if field == DOCUMENT_ID:
                raise invalid("__name__ cannot be summed or averaged.")
            found.append(Aggregation(alias, kind, field, None))
        else:
            raise invalid("An aggregation needs one of count, sum and avg.")
    return found


def counts_only(aggregations: list[Aggregation]) -> int | None:
    """How many results have to be seen if every figure is a count with a bound; None if all of them have to be."""
    bounds = [aggregation.up_to for aggregation in aggregations]
    return None if None in bounds else max(bound for bound in bounds if bound is not None)


def aggregate(aggregations: list[Aggregation], views: Iterable[View]) -> dict[str, Any]:
    """The figures by alias."""
    count = 0
    numbers: dict[FieldPath, list[int | float]] = {a.field: [] for a in aggregations if a.field is not None}
    for view in views:
        count += 1
        for field, found in numbers.items():
            value = view.value(field)
            if value is not None and (figure := number(value)) is not None:
                found.append(figure)
    figures: dict[str, Any] = {}
    for aggregation in aggregations:
        if aggregation.field is None:
            bounded = count if aggregation.up_to is None else min(count, aggregation.up_to)
            figures[aggregation.alias] = Value(integer_value=bounded)
        elif aggregation.kind == "sum":
            figures[aggregation.alias] = _sum(numbers[aggregation.field])
        else:
            found = numbers[aggregation.field]
            figures[aggregation.alias] = (
                Value(double_value=_total(found) / len(found)) if found else Value(null_value=0)
            )
    return figures


def _sum(found: list[int | float]) -> Any:
    """An integer if all are and the sum fits, a double otherwise."""
    total = sum(figure for figure in found if isinstance(figure, int))
    if all(isinstance(figure, int) for figure in found) and _MIN <= total <= _MAX:
        return Value(integer_value=total)
    return Value(double_value=_total(found))


def _total(found: list[int | float]) -> float:
    try:
        return math.fsum(found)
    except (OverflowError, ValueError):
        # fsum refuses infinities of both signs and sums beyond the range, which have an answer all the same.
        total = 0.0
        for figure in found:
            total += figure
        return total
