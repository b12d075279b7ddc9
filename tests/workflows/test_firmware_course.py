"""What a dock has said of its upgrade: which versions count, and when it is through. Pure."""

from __future__ import annotations

from activities.state.firmware import PushLook
from store.facts import FirmwareVersion, OtaProgress
from workflows.firmware_course import Course

OLD, NEW = "17.00.00.01", "17.01.20.01"


def said(status: str, result: int = 0) -> OtaProgress:
    return OtaProgress(sn="D", status=status, result=result)


def runs(version: str, last: OtaProgress | None = None, device: str = "D") -> FirmwareVersion:
    return FirmwareVersion(sn="D", device=device, version=version, last=last)


def ordered() -> Course:
    return Course(wanted={"D": NEW}, ordered=True)


def test_the_version_alone_is_success() -> None:
    course = ordered()
    course.took(said("ok"))
    assert course.installed
    assert not course.done
    course.took_version(runs(NEW))
    assert course.done


def test_what_is_told_before_the_order_does_not_count() -> None:
    course = Course(wanted={"D": NEW})
    course.took(said("ok"))
    course.took_version(runs(NEW))
    assert not course.installed
    assert not course.done


def test_what_is_told_before_the_outcome_of_the_order_counts_for_what_was_ordered() -> None:
    for version in (NEW, OLD):
        course = Course(ordered=True)
        course.took_version(runs("1", device="A"))
        course.took_version(runs(version, last=said("ok")))
        course.wants({"D": NEW})
        assert course.installed
        assert course.versions == ({"D": NEW} if version == NEW else {})
        assert course.done == (version == NEW)


def test_an_old_version_counts_against_it_only_after_it_was_through() -> None:
    course = ordered()
    course.took_version(runs(OLD))
    course.took(said("ok"))
    assert not course.differs, "that was before"
    course.took_version(runs(OLD))
    assert course.differs


def test_the_last_word_comes_with_the_version() -> None:
    for version in (NEW, OLD):
        course = ordered()
        course.took_version(runs(OLD))
        course.took_version(runs(version, last=said("ok")))
        assert course.installed
        assert (course.done, course.differs) == (version == NEW, version == OLD)


def test_a_last_word_that_is_told_again_forgets_no_version() -> None:
    course = ordered()
    course.took_version(runs(OLD, last=said("ok")))
    course.took(said("ok"))
    assert course.differs


def test_a_look_that_finds_it_through_waits_for_the_version_of_after() -> None:
    course = ordered()
    course.looked(PushLook(online=True, versions={"D": OLD, "A": "1"}, status="ok"))
    assert course.installed
    assert not course.differs
    course.looked(PushLook(online=True, versions={"D": OLD}, status="ok"))
    assert course.differs


def test_another_device_is_no_concern_of_it() -> None:
    course = ordered()
    course.took_version(runs(OLD, last=said("ok"), device="A"))
    assert course.installed
    assert not course.versions
