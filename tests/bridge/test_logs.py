"""What a `fileupload_progress` says, and which one is the last."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import dji
from bridge.logs import read

Json = dict[str, Any]


def message(data: Json) -> dji.Message:
    envelope = {"bid": "b", "tid": "t", "timestamp": 5, "method": "fileupload_progress", "gateway": "D1", "data": data}
    return dji.decode("thing/product/D1/events", orjson.dumps(envelope), product="3-3-0")


def file(module: str, status: str, **more: Any) -> Json:
    return {
        "module": module, "key": "k", "size": 9, "device_sn": "D1", "fingerprint": "",
        "progress": {"progress": 40, "current_step": 3, "status": status, "result": 0, **more},
    }  # fmt: skip


def said(status: str, *files: Json, result: int = 0) -> Json:
    return {"result": result, "output": {"status": status, "ext": {"files": list(files)}}}


def test_percentages_are_of_each_device() -> None:
    files, ended = read(message(said("in_progress", file("0", "in_progress"), file("3", "in_progress", total_step=30))))
    assert ended is None
    assert {device: (each.percent, each.step, each.steps) for device, each in files.items()} == {
        "aircraft": (40, 3, None), "dock": (40, 3, 30),
    }  # fmt: skip
    assert files["dock"].md5 is None


@pytest.mark.parametrize(
    ("data", "status", "result"),
    [
        (said("ok", file("3", "ok")), "ok", 0),
        (said("failed", file("3", "failed", result=324019), result=324019), "failed", 324019),
        (said("canceled"), "canceled", 0),
        (said("in_progress", file("0", "ok"), file("3", "failed", result=324016)), "in_progress", 0),
        ({"result": 324021}, "failed", 324021),
    ],
)
def test_the_last_word_ends_the_whole_or_every_file_or_has_an_error_alone(data: Json, status: str, result: int) -> None:
    _, ended = read(message(data))
    assert ended is not None
    assert (ended.status, ended.result, ended.sn, ended.at) == (status, result, "D1", 5)


@pytest.mark.parametrize(
    "data",
    [said("in_progress", file("0", "ok"), file("3", "in_progress")), said("in_progress"), {}, {"output": {}}],
)
def test_what_goes_on_is_no_end(data: Json) -> None:
    assert read(message(data))[1] is None
