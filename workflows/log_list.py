"""Saga `log-list/{sn}`: a dock is asked which logs it and its aircraft have.

Each device is asked about by itself, so that an aircraft that is off does not hide the dock's own logs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.state.job import DebugRef, JobState
from activities.state.logs import LogListSaid, LogsSaid, LogState
from dji.differences import log_time_ms
from dji.errors import lookup
from dji.remote_log import FileuploadList
from store.logs import MODULES, BootLog, LogDevice
from workflows.answers import LogListAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import Failure
from workflows.here import here_first
from workflows.inputs import LogListInput
from workflows.names import Saga, Workflow
from workflows.order import Order


@workflow.defn(name=Workflow.LOG_LIST)
class LogList(Order):
    """Both lists, once."""

    @workflow.init
    def __init__(self, given: LogListInput) -> None:
        self._given = given
        self._timings = given.timings
        super().__init__(
            Commands(given.timings, given.sn, org=given.org_id),
            Logbook(Saga.LOG_LIST, f"Logs of dock {given.sn}", org=given.org_id, dock=given.sn),
        )

    @workflow.run
    async def run(self, given: LogListInput) -> LogListAnswer:
        self._log.enter("asking", f"for {given.actor.user}")
        await self._carry_out(self._ask())
        await self._end()
        return self._answer()

    async def _ask(self) -> None:
        """Raises DockUnknown, DockOffline, NoReply; why the last one could not be asked about, where neither could."""
        given = self._given
        look = await here_first(
            JobState.look_at_dock, DebugRef(sn=given.sn, org_id=given.org_id), self._timings, "Is the dock there?"
        )
        self._commands.product = look.product
        said: dict[LogDevice, LogsSaid] = {}
        refused: list[ApplicationError] = []
        for device in MODULES:
            try:
                said[device] = await self._list(device)
            except ApplicationError as error:
                if error.type == Failure.NO_REPLY:
                    raise
                refused.append(error)
                said[device] = LogsSaid(error=error.message)
            self._log.note(f"{device}: {said[device].error or f'{len(said[device].logs or [])} logs'}")
        await here_first(
            LogState.note_log_list,
            LogListSaid(sn=given.sn, org_id=given.org_id, aircraft=said["aircraft"], dock=said["dock"]),
            self._timings,
            "Which logs there are",
        )
        if len(refused) == len(MODULES):
            raise refused[-1]

    async def _list(self, device: LogDevice) -> LogsSaid:
        reply = await self._commands.send(
            FileuploadList(module_list=[MODULES[device]]),
            step=f"fileupload_list/{device}",
            actor=self._given.actor,
        )
        return said_of(reply.output, device)

    def _answer(self) -> LogListAnswer:
        return LogListAnswer(sn=self._given.sn, done=self._done)


def said_of(output: dict[str, Any], device: LogDevice) -> LogsSaid:
    """What a reply to `fileupload_list` says of a device. Times are seconds or milliseconds, by the dock."""
    files = [file for file in output.get("files") or [] if isinstance(file, dict)]
    found = next((file for file in files if str(file.get("module")) == MODULES[device]), None)
    if found is None:
        return LogsSaid(error="The dock said nothing of it")
    if found.get("result"):
        return LogsSaid(device_sn=found.get("device_sn"), error=str(lookup(found["result"])))
    logs = [
        _log(each) for each in found.get("list") or [] if isinstance(each, dict) and _is_int(each.get("boot_index"))
    ]
    logs.sort(key=lambda log: log.boot_index, reverse=True)
    return LogsSaid(device_sn=found.get("device_sn"), logs=logs)


def _log(said: dict[str, Any]) -> BootLog:
    size = said.get("size")
    return BootLog(
        boot_index=said["boot_index"],
        begins_at=_moment(said.get("start_time")),
        ends_at=_moment(said.get("end_time")),
        size=size if _is_int(size) else None,
    )


def _moment(time: Any) -> datetime | None:
    """None for what is no time, 0 among them: an aircraft that had none from its satellites."""
    if not _is_int(time) or time <= 0:
        return None
    try:
        return datetime.fromtimestamp(log_time_ms(time) / 1000, UTC)
    except (OverflowError, ValueError):
        return None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
