"""`services_reply` and `property/set_reply`: to the saga that waits, and into the command's document."""

from __future__ import annotations

import time
from typing import Any

from google.cloud.firestore import Increment

from bridge import metrics
from bridge.faults import until_done
from bridge.firmware import ORDERED, Firmware
from bridge.sagas import Sagas
from dji import Message
from dji.errors import lookup
from dji.properties.setting import MEANINGS, PropertySetReply
from store.commands import PROPERTY_SET, Command, Commands
from store.document import now
from store.facts import CommandReply
from workflows.names import Signal

NO_RESULT = -1
"""The result of a reply that has none: not a success."""


class Replies:
    def __init__(self, commands: Commands, sagas: Sagas, firmware: Firmware) -> None:
        self._commands = commands
        self._sagas = sagas
        self._firmware = firmware

    async def take(self, message: Message) -> str | None:
        """One reply. Returns once Temporal and the store have it; a sentence where nobody asked for it."""
        command, mismatch = await until_done(lambda: self._find(message))
        if command is None:
            return f"a reply to {message.method or PROPERTY_SET} that answers no command of ours (tid {message.tid!r})"
        result, output = outcome(message)
        fact = CommandReply(
            tid=command.tid,
            sn=message.sn,
            method=command.method,
            result=result,
            output=output,
            at=message.timestamp or int(time.time() * 1000),
            mismatch=mismatch,
        )
        if command.result is None and not command.by_hand and not (command.refusals_only and result == 0):
            # The saga first: a bridge that dies in between finds the command still open, and tells it again.
            await self._sagas.tell(command.workflow_id, Signal.COMMAND_REPLY, fact)
        await until_done(lambda: self._note(command, fact))
        if command.result is None and command.method == ORDERED and result == 0:
            self._firmware.ordered(command)
        return None

    async def _find(self, message: Message) -> tuple[Command | None, str | None]:
        if message.tid:
            command = await self._commands.get(message.tid)
            if command is not None and command.sn == message.sn:
                return command, None
        method = message.method or PROPERTY_SET
        waiting = await self._commands.find(sn=message.sn, method=method, status="sent")
        if not waiting:
            return None, None
        newest = max(waiting, key=lambda command: command.sent_at)
        return newest, f"answered with tid {message.tid!r} and bid {message.bid!r}"

    async def _note(self, command: Command, fact: CommandReply) -> None:
        # The lane keeps the replies of one dock in order, so what was read a moment ago still holds.
        changes: dict[str, Any] = {"replies": Increment(1)}
        if command.result is None:
            changes |= {
                "status": "accepted" if fact.result == 0 else "refused",
                "result": fact.result,
                "meaning": meaning(command.method, fact.result),
                "output": fact.output,
                "mismatch": fact.mismatch,
                "repliedAt": now(),
            }
        await self._commands.patch(command.tid, changes)
        metrics.WRITES.labels("dji_commands").inc()


def meaning(method: str, result: int) -> str:
    """What a result means in words; of properties 1 and 2 mean something of their own."""
    if method == PROPERTY_SET and result in MEANINGS:
        return f"{result}: {MEANINGS[result]}"
    return lookup(result).text


def outcome(message: Message) -> tuple[int, dict[str, Any]]:
    """Result and output of a reply. Some methods put their output beside the result; a property has one result each."""
    data = message.data.present()
    if isinstance(message.data, PropertySetReply):
        results = message.data.results.values()
        return next((result for result in results if result != 0), 0 if results else NO_RESULT), data
    result = data.pop("result", None)
    output = data.pop("output", None)
    if isinstance(output, dict):
        data |= output
    return (result if isinstance(result, int) else NO_RESULT), data
