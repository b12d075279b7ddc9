"""Two rows of a table: what was measured, and its baseline beside it."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence

Row = tuple[str, Sequence[float]]


def high(found: Sequence[float], part: float) -> float:
    """The least of the figures that so many of them, from 0 to 1, do not exceed."""
    return sorted(found)[max(0, math.ceil(part * len(found)) - 1)]


def beside(ours: Row, base: Row, unit: str, *, part: float = 1.0, digits: int = 0) -> float:
    """Write the median and the `part` of each row's figures, which are in `unit`; the ratio of the medians."""
    width = max(len(ours[0]), len(base[0])) + 2
    second = "most" if part == 1 else f"p{part * 100:.0f}"
    sys.stdout.write(f"{'':<{width}}{f'median {unit}':>12}{f'{second} {unit}':>12}\n")
    for name, found in (ours, base):
        sys.stdout.write(f"{name:<{width}}{statistics.median(found):>12.{digits}f}{high(found, part):>12.{digits}f}\n")
    return statistics.median(ours[1]) / statistics.median(base[1])


def verdict(text: str, reached: float, goal: float) -> None:
    """Write a sentence that ends in whether the goal, at most so much, was reached."""
    sys.stdout.write(f"{text} (goal at most {goal:g}): {'ok' if reached <= goal else 'MISSED'}\n")
