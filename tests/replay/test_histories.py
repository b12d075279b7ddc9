"""Histories of real runs, failures among them, replay with the sagas as they are now.

One that does not: running sagas would break on an upgrade of the worker. Use `workflow.patched`; before the first
release, where nothing runs, record anew with `make record`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.recording import HISTORIES, replay

FILES = sorted(HISTORIES.glob("*.json"))


@pytest.fixture(scope="module")
async def failures() -> dict[str, str]:
    """Of all that were recorded, by the run's id."""
    return await replay(kept(file) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_recorded_run_replays(file: Path, failures: dict[str, str]) -> None:
    assert failures.get(kept(file).run_id) is None


async def test_only_the_run_that_takes_another_way_fails() -> None:
    before, other, after = (kept(file) for file in FILES[:3])
    scheduled = next(event for event in other.events if event.HasField("activity_task_scheduled_event_attributes"))
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "another"
    found = await replay([before, other, after])
    assert list(found) == [other.run_id]
    assert "another" in found[other.run_id]


def kept(file: Path) -> WorkflowHistory:
    """What `recording.write` wrote."""
    body = json.loads(file.read_text())
    return WorkflowHistory.from_json(body.pop("workflowId"), body)


def test_there_are_histories_to_replay() -> None:
    assert FILES, "make record"
