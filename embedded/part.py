"""What the supervisor needs to know of one process: how to start it, how to see that it is ready, how to end it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Probe = Callable[[], Awaitable[None]]
"""Returns when the part answers as it should; raises anything else, and is then tried again."""


class StackError(Exception):
    """Something that a person must know and can cure; its text is shown as it is, without a traceback."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack.

    `ports` are the ports it listens on, by the name under which a person can move each. `ready_within` bounds the time
    from start to a passing probe, in seconds; `grace` the time from SIGTERM to SIGKILL.
    """

    name: str
    argv: tuple[str, ...]
    probe: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    cwd: Path | None = None
    ready_within: float = 60.0
    grace: float = 8.0
