"""What a rollout does next: pure functions of its plan, its course and the time. No workflow code, no I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from store.firmware import RETRIABLE, Counts, PushStatus, RolloutPlan, RolloutStatus, Window
from timings import Timings
from workflows.inputs import RolloutCourse

DONE: Final[frozenset[PushStatus]] = frozenset({"succeeded", "failed", "skipped", "cancelled"})
_HOUR: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def faults(plan: RolloutPlan) -> list[tuple[str, str]]:
    """What is wrong with a plan: (field, sentence) each; empty for a good one."""
    found: list[tuple[str, str]] = []
    if plan.canary is not None and plan.canary_percent is not None:
        found.append(("canary_percent", "give canary or canary_percent, not both"))
    if any(not 1 <= step <= 100 for step in plan.steps):
        found.append(("steps", "each is a percentage from 1 to 100"))
    elif any(one >= other for one, other in zip(plan.steps, plan.steps[1:], strict=False)):
        found.append(("steps", "each is the percentage reached so far, so they have to grow"))
    if plan.window is not None:
        found += [
            (f"window.{name}", "an hour of the day is HH:MM, from 00:00 to 23:59")
            for name in ("start", "end")
            if _HOUR.fullmatch(getattr(plan.window, name)) is None
        ]
        if plan.window.start == plan.window.end:
            found.append(("window.end", "the window has no length: start and end are the same"))
        if _zone(plan.window.zone) is None:
            found.append(("window.zone", f"{plan.window.zone} is no time zone; give one like Europe/Berlin"))
    return found


def waves_of(docks: Sequence[str], plan: RolloutPlan) -> list[list[str]]:
    """The docks in waves, in their order, each in one: the canary first, then as the steps say, then the rest."""
    total = len(docks)
    ends: list[int] = []
    if plan.canary is not None:
        ends.append(plan.canary)
    elif plan.canary_percent is not None:
        ends.append(_share(total, plan.canary_percent))
    ends += [_share(total, step) for step in plan.steps]
    waves, start = [], 0
    for end in [*ends, total]:
        stop = min(max(end, start), total)
        if stop > start:
            waves.append(list(docks[start:stop]))
            start = stop
    return waves


def _share(total: int, percent: int) -> int:
    return math.ceil(total * percent / 100)


def counts_of(docks: Iterable[PushStatus]) -> Counts:
    found: dict[str, int] = {}
    for status in docks:
        found[status] = found.get(status, 0) + 1
    return Counts.model_validate(found)


def too_many_failed(plan: RolloutPlan, course: RolloutCourse) -> str | None:
    """Why the rollout has to halt; None while it may go on. Those that a person has accepted do not count."""
    failed = sum(status == "failed" for status in course.docks.values())
    new = failed - min(course.forgiven, failed)
    if plan.abort_after is not None and new > plan.abort_after:
        return f"{_failed(new)}, {plan.abort_after} may"
    total = len(course.docks)
    if plan.abort_percent is not None and new * 100 > plan.abort_percent * total:
        return f"{_failed(new, total)}, {plan.abort_percent} % may"
    return None


def opens_in(window: Window | None, at: float) -> float:
    """Seconds until pushes may start; 0 where they may at `at` (epoch s). Hours are those of the window's zone."""
    if window is None:
        return 0.0
    zone = _zone(window.zone) or UTC
    local = datetime.fromtimestamp(at, zone)
    start, end, now = _minutes(window.start), _minutes(window.end), local.hour * 60 + local.minute
    inside = start <= now < end if start < end else now >= start or now < end
    if inside:
        return 0.0
    opening = local.replace(hour=start // 60, minute=start % 60, second=0, microsecond=0)
    if opening <= local:
        opening += timedelta(days=1)
    # By the clock on the wall: a day with a change to summer time has 23 hours
    return max(1.0, opening.timestamp() - at)


def _minutes(hour: str) -> int:
    match = _HOUR.fullmatch(hour)
    return int(match[1]) * 60 + int(match[2]) if match is not None else 0


@lru_cache(64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def pause_before(attempt: int, *, slow: bool, timings: Timings) -> float:
    """Seconds before attempt `attempt` (2 is the first that waits): doubles, and longer where something has to pass."""
    first = timings.firmware_retry_slow if slow else timings.firmware_retry_first
    return float(min(first * 2.0 ** max(0, attempt - 2), max(first, timings.firmware_retry_most)))


@dataclass(slots=True)
class Step:
    """What comes next. `until` is the time (epoch s) at which to ask again where nothing happens before."""

    status: RolloutStatus
    phase: str
    start: list[str] = field(default_factory=list)
    until: float | None = None
    reason: str | None = None


def next_step(plan: RolloutPlan, waves: list[list[str]], course: RolloutCourse, at: float, timings: Timings) -> Step:
    """Decide, and move `course` on where a wave is done. Those in `start` are for the caller to start."""
    running = sum(status == "running" for status in course.docks.values())
    if course.cancelled:
        return Step("cancelling", _to_the_end(running)) if running else Step("cancelled", "cancelled")
    if course.halted is None:
        course.halted = too_many_failed(plan, course)
    if course.paused:
        return Step("paused", _runs("paused", running))
    free = max(0, plan.at_once - running)
    asked = [sn for sn in course.again if course.docks[sn] == "pending"]
    if course.halted is not None:
        return _in_hours(plan, Step("halted", _runs("halted", running), asked[:free], None, course.halted), at)
    back = [sn for sn in course.again if course.docks[sn] == "waiting"]
    first = [*asked, *back]
    while True:
        name = f"wave {course.wave + 1} of {len(waves)}"
        soaks = course.soak_until is not None and at < course.soak_until
        wave = waves[course.wave] if not soaks else []
        chosen = set(first)
        ready = [*first, *(sn for sn in wave if course.docks[sn] == "pending" and sn not in chosen)]
        if ready or running:
            if ready and free > 0:
                course.rest_since = None
            return _in_hours(plan, Step("running", name, ready[:free], course.soak_until if soaks else None), at)
        if soaks:
            return Step("running", f"soak before {name}", until=course.soak_until)
        held = _unproven(course, waves)
        if held is not None:
            return held
        if course.wave + 1 >= len(waves):
            return _rest(course, at, timings)
        course.wave += 1
        course.soak_until = at + plan.soak if plan.soak else None


def _runs(word: str, running: int) -> str:
    return f"{word}, {_to_the_end(running)}" if running else word


def _to_the_end(running: int) -> str:
    return f"{_docks(running)} {'runs to its' if running == 1 else 'run to their'} end"


def _failed(count: int, total: int | None = None) -> str:
    return f"{_docks(count, total)} {'has' if count == 1 else 'have'} failed"


def _docks(count: int, total: int | None = None) -> str:
    number = f"{count} of {total}" if total is not None else str(count)
    return f"{number} dock{'' if (total or count) == 1 else 's'}"


def _in_hours(plan: RolloutPlan, step: Step, at: float) -> Step:
    """No push starts outside the window; what runs goes on."""
    closed = opens_in(plan.window, at) if step.start else 0.0
    if closed:
        step.start, step.until = [], at + closed
        step.phase = f"{step.phase}, outside its hours"
    return step


def _unproven(course: RolloutCourse, waves: list[list[str]]) -> Step | None:
    """A wave in which no dock succeeded has proven nothing: the next one waits for a dock, or for a person."""
    statuses = [course.docks[sn] for sn in waves[course.wave]]
    last = course.wave + 1 >= len(waves)
    if last or course.passed >= course.wave or "succeeded" in statuses:
        return None
    number = course.wave + 1
    if "waiting" in statuses:
        reason = f"no dock of wave {number} has succeeded yet; those offline are waited for"
        return Step("waiting", f"wave {number} waits for its docks", reason=reason)
    course.halted = f"no dock of wave {number} has succeeded"
    return Step("halted", "halted", reason=course.halted)


def _rest(course: RolloutCourse, at: float, timings: Timings) -> Step:
    """Nothing is left to start. Offline docks and failed ones keep the rollout open for a while."""
    counts = counts_of(course.docks.values())
    if not counts.waiting and not counts.failed:
        return Step("completed", "completed")
    if course.rest_since is None:
        course.rest_since = at
    until = course.rest_since + timings.firmware_attention
    if at >= until:
        return Step("completed", "completed", reason="its time for retries has passed")
    if counts.waiting:
        are = "is" if counts.waiting == 1 else "are"
        return Step("waiting", f"{_docks(counts.waiting)} {are} offline", until=until)
    them = "it" if counts.failed == 1 else "them"
    return Step("attention", _failed(counts.failed), until=until, reason=f"retry {them}, or leave {them}")


def retriable(course: RolloutCourse, sn: str | None) -> list[str]:
    """Docks that a retry of `sn`, or of all that failed, is about."""
    if sn is None:
        return [name for name, status in course.docks.items() if status == "failed"]
    return [sn] if course.docks.get(sn) in RETRIABLE else []
