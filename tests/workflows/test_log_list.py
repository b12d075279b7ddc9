"""What a reply to `fileupload_list` says, whatever unit the dock's clock has and whatever is missing from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.log_list import said_of

BEGAN = datetime(2026, 5, 4, 6, tzinfo=UTC)
SECONDS = int(BEGAN.timestamp())


def reply(*logs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"files": [{"device_sn": "D1", "module": "3", "result": 0, "list": list(logs), **more}]}


@pytest.mark.parametrize("unit", [1, 1000], ids=["seconds", "milliseconds"])
def test_times_are_read_in_either_unit(unit: int) -> None:
    (log,) = said_of(
        reply({"boot_index": 7, "start_time": SECONDS * unit, "end_time": (SECONDS + 60) * unit, "size": 5}), "dock"
    ).logs or []  # fmt: skip
    assert (log.begins_at, log.size) == (BEGAN, 5)
    assert log.ends_at == datetime(2026, 5, 4, 6, 1, tzinfo=UTC)


def test_the_newest_comes_first_and_what_is_no_log_is_left_out() -> None:
    found = said_of(
        reply({"boot_index": 1}, {"boot_index": 3, "start_time": 0, "size": "big"}, {}, {"boot_index": None}), "dock"
    )
    assert [(log.boot_index, log.begins_at, log.size) for log in found.logs or []] == [(3, None, None), (1, None, None)]


def test_a_device_that_cannot_say_says_why() -> None:
    found = said_of(reply(result=324015), "dock")
    assert found.logs is None
    assert "324015" in (found.error or "")
    assert said_of(reply(), "aircraft").error == "The dock said nothing of it"
    assert said_of({}, "dock").logs is None
    assert said_of(reply(), "dock").logs == []
