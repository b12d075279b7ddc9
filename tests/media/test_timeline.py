"""The joint clock of one push after another."""

from __future__ import annotations

from media.ingress import CLOCK_RATE, Timeline


class Clock:
    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def test_a_first_push_keeps_its_own_times() -> None:
    timeline = Timeline(Clock())
    timeline.begin()
    assert [timeline.place(pts) for pts in (0, 6000, 12_000)] == [0, 6000, 12_000]


def test_a_second_push_goes_on_after_the_time_that_passed() -> None:
    clock = Clock()
    timeline = Timeline(clock)
    timeline.begin()
    assert timeline.place(900_000) == 900_000
    clock.now += 2
    timeline.begin()
    assert timeline.place(0) == 900_000 + 2 * CLOCK_RATE
    assert timeline.place(3000) == 900_000 + 2 * CLOCK_RATE + 3000


def test_time_never_stands_still_between_pushes() -> None:
    timeline = Timeline(Clock())
    timeline.begin()
    assert timeline.place(100) == 100
    timeline.begin()
    assert timeline.place(0) > 100
