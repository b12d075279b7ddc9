"""An operator's WebSocket: who it is, what it says, what it is told. The messages are in docs/drc.md."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Final

import orjson
from fastapi import WebSocket, WebSocketDisconnect
from google.api_core.exceptions import GoogleAPIError

from drc import sticks
from drc.dock import Dock
from drc.hub import Hub, NotHeld
from drc.outbox import Closed, Outbox
from drc.readiness import Refusal
from drc.seat import Seat
from drc.sticks import BadSticks
from drc.ticket import BadTicket, Ticket, check
from settings import Settings

FIRST_MESSAGE: Final = 10.0  # s
POLICY_VIOLATION, TRY_AGAIN = 1008, 1013
NOT_YOURS: Final = Refusal("no-authority", "You do not hold the flight.", "Take it: POST /v1/docks/{sn}/authority.")

Json = dict[str, Any]


async def serve(socket: WebSocket, sn: str, settings: Settings, hub: Hub) -> None:
    """One connection, to its end."""
    outbox = Outbox()
    try:
        ticket = await _who(socket, settings, sn)
        dock, seat = await hub.join(ticket, outbox)
    except WebSocketDisconnect:
        return
    except (BadTicket, NotHeld) as error:
        await _turn_away(socket, POLICY_VIOLATION, str(error))
        return
    except (GoogleAPIError, ValueError) as error:
        await _turn_away(socket, TRY_AGAIN, f"This cannot be opened now: {error}")
        return
    seat.say(_hello(dock, seat))
    tasks = {asyncio.create_task(_speak(socket, outbox)), asyncio.create_task(_listen(socket, dock, seat, outbox))}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        seat.detach(outbox)
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, (WebSocketDisconnect, RuntimeError)):
                raise result


async def _who(socket: WebSocket, settings: Settings, sn: str) -> Ticket:
    """By subprotocols `bearer, TICKET`, or by a first message `{"type": "hello", "ticket": "..."}`; never by the URL.

    Raises BadTicket.
    """
    protocols = [item.strip() for item in socket.headers.get("sec-websocket-protocol", "").split(",")]
    by_protocol = len(protocols) > 1 and protocols[0].lower() == "bearer"
    await socket.accept(subprotocol="bearer" if by_protocol else None)
    text = protocols[1] if by_protocol else ""
    if not by_protocol:
        try:
            first = orjson.loads(await asyncio.wait_for(socket.receive_text(), FIRST_MESSAGE))
            text = str(first["ticket"])
        except (TimeoutError, ValueError, KeyError, TypeError):
            raise BadTicket('The first message must be {"type": "hello", "ticket": "..."}.') from None
    ticket = check(settings, text)
    if ticket.sn != sn:
        raise BadTicket(f"The ticket is for dock {ticket.sn}.")
    return ticket


async def _turn_away(socket: WebSocket, code: int, why: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        refused = {"type": "refused", "of": "hello", "detail": why, "cure": "Get a ticket by POST .../authority."}
        await socket.send_text(orjson.dumps(refused).decode())
        await socket.close(code, why[:120])


def _hello(dock: Dock, seat: Seat) -> Json:
    rates, timings = sticks.rates_of(dock.link.product), dock.parts.timings
    return {
        "type": "hello", "sn": dock.sn, "product": dock.link.product, "session": seat.session, "user": seat.user,
        "kinds": sorted(seat.kinds), "neutralAfter": timings.drc_neutral, "releaseAfter": timings.drc_release,
        "rates": {"ground": rates.ground, "up": rates.up, "down": rates.down, "turn": rates.turn},
    }  # fmt: skip


async def _speak(socket: WebSocket, outbox: Outbox) -> None:
    try:
        while True:
            await socket.send_text(await outbox.next())
    except Closed as end:
        with contextlib.suppress(RuntimeError):
            await socket.close(end.code, end.reason[:120])


async def _listen(socket: WebSocket, dock: Dock, seat: Seat, outbox: Outbox) -> None:
    while True:
        text = await socket.receive_text()
        if seat.outbox is not outbox:
            return  # replaced
        seat.heard = time.monotonic()
        try:
            said = orjson.loads(text)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict):
            seat.refuse("message", Refusal("not-json", "A message is a JSON object.", "See docs/drc.md."))
            continue
        await _take(dock, seat, said)


async def _take(dock: Dock, seat: Seat, said: Json) -> None:
    kind = said.get("type")
    if kind == "sticks":
        if "flight" not in seat.kinds:
            seat.refuse_sticks(NOT_YOURS)
            return
        try:
            position = sticks.read(said)
        except BadSticks as error:
            told = Refusal("bad-sticks", str(error), "Send whole numbers from 364 to 1684.").told()
            seat.seldom("bad sticks", {"type": "refused", "of": "sticks", "field": error.field} | told)
            return
        await dock.helm.take(seat, position)
    elif kind == "ping":
        seat.say({"type": "pong", "id": said.get("id"), "at": int(time.time() * 1000)})
    elif kind == "command":
        _command(dock, seat, said)
    elif kind == "release":
        dock.release(seat, "given back")
    else:
        there = Refusal("no-such-type", f"There is no message {kind!r}.", "Send sticks, command, ping or release.")
        seat.refuse("message", there)


def _command(dock: Dock, seat: Seat, said: Json) -> None:
    method, data = said.get("method"), said.get("data") or {}
    if not isinstance(method, str) or not isinstance(data, dict):
        wrong = Refusal("bad-command", "A command has a `method`, and `data` that is an object.", "See docs/drc.md.")
        seat.refuse("command", wrong, id=said.get("id"))
        return
    dock.orders.take(seat, said.get("id"), method, data)
