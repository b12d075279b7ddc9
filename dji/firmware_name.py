"""Names of firmware packages, like `WM265E_07.01.10.05.zip`, and versions as docks and aircraft report them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# DJI's release files: the product's internal code, the version in four numbers, sometimes a suffix
_NAME: Final = re.compile(
    r"(?P<code>[A-Z]{2,4}\d{2,5}[A-Z]{0,3})_(?P<version>\d{1,3}(?:\.\d{1,4}){2,3})(?:_[A-Za-z0-9._-]{0,64})?\.zip",
    re.ASCII | re.IGNORECASE,
)
_VERSION: Final = re.compile(r"\d{1,6}(?:\.\d{1,6}){1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FirmwareName:
    """What the name of a package says: `code` of the product in upper case, and the version as written."""

    code: str
    version: str


def parse_name(name: str) -> FirmwareName:
    """Read the name of a package. Raises ValueError that says what it should look like."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("not the name of a firmware package: it is CODE_VERSION.zip, like WM265E_07.01.10.05.zip")
    return FirmwareName(match["code"].upper(), match["version"])


def version_key(version: str) -> tuple[int, ...] | None:
    """The numbers of a version, for comparisons; None for text that is no version."""
    text = version.strip()
    return tuple(int(part) for part in text.split(".")) if _VERSION.fullmatch(text) else None


def same_version(one: str | None, other: str | None) -> bool:
    """Whether two versions are one: `07.01.10.05` and `7.1.10.5` are; nothing equals what was not said."""
    if not one or not other:
        return False
    first, second = version_key(one), version_key(other)
    if first is None or second is None:
        return one.strip() == other.strip()
    return first == second


def is_older(one: str | None, other: str) -> bool:
    """Whether `one` is a lower version than `other`; False where either is not known or no version."""
    first, second = version_key(one or ""), version_key(other)
    return first is not None and second is not None and first < second
