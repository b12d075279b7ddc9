"""What the simulated aircraft sees, and how it says so in its video."""

from __future__ import annotations

import pytest

from dji.ai_sei import OVER_AGORA, OVER_WHIP, AiPicture, messages, read
from simulator.ai import TARGETS, TRACKING
from simulator.dock import SimDock


def seen(dock: SimDock, at: int = 0) -> AiPicture | None:
    """What the SEI of a picture says."""
    units = dock.ai.units(at)
    if not units:
        return None
    ((_, payload),) = messages(units[0])
    return read(payload)


def test_nothing_is_said_until_it_is_switched_on() -> None:
    dock = SimDock(model="dock3")
    assert seen(dock) is None
    dock.ai.on = True
    picture = seen(dock, 1500)
    assert picture is not None
    assert picture.at == 1500
    assert {box.kind for box in picture.boxes} == {2, 3, 4}


def test_filters_and_score_choose_what_is_shown() -> None:
    dock = SimDock(model="dock3")
    dock.ai.on, dock.ai.filters, dock.ai.score = True, [2], 70
    picture = seen(dock)
    assert picture is not None
    assert [box.id for box in picture.boxes] == [1]
    assert picture.counts == {2: 1}
    dock.ai.score = 0
    assert (seen(dock) or picture).counts == {2: 2}


def test_targets_move_and_stay_in_the_picture() -> None:
    dock = SimDock(model="dock3")
    dock.ai.on, dock.ai.filters, dock.ai.score = True, [1, 2, 3, 4], 0
    places = set()
    for at in range(0, 40_000, 500):
        picture = seen(dock, at)
        assert picture is not None
        assert len(picture.boxes) == len(TARGETS)
        for box in picture.boxes:
            places.add((box.x, box.y))
            assert box.width / 2 <= box.x <= 10_000 - box.width / 2
            assert box.height / 2 <= box.y <= 10_000 - box.height / 2
    assert len(places) > 100


def test_what_is_followed_is_named() -> None:
    dock = SimDock(model="dock3")
    dock.ai.on, dock.ai.tracking, dock.ai.target = True, TRACKING, 3
    assert (seen(dock) or AiPicture(0)).track == 3


@pytest.mark.parametrize(("marker", "kind"), [("whip", OVER_WHIP), ("agora", OVER_AGORA)])
def test_either_marker(marker: str, kind: int) -> None:
    dock = SimDock(model="dock3", sei_marker=marker)
    dock.ai.on = True
    assert [found for found, _ in messages(dock.ai.units(0)[0])] == [kind]
