"""Commands of a request instead of a connection: `POST /v1/drc/{sn}/commands`, with the same ticket, by the same rules.

The link is opened for it if need be, and stays for as long as the session holds something. A connection of the same
session goes on beside it and notices nothing.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from drc.dock import Dock
from drc.helm import NO_LINK
from drc.hub import Hub
from drc.seat import Seat, refused
from drc.ticket import Ticket

Json = dict[str, Any]

LINK_WITHIN: Final = 20.0  # s; the dock opens a second connection, a real one in two or three
PUSH_WITHIN: Final = 4.0  # s; states come each second or two
LOOK: Final = 0.05  # s


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")

    method: str
    data: Json = Field(default_factory=dict)


class Request(BaseModel):
    """`then`: a push to wait for after the last command, since it says what came of them."""

    model_config = ConfigDict(extra="forbid")

    commands: Annotated[list[Command], Field(min_length=1, max_length=20)]
    then: str | None = None


async def carry_out(hub: Hub, ticket: Ticket, request: Request) -> Json:
    """An answer (`ack` or `refused`) for each command, up to the first that was not carried out.

    Raises NotHeld, GoogleAPIError.
    """
    dock, seat = await hub.sit(ticket)
    seat.asking += 1
    try:
        if not await _linked(dock, seat):
            answers = [refused("command", NO_LINK, method=request.commands[0].method, why=dock.link.problem)]
            return {"answers": answers, "then": None}
        answers = []
        for command in request.commands:
            seat.heard = time.monotonic()
            answers.append(await dock.orders.answer(seat, command.method, command.data))
            if not answers[-1].get("ok"):
                break
        seat.heard = time.monotonic()
        then = await dock.next_push(request.then, PUSH_WITHIN) if request.then is not None else None
        return {"answers": answers, "then": then}
    finally:
        seat.asking -= 1
        seat.heard = time.monotonic()


async def _linked(dock: Dock, seat: Seat) -> bool:
    until = time.monotonic() + LINK_WITHIN
    while dock.link.phase != "open" and seat.kinds and time.monotonic() < until:
        seat.heard = time.monotonic()
        await asyncio.sleep(LOOK)
    return dock.link.phase == "open"
