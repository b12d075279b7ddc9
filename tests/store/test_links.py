"""A link is given again for a short part of its life, and not beyond."""

from __future__ import annotations

import itertools

from store.links import KEPT, SharedLinks

HOUR, WEEK = 3600, 604_800


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


def test_the_same_link_is_given_for_a_hundredth_of_its_life_and_for_a_minute_at_most() -> None:
    clock, numbers = Clock(), itertools.count()
    links, began = SharedLinks(clock), clock.at
    for life, same in ((HOUR, 35.9), (WEEK, 59.9), (60, 0.59)):
        clock.at = began
        first = links.given(life, life, lambda: str(next(numbers)))
        clock.at = began + same
        assert links.given(life, life, lambda: str(next(numbers))) == first
        clock.at = began + same + 0.2
        assert links.given(life, life, lambda: str(next(numbers))) != first


def test_what_is_asked_otherwise_is_another_link() -> None:
    links = SharedLinks()
    asked = [("a", HOUR, None), ("b", HOUR, None), ("a", WEEK, None), ("a", HOUR, "a.zip")]
    given = [links.given(each, each[1], lambda each=each: repr(each)) for each in asked]  # type: ignore[misc]
    assert given == [repr(each) for each in asked]


def test_a_clock_that_is_set_back_makes_a_new_link() -> None:
    clock, numbers = Clock(), itertools.count()
    links = SharedLinks(clock)
    first = links.given("a", HOUR, lambda: str(next(numbers)))
    clock.at -= 1
    assert links.given("a", HOUR, lambda: str(next(numbers))) != first


def test_only_so_many_are_kept() -> None:
    links, signed = SharedLinks(), itertools.count()
    for number in range(KEPT + 1):
        links.given(number, WEEK, lambda: str(next(signed)))
    assert len(links._links) <= KEPT
    assert links.given(KEPT, WEEK, lambda: str(next(signed))) == str(KEPT), "the newest is still there"
