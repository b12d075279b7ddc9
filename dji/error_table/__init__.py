"""The error codes, one table a group of modules, joined here. Look them up with `dji.errors.lookup`."""

from typing import Final

from dji.error_table import (
    cellular,
    cloud,
    dock,
    docks,
    firmware,
    flyto,
    live,
    media,
    payload,
    preparation,
    state,
    task,
    wayline,
)
from dji.error_table.entry import Entry, Fault

_TABLES = (
    cloud,
    firmware,
    task,
    docks,
    preparation,
    media,
    state,
    wayline,
    cellular,
    payload,
    flyto,
    live,
    dock,
)

ENTRIES: Final[dict[int, Entry]] = {code: entry for table in _TABLES for code, entry in table.CODES.items()}

__all__ = ["ENTRIES", "Entry", "Fault"]
