"""Histories of real runs: fetched from Temporal, replayed, and the fewest that show everything kept as files.

The tests of sagas (`tests/workflows`, and by REST `tests/api`) are those runs: at their end the `world` hands all that
ran to `take_stock`. What is new (a saga, a failure path) is recorded by having a test.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from process import DATA_CONVERTER
from worker.running import WORKFLOWS
from worker.sandbox import build_id, sandbox

HISTORIES: Final = Path(__file__).parent / "histories"
RECORD: Final = "RECORD_HISTORIES"
"""Environment variable: the sagas whose histories are written down, by their names with a comma between; `all`."""

# Attributes of an event that say which of its kind it is, by the path to them
KINDS: Final = (
    ("activityTaskScheduledEventAttributes", "activityType", "name"),
    ("workflowExecutionSignaledEventAttributes", "signalName"),
    ("workflowExecutionUpdateAcceptedEventAttributes", "acceptedRequest", "input", "name"),
    ("markerRecordedEventAttributes", "markerName"),
    ("activityTaskFailedEventAttributes", "failure", "applicationFailureInfo", "type"),
    ("workflowExecutionFailedEventAttributes", "failure", "applicationFailureInfo", "type"),
)


@dataclass(frozen=True)
class Recorded:
    """One run. `shows` is what happened in it: kinds of events, activities, signals, failures."""

    saga: str
    history: WorkflowHistory
    shows: frozenset[str]


_of_all_files: list[Recorded] = []  # each file of tests has a world of its own, and hands over what ran in it


def replayer() -> Replayer:
    """As the worker would run them, and kept from clocks, chance and files."""
    return Replayer(workflows=WORKFLOWS, workflow_runner=sandbox(), data_converter=DATA_CONVERTER, build_id=build_id())


def shown(events: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What these events show."""
    for event in events:
        yield event["eventType"]
        for head, *path in KINDS:
            found: Any = event.get(head)
            for name in path:
                found = found.get(name) if isinstance(found, dict) else None
            if found is not None:
                yield f"{event['eventType']} {found}"


async def runs(client: Client) -> list[WorkflowHistory]:
    """All runs of our sagas in the namespace, each as far as it came."""
    ours = {workflow.__temporal_workflow_definition.name for workflow in WORKFLOWS}  # type: ignore[attr-defined]
    return [
        await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
        async for execution in client.list_workflows()
        if execution.workflow_type in ours
    ]


def recorded(history: WorkflowHistory) -> Recorded:
    """A run with what it shows."""
    saga = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    return Recorded(saga, history, frozenset(shown(MessageToDict(event) for event in history.events)))


def fewest(runs: list[Recorded]) -> list[Recorded]:
    """So few runs of each saga that together they show all that any showed; the one that adds most comes first."""
    chosen = []
    for saga in sorted({run.saga for run in runs}):
        left = [run for run in runs if run.saga == saga]
        seen: set[str] = set()
        while best := max(left, key=lambda run: (len(run.shows - seen), -len(run.history.events)), default=None):
            if not best.shows - seen:
                break
            seen |= best.shows
            left.remove(best)
            chosen.append(best)
    return chosen


def write(chosen: list[Recorded], folder: Path) -> None:
    """In place of those that are there, of the same sagas."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers: dict[str, int] = {}
    for saga in {run.saga for run in chosen}:
        for file in folder.glob(f"{saga}-*.json"):
            file.unlink()
    for run in chosen:
        numbers[run.saga] = numbers.get(run.saga, 0) + 1
        body = {"workflowId": run.history.workflow_id, **run.history.to_json_dict()}
        (folder / f"{run.saga}-{numbers[run.saga]:02}.json").write_text(json.dumps(body, separators=(",", ":")) + "\n")


async def replay(histories: Iterable[WorkflowHistory]) -> dict[str, str]:
    """Replay them all; why those fail that do, by the run's id.

    One worker replays one after the other: to make one costs more than most replays.
    """

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    async with replayer().workflow_replay_iterator(each()) as results:
        return {
            result.history.run_id: f"{result.history.workflow_id}: {result.replay_failure}"
            async for result in results
            if result.replay_failure is not None
        }


async def take_stock(client: Client) -> None:
    """Replay all that ran; record it where that was asked for. Raises AssertionError where one takes another way."""
    histories = await runs(client)
    if wanted := os.environ.get(RECORD):
        ran = (recorded(history) for history in histories)
        _of_all_files.extend(run for run in ran if wanted == "all" or run.saga in wanted.split(","))
        write(fewest(_of_all_files), HISTORIES)
    failures = await replay(histories)
    assert not failures, "\n".join(failures.values())
