"""Nearest-neighbour queries: the documents whose vector is closest to a given one, by an exact scan."""

import math
from collections.abc import Iterable
from typing import Any

from .errors import invalid
from .fieldpaths import assign, parse
from .filters import View
from .transforms import number
from .values import vector_of
from .wire import Document, Value

EUCLIDEAN, COSINE, DOT_PRODUCT = 1, 2, 3
MAX_LIMIT = 1000
MAX_DIMENSIONS = 2048


def find_nearest(message: Any, views: Iterable[View]) -> list[View]:
    """The nearest of `views` as `FindNearest` asks. Raises INVALID_ARGUMENT for a malformed request."""
    field = parse(message.vector_field.field_path)
    raw = vector_of(message.query_vector)
    if raw is None or not 1 <= len(raw) <= MAX_DIMENSIONS:
        raise invalid(f"The query vector must be a vector of 1 to {MAX_DIMENSIONS} numbers.")
    wanted = _numbers(raw)
    if wanted is None:
        raise invalid("The query vector holds something that is no number.")
    if message.distance_measure not in (EUCLIDEAN, COSINE, DOT_PRODUCT):
        raise invalid("find_nearest needs a distance measure: EUCLIDEAN, COSINE or DOT_PRODUCT.")
    if not message.HasField("limit") or not 1 <= message.limit.value <= MAX_LIMIT:
        raise invalid(f"find_nearest needs a limit of 1 to {MAX_LIMIT}.")
    # A greater dot product is nearer; the others are distances.
    best_first = -1.0 if message.distance_measure == DOT_PRODUCT else 1.0
    found: list[tuple[float, View]] = []
    for view in views:
        value = view.value(field)
        stored = vector_of(value) if value is not None and value.HasField("map_value") else None
        numbers = None if stored is None else _numbers(stored)
        if numbers is None or len(numbers) != len(wanted):
            continue
        distance = _distance(message.distance_measure, numbers, wanted)
        if distance is None or (
            message.HasField("distance_threshold")
            and best_first * distance > best_first * message.distance_threshold.value
        ):
            continue
        found.append((distance, view))
    found.sort(key=lambda pair: best_first * pair[0])
    nearest = found[: message.limit.value]
    if not message.distance_result_field:
        return [view for _, view in nearest]
    result = parse(message.distance_result_field)
    return [_with_distance(view, result, distance) for distance, view in nearest]


def _numbers(values: Any) -> list[float] | None:
    found = [number(value) for value in values]
    return (
        None if any(figure is None for figure in found) else [float(figure) for figure in found if figure is not None]
    )


def _distance(measure: int, a: list[float], b: list[float]) -> float | None:
    if measure == EUCLIDEAN:
        return math.dist(a, b)
    dot = math.fsum(x * y for x, y in zip(a, b, strict=True))
    if measure == DOT_PRODUCT:
        return dot
    length = math.hypot(*a) * math.hypot(*b)
    return None if length == 0 else 1.0 - dot / length


def _with_distance(view: View, field: tuple[str, ...], distance: float) -> View:
    document = Document()
    document.CopyFrom(view.document)
    assign(document.fields, field, Value(double_value=distance))
    return View(document.SerializeToString(), b"")
