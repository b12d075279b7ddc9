"""The precedence of a dock's status, as a table."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from dji.properties.dock import DOCK_MODE
from dji.properties.values import AIRCRAFT_MODE
from store.dock_status import STATUSES, Said, Status, status_of

LIVE = {"live_status": [{"video_id": "a", "status": 0}, {"video_id": "b", "status": 1}]}
FLIES = {"mode_code": 5}
EVERYTHING: dict[str, Any] = {"mode_code": 3, "firmware_upgrade_status": 1, **LIVE}


@pytest.mark.parametrize(
    ("online", "dock", "aircraft", "status"),
    [
        (False, EVERYTHING, FLIES, "offline"),
        (False, {}, {}, "offline"),
        (True, EVERYTHING, FLIES, "upgrading"),
        (True, {**LIVE, "mode_code": 4, "firmware_upgrade_status": 1}, FLIES, "upgrading"),
        (True, {"mode_code": 0}, {"firmware_upgrade_status": 1}, "upgrading"),
        (True, {"mode_code": 0}, {"mode_code": 13}, "upgrading"),
        (True, {**LIVE, "mode_code": 4, "firmware_upgrade_status": 0}, FLIES, "in_operation"),
        (True, {**LIVE, "mode_code": 2}, FLIES, "debug"),
        (True, {"mode_code": 1}, {}, "debug"),
        (True, {**LIVE, "mode_code": 0}, FLIES, "flying"),
        (True, {"mode_code": 5}, {"mode_code": 17}, "flying"),
        (True, {**LIVE, "mode_code": 0}, {"mode_code": 0}, "streaming"),
        (True, {**LIVE, "mode_code": 5}, {}, "streaming"),
        (True, {"mode_code": 0, "live_status": []}, {"mode_code": 14}, "idle"),
        (True, {"mode_code": 0, "live_status": "none"}, {}, "idle"),
        (True, {"mode_code": 0, "live_status": [7, {"status": 0}]}, {}, "idle"),
        (True, {"mode_code": 5}, {"mode_code": 0}, "online"),
        (True, {"mode_code": 77}, {"mode_code": 77}, "online"),
        (True, {}, {}, "online"),
    ],
)
def test_the_first_that_is_true_counts(online: bool, dock: Any, aircraft: Any, status: str) -> None:
    assert status_of(Said(online, dock, aircraft)) == status


def test_the_order_is_that_of_the_tile() -> None:
    assert tuple(status for status, _ in STATUSES) == get_args(Status)


@pytest.mark.parametrize("mode", AIRCRAFT_MODE)
def test_every_mode_of_an_aircraft_is_in_the_air_or_not(mode: int) -> None:
    on_the_ground = {0: "idle", 1: "idle", 2: "idle", 13: "upgrading", 14: "idle"}
    assert status_of(Said(True, {"mode_code": 0}, {"mode_code": mode})) == on_the_ground.get(mode, "flying")


@pytest.mark.parametrize("mode", DOCK_MODE)
def test_every_mode_of_a_dock_has_its_word(mode: int) -> None:
    words = {0: "idle", 1: "debug", 2: "debug", 3: "upgrading", 4: "in_operation", 5: "online"}
    assert status_of(Said(True, {"mode_code": mode}, {})) == words[mode]
