"""Histories of real runs, failures among them, replay with the sagas as they are now.

One that does not: running sagas would break on an upgrade of the worker. Use `workflow.patched`; before the first
release, where nothing runs, record anew with `make record`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.recording import HISTORIES, replayer

FILES = sorted(HISTORIES.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_a_recorded_run_replays(file: Path) -> None:
    await replayer().replay_workflow(kept(file))


def kept(file: Path) -> WorkflowHistory:
    """What `recording.write` wrote."""
    body = json.loads(file.read_text())
    return WorkflowHistory.from_json(body.pop("workflowId"), body)


def test_there_are_histories_to_replay() -> None:
    assert FILES, "make record"
