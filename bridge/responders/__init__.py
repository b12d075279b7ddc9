"""What the bridge answers to a dock's request, one feature a module. It returns the answer's data or result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dji import Message

Answer = dict[str, Any] | int
Responder = Callable[[Message], Awaitable[Answer]]

NOT_SERVED = 210003
"""We do not have the function."""

TRY_AGAIN = 299999
"""We could not answer in time: nothing is wrong with the request, and the dock asks again."""

NOT_REGISTERED = 210001
"""The device is in no organisation of ours."""
