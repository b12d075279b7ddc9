"""What a rollout does next, as properties of any plan and any course."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.firmware import PushStatus, RolloutPlan, Window
from timings import Timings
from workflows.inputs import RolloutCourse
from workflows.rollout_plan import DONE, faults, next_step, opens_in, pause_before, retriable, waves_of

TIMINGS = Timings()
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()


@st.composite
def plans(draw: st.DrawFn) -> RolloutPlan:
    steps = sorted(draw(st.sets(st.integers(1, 100), max_size=4)))
    canary = draw(st.none() | st.integers(1, 20))
    return RolloutPlan(
        canary=canary,
        canary_percent=draw(st.none() | st.integers(1, 100)) if canary is None else None,
        steps=steps,
        at_once=draw(st.integers(1, 12)),
        soak=draw(st.sampled_from([0, 60])),
        abort_after=draw(st.none() | st.integers(0, 5)),
        abort_percent=draw(st.none() | st.integers(0, 100)),
    )


docks = st.integers(1, 60).map(lambda count: [f"SN{number:03d}" for number in range(count)])
ends = st.lists(st.sampled_from(["succeeded", "succeeded", "failed", "skipped", "waiting"]), min_size=60, max_size=60)


@given(docks, plans())
def test_every_dock_is_in_one_wave_and_in_its_order(sns: list[str], plan: RolloutPlan) -> None:
    waves = waves_of(sns, plan)
    assert [sn for wave in waves for sn in wave] == sns
    assert all(waves)
    if plan.canary is not None and plan.canary < len(sns):
        assert len(waves[0]) == plan.canary


@given(docks, plans(), ends)
def test_any_course_keeps_the_bound_starts_a_dock_once_and_comes_to_rest(
    sns: list[str], plan: RolloutPlan, outcomes: list[PushStatus]
) -> None:
    waves = waves_of(sns, plan)
    of_wave = {sn: number for number, wave in enumerate(waves) for sn in wave}
    course = RolloutCourse(docks=dict.fromkeys(sns, "pending"))
    outcome = dict(zip(sns, outcomes, strict=False))
    started: list[str] = []
    running: list[str] = []
    at = NOON
    for _ in range(1000):
        step = next_step(plan, waves, course, at, TIMINGS)
        for sn in step.start:
            assert of_wave[sn] <= course.wave
            course.docks[sn] = "running"
        started += step.start
        running += step.start
        assert len(running) <= plan.at_once
        if running:
            sn = running.pop(0)
            course.docks[sn] = outcome[sn]
        elif step.status == "halted":
            assert step.reason
            course.halted, course.passed = None, course.wave
            course.forgiven = sum(status == "failed" for status in course.docks.values())
        elif step.status == "waiting" and course.wave + 1 < len(waves):
            course.passed = course.wave
        elif step.status in ("attention", "waiting", "completed"):
            break
        else:
            assert step.until is not None
            at = step.until
    assert sorted(started) == sorted(set(started)) == sorted(sns)
    assert set(course.docks.values()) <= DONE | {"waiting"}
    last = next_step(plan, waves, course, at + 2 * TIMINGS.firmware_attention, TIMINGS)
    assert last.status == "completed"


@given(docks, plans())
def test_a_canary_that_proves_nothing_stops_the_rest(sns: list[str], plan: RolloutPlan) -> None:
    waves = waves_of(sns, plan)
    course = RolloutCourse(docks=dict.fromkeys(sns, "pending") | dict.fromkeys(waves[0], "failed"))
    step = next_step(plan, waves, course, NOON, TIMINGS)
    assert step.start == []
    assert step.status == ("halted" if len(waves) > 1 or course.halted else "attention")


def test_paused_or_cancelled_nothing_starts_and_what_runs_is_waited_for() -> None:
    plan = RolloutPlan()
    course = RolloutCourse(docks={"A": "running", "B": "pending"}, paused=True)
    assert next_step(plan, [["A", "B"]], course, NOON, TIMINGS).start == []
    course.cancelled = True
    assert next_step(plan, [["A", "B"]], course, NOON, TIMINGS).status == "cancelling"
    course.docks = {"A": "succeeded", "B": "cancelled"}
    assert next_step(plan, [["A", "B"]], course, NOON, TIMINGS).status == "cancelled"


def test_a_retry_runs_although_the_rollout_is_halted() -> None:
    course = RolloutCourse(docks={"A": "pending", "B": "pending"}, halted="too many", again=["A"])
    step = next_step(RolloutPlan(), [["A", "B"]], course, NOON, TIMINGS)
    assert (step.status, step.start) == ("halted", ["A"])


def test_only_failed_docks_are_retried_together_and_never_one_that_succeeded() -> None:
    course = RolloutCourse(docks={"A": "failed", "B": "succeeded", "C": "skipped"})
    assert retriable(course, None) == ["A"]
    assert retriable(course, "C") == ["C"]
    assert retriable(course, "B") == []


minutes = st.integers(0, 24 * 60 - 1)


@given(minutes, minutes, st.integers(0, 400 * 86_400), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]))
def test_a_window_that_is_closed_opens_when_it_says(start: int, end: int, after: int, zone: str) -> None:
    window = Window(start=_hour(start), end=_hour(end), zone=zone)
    at = NOON + after
    pause = opens_in(window, at)
    assert 0 <= pause <= 25 * 3600
    if start != end:
        assert opens_in(window, at + pause) <= 3600  # an hour that summer time skips


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (RolloutPlan(canary=1, canary_percent=5), "canary_percent"),
        (RolloutPlan(steps=[50, 20]), "steps"),
        (RolloutPlan(steps=[0]), "steps"),
        (RolloutPlan(window=Window(start="25:00", end="05:00")), "window.start"),
        (RolloutPlan(window=Window(start="05:00", end="05:00")), "window.end"),
        (RolloutPlan(window=Window(start="01:00", end="05:00", zone="Mars/Base")), "window.zone"),
    ],
)
def test_a_fault_names_its_field(plan: RolloutPlan, field: str) -> None:
    assert field in [name for name, _ in faults(plan)]


def test_pauses_double_up_to_a_bound() -> None:
    quick = [pause_before(attempt, slow=False, timings=TIMINGS) for attempt in (2, 3, 4, 20)]
    assert quick == [60, 120, 240, 1800]
    assert pause_before(2, slow=True, timings=TIMINGS) == 600
