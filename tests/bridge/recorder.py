"""A saga that only listens: it keeps the signals it gets, and answers updates as it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue


@workflow.defn(name="Recorder", sandboxed=False)
class Recorder:
    """`given` is the answer to each update by name; the delay in seconds before an answer is under `delay`."""

    @workflow.init
    def __init__(self, given: dict[str, Any]) -> None:
        self.signals: list[tuple[str, Any]] = []
        self.updates: list[tuple[str, Any]] = []
        self.given = given
        self.ended = False

    @workflow.run
    async def run(self, given: dict[str, Any]) -> None:
        await workflow.wait_condition(lambda: self.ended)

    @workflow.signal
    def end(self) -> None:
        self.ended = True

    @workflow.signal(dynamic=True)
    def any_signal(self, name: str, args: Sequence[RawValue]) -> None:
        self.signals.append((name, workflow.payload_converter().from_payload(args[0].payload, dict)))

    @workflow.update(dynamic=True)
    async def any_update(self, name: str, args: Sequence[RawValue]) -> Any:
        self.updates.append((name, workflow.payload_converter().from_payload(args[0].payload, dict)))
        if "delay" in self.given:
            await asyncio.sleep(self.given["delay"])
        return self.given.get(name)

    @workflow.query
    def heard(self) -> list[tuple[str, Any]]:
        return self.signals

    @workflow.query
    def asked(self) -> list[tuple[str, Any]]:
        return self.updates


@workflow.defn(name="Dock", sandboxed=False)
class DockRecorder(Recorder):
    """Stands in for `dock/{sn}`, which the bridge starts."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> None:
        await workflow.wait_condition(lambda: self.ended)


@workflow.defn(name="Webhook", sandboxed=False)
class WebhookRecorder(Recorder):
    """Stands in for `webhook/{id}`, which the bridge calls."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> None:
        await workflow.wait_condition(lambda: self.ended)


@workflow.defn(name="Media", sandboxed=False)
class MediaRecorder(Recorder):
    """Stands in for `media/{flight}`, which the bridge starts."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> None:
        await workflow.wait_condition(lambda: self.ended)
