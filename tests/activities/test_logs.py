"""What became of a file of logs: by the bucket where it has it, by the dock's word where it has not."""

from __future__ import annotations

import pytest

from activities.state.logs import judge, status_of
from store.document import now
from store.facts import LogEnd
from store.logs import FileStatus, LogFile
from store.objects import ObjectInfo

MD5 = "0" * 32
FILE = LogFile(device="dock", device_sn="D1", object_key="logs/o/D1/u/dock.log", boots=[1], listed=7)
THERE = ObjectInfo(FILE.object_key, 9, MD5, MD5, None, now())
IN_PARTS = ObjectInfo(FILE.object_key, 9, None, "abc-2", None, now())


def end(**said: object) -> LogEnd:
    return LogEnd.model_validate({"device": "dock", "status": "ok", **said})


@pytest.mark.parametrize(
    ("said", "found", "outcome", "status", "words"),
    [
        (end(size=9, md5=MD5), THERE, "ended", "ok", None),
        (end(size=9, md5=MD5.upper()), THERE, "ended", "ok", None),
        (end(size=9, md5="f" * 32), IN_PARTS, "ended", "ok", None),
        (end(), THERE, "ended", "ok", None),
        (None, THERE, "silent", "ok", None),
        (end(status="in_progress", size=100), THERE, "cancelled", "ok", None),
        (end(size=8), THERE, "ended", "failed", "9 bytes in the bucket, the dock says 8"),
        (end(md5="f" * 32), THERE, "ended", "failed", "MD5"),
        (end(), None, "ended", "failed", "the bucket does not have it"),
        (end(status="failed", result=324019), THERE, "ended", "failed", "network"),
        (None, None, "silent", "failed", "has not come"),
        (None, None, "cancelled", "cancelled", "called off"),
    ],
)
def test_a_file_has_come_when_the_bucket_has_it_as_the_dock_sent_it(
    said: LogEnd | None, found: ObjectInfo | None, outcome: str, status: FileStatus, words: str | None
) -> None:
    judged = judge(FILE, said, found, outcome)  # type: ignore[arg-type]
    assert judged.status == status
    assert (judged.size, judged.md5) == ((found.size, found.md5) if status == "ok" and found else (None, None))
    assert judged.meaning is None if words is None else words in (judged.meaning or "")


@pytest.mark.parametrize(
    ("files", "outcome", "status"),
    [
        (["ok", "ok"], "ended", "ok"),
        (["ok", "ok"], "cancelled", "ok"),
        (["ok", "failed"], "ended", "partial"),
        (["ok", "failed"], "silent", "partial"),
        (["ok", "cancelled"], "cancelled", "cancelled"),
        (["failed", "failed"], "silent", "failed"),
        (["failed"], "refused", "refused"),
    ],
)
def test_the_whole_is_what_its_files_are(files: list[FileStatus], outcome: str, status: str) -> None:
    of = [FILE.model_copy(update={"status": each}) for each in files]
    assert status_of(of, outcome) == status  # type: ignore[arg-type]
