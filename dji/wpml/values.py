"""The texts of simple elements, read strictly and written in one way only."""

import math
import re
from decimal import Decimal
from typing import Any

from dji.wpml.element import Kind, Place, Position

_NUMBER = re.compile(r"[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"([+-]?\d{1,18})(?:\.0{0,6})?", re.ASCII)
_FLAGS = {"0": False, "1": True, "false": False, "true": True}


def read(kind: Kind, text: str) -> Any:
    """The value of a text. Raises ValueError with words for people."""
    match kind:
        case Kind.TEXT:
            return text
        case Kind.INTEGER:
            return _integer(text)
        case Kind.NUMBER:
            return _number(text)
        case Kind.FLAG:
            if text.lower() not in _FLAGS:
                raise ValueError(f"{_shown(text)} is neither 0 nor 1.")
            return _FLAGS[text.lower()]
        case Kind.WORDS:
            return tuple(word for word in (part.strip() for part in text.split(",")) if word)
        case Kind.PLACE:
            return _place(text)
        case Kind.POSITIONS:
            return tuple(_position(part) for part in re.sub(r"\s*,\s*", ",", text).split())
    raise TypeError(kind)


def write(kind: Kind, value: Any) -> str:
    """The text of a value."""
    match kind:
        case Kind.TEXT:
            return str(value)
        case Kind.INTEGER:
            return str(int(value))
        case Kind.NUMBER:
            return decimal(value)
        case Kind.FLAG:
            return "1" if value else "0"
        case Kind.WORDS:
            return ",".join(value)
        case Kind.PLACE:
            return ",".join(decimal(part) for part in value if part is not None)
        case Kind.POSITIONS:
            return " ".join(",".join(decimal(part) for part in each if part is not None) for each in value)
    raise TypeError(kind)


def decimal(value: float) -> str:
    """The shortest decimal that reads back as the same float: no exponent, no needless zero."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that a route file can hold.")
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _integer(text: str) -> int:
    match = _INTEGER.fullmatch(text)
    if match is None:
        raise ValueError(f"{_shown(text)} is no whole number.")
    return int(match.group(1))


def _number(text: str) -> float:
    if _NUMBER.fullmatch(text) is None or not math.isfinite(float(text)):
        raise ValueError(f"{_shown(text)} is no number.")
    return float(text)


def _numbers(text: str) -> list[float]:
    parts = [part.strip() for part in text.split(",")]
    if not 2 <= len(parts) <= 3:
        raise ValueError(f"{_shown(text)} has {len(parts)} parts where 2 or 3 belong.")
    return [_number(part) for part in parts]


def _in_range(lat: float, lon: float, first: str) -> None:
    if not -90 <= lat <= 90:
        raise ValueError(f"Latitude {decimal(lat)} is outside -90 to 90 ({first} comes first here).")
    if not -180 <= lon <= 180:
        raise ValueError(f"Longitude {decimal(lon)} is outside -180 to 180 ({first} comes first here).")


def _position(text: str) -> Position:
    lon, lat, *rest = _numbers(text)
    _in_range(lat, lon, "longitude")
    return Position(lon, lat, rest[0] if rest else None)


def _place(text: str) -> Place:
    lat, lon, *rest = _numbers(text)
    _in_range(lat, lon, "latitude")
    return Place(lat, lon, rest[0] if rest else None)
