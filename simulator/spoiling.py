"""Carries out what a scenario's rules say about a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dji.topics import Kind
from simulator import world
from simulator.envelope import Json, new_id, to_bytes
from simulator.feature import Answer
from simulator.scenario import On, Rule

if TYPE_CHECKING:
    from simulator.dock import SimDock

ON: Final[dict[Kind, On]] = {
    Kind.SERVICES_REPLY: "reply",
    Kind.PROPERTY_SET_REPLY: "reply",
    Kind.EVENTS: "event",
    Kind.REQUESTS: "request",
    Kind.STATUS: "status",
    Kind.OSD: "osd",
    Kind.STATE: "state",
    Kind.DRC_UP: "drc",
}
UNANSWERED = Answer(-1)


def send(
    dock: SimDock,
    rules: list[Rule],
    message: Json,
    put: Callable[[bytes], None],
    put_behind: Callable[[bytes], None],
) -> None:
    """Send `message` in the way that the rules which struck want it.

    `put` is onto the wire at once, `put_behind` after the next one that goes the same way.
    """
    copies, late, behind, half = 1, 0.0, False, False
    for rule in rules:
        if rule.do in ("silence", "disconnect", "reboot"):
            act(dock, rule)
            return
        if rule.do == "delay":
            late += rule.seconds
        elif rule.do in ("duplicate", "burst"):
            copies = rule.count
        elif rule.do == "reorder":
            behind = True
        elif rule.do == "garbage":
            half = True
        else:
            message = _changed(dock, rule, message)
            act(dock, rule)
    payload = to_bytes(message)
    if half:
        payload = payload[: len(payload) // 2]
    out = put_behind if behind else put
    for _ in range(copies):
        if late:
            asyncio.get_running_loop().call_later(late, out, payload)
        else:
            out(payload)


def _changed(dock: SimDock, rule: Rule, message: Json) -> Json:
    if rule.do == "wrong_tid":
        return {**message, "tid": new_id(dock.random)}
    if rule.do == "wrong_bid":
        return {**message, "bid": new_id(dock.random)}
    if rule.do == "result" and isinstance(message.get("data"), dict):
        return {**message, "data": {**message["data"], "result": rule.code}}
    return message


async def command(dock: SimDock, method: str) -> Answer | None:
    """What the rules make of a command: None to carry it out, `UNANSWERED`, or the answer it gets instead."""
    for rule in dock.scenario.struck("command", method):
        if rule.do == "delay":
            await asyncio.sleep(rule.seconds)
        elif rule.do == "result":
            return Answer(rule.code)
        elif rule.do == "set":
            act(dock, rule)
        else:
            act(dock, rule)
            return UNANSWERED
    return None


def act(dock: SimDock, rule: Rule) -> None:
    """What a rule does to the dock itself, and not to a message."""
    if rule.do == "disconnect":
        dock.link.cut(rule.seconds)
    elif rule.do == "reboot":
        dock.reboot(rule.seconds)
    elif rule.do == "set":
        world.apply(dock, rule.values)
