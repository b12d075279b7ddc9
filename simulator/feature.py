"""How a feature of the dock is written: a class whose methods are marked with the commands that they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from simulator.dock import SimDock

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One command as it arrived, already checked against the protocol."""

    method: str
    tid: str
    bid: str
    data: Json
    seq: int | None = None


@dataclass(slots=True)
class Answer:
    """What is replied: `result`, perhaps `output`, perhaps more beside them. `then` begins once the reply is out."""

    result: int = 0
    output: Json | None = None
    more: Json = field(default_factory=dict)
    then: Callable[[], Awaitable[None]] | None = None

    def data(self) -> Json:
        data: Json = {"result": self.result, **self.more}
        if self.output is not None:
            data["output"] = self.output
        return data


class Refused(Exception):
    """The dock does not do it; `code` is what DJI's error table has for the reason."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


Handler = Callable[[Any, Call], Awaitable[Answer | None]]
_H = TypeVar("_H", bound=Handler)


def service(*methods: str) -> Callable[[_H], _H]:
    """Marks what answers these commands on `services`."""
    return _mark("services", methods)


def drc(*methods: str) -> Callable[[_H], _H]:
    """Marks what answers these commands on `drc/down`; returning None means that nothing is replied."""
    return _mark("drc", methods)


def _mark(link: str, methods: tuple[str, ...]) -> Callable[[_H], _H]:
    def mark(handler: _H) -> _H:
        handler.__dict__.setdefault("answers", []).extend((link, method) for method in methods)
        return handler

    return mark


class Feature:
    """Part of a dock. It may keep state of its own; what osd and state show of it is in `dock.state`."""

    def __init__(self, dock: SimDock) -> None:
        self.dock = dock

    async def came_online(self) -> None:
        """The dock has sent its topology, and again after each lost connection."""

    async def powered_off(self) -> None:
        """The dock lost power or restarts: what is kept in memory only is gone."""

    def shown(self) -> Json:
        """What the control API shows of this feature."""
        return {}

    def handlers(self) -> Iterator[tuple[str, str, Callable[[Call], Awaitable[Answer | None]]]]:
        """(link, method, bound handler) of everything that is marked."""
        for name in dir(type(self)):
            attribute = getattr(type(self), name)
            for link, method in getattr(attribute, "answers", ()):
                yield link, method, getattr(self, name)
