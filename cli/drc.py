"""`argus drc`: who flies a dock by hand; take it, give it back, and a moment at the sticks for scripts."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

import typer
from rich.markup import escape
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from cli.client import CannotAsk
from cli.context import api, wants_json
from cli.output import ago, as_json, console
from drc.methods import WAYS
from drc.sticks import CENTRE, LEAST, MOST, Sticks

RATE: Final = 0.1  # s between two sticks
READY_WITHIN: Final = 30.0  # s until the sticks count: the dock opens a second connection, and gives control
ANSWER_WITHIN: Final = 20.0

Stick = Annotated[int, typer.Option(min=LEAST, max=MOST, help=f"{CENTRE} is the middle; with --hold")]


def drc(
    context: typer.Context,
    sn: Annotated[str, typer.Argument(help="Serial of the dock")],
    take: Annotated[
        Literal["flight", "payload"] | None, typer.Option(help="Take it; it ends soon if nothing connects")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="From whoever has it; commanders and admins")] = False,
    reason: Annotated[str | None, typer.Option(help="Why; needed with --force: the loser is told")] = None,
    release: Annotated[bool, typer.Option("--release", help="Give back what you have")] = False,
    hold: Annotated[float | None, typer.Option(min=0.1, max=600, help="Hold the sticks for so many seconds")] = None,
    roll: Stick = CENTRE,
    pitch: Stick = CENTRE,
    throttle: Stick = CENTRE,
    yaw: Stick = CENTRE,
    command: Annotated[str | None, typer.Option(help="Send one command, like drone_emergency_stop")] = None,
    payload: Annotated[str, typer.Option("--data", help="Its data as JSON")] = "{}",
) -> None:
    """Who has a dock's sticks and payload; take them, give them back, fly for some seconds, or send one command.

    --hold and --command take what they need, and give it back at the end.
    """
    server, path = api(context), f"/v1/docks/{sn}/authority"
    if hold is not None or command is not None:
        way = WAYS.get(command or "")
        needed = "payload" if hold is None and way is not None and way.kind == "payload" else "flight"
        kind = take or needed
        session = server.call("POST", path, json={"kind": kind, "force": force, "reason": reason})
        position = Sticks(roll=roll, pitch=pitch, throttle=throttle, yaw=yaw)
        done = _flown(session, hold, position, command, _data(payload))
        as_json(done) if wants_json(context) else _print(done)
        if not done["ok"]:
            raise typer.Exit(1)
        return
    if take is not None:
        held = server.call("POST", path, json={"kind": take, "force": force, "reason": reason})
    else:
        held = server.call("DELETE" if release else "GET", path)
    as_json(held) if wants_json(context) else console.print(_held(held), highlight=False)


def _data(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--data") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("give a JSON object", param_hint="--data")
    return found


def _held(held: dict[str, Any]) -> str:
    lines = []
    for kind in ("flight", "payload"):
        holder = held[kind]
        said = f"[bold]{escape(holder['user'])}[/bold], since {ago(holder['since'])}" if holder else "nobody"
        lines.append(f"{kind}: {said}" + (f" ({escape(holder['reason'])})" if holder and holder["reason"] else ""))
    return "\n".join([held["sn"], *lines])


def _print(done: dict[str, Any]) -> None:
    for clipped in done["clipped"]:
        console.print(f"[yellow]clipped[/yellow]: {escape(clipped['detail'])}", highlight=False)
    colour = "green" if done["ok"] else "red"
    console.print(f"[{colour}]{escape(done['said'])}[/{colour}]", highlight=False)


class Connection:
    """One session at the sticks, without a thread: what comes is read between two messages."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.clipped: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.lost: str | None = None

    def say(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def read(self, seconds: float, answer: str | None = None) -> dict[str, Any] | None:
        """Take what comes in that time; ends early with the `answer` to a command, or a refusal of sticks."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                said = json.loads(self._socket.recv(left))
            except TimeoutError:
                return None
            if said["type"] == "state":
                self.state = said
            elif said["type"] == "clipped":
                self.clipped.append(said)
            elif said["type"] == "lost":
                self.lost = said["detail"]
            if answer is not None and said.get("id") == answer:
                return dict(said)
        return None

    def ready(self, sticks: bool) -> str | None:
        """Wait until the link is open and, for `sticks`, until they count. What stands in the way after all."""
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            self.say(type="ping")
            self.read(0.3)
            allowed = self.state.get("sticks", {})
            if self.lost is not None:
                return self.lost
            if self.state.get("link") == "open" and (allowed.get("allowed") or not sticks):
                return None
            # What only a person can cure is not waited for
            if sticks and allowed.get("reason") not in (None, "no-link", "no-control", "not-heard"):
                return f"{allowed['detail']} {allowed['cure']}"
        return self.state.get("problem") or "The live link to the dock was not opened in time."


def _flown(
    session: dict[str, Any], hold: float | None, position: Sticks, command: str | None, data: dict[str, Any]
) -> dict[str, Any]:
    """Connect, hold the sticks or send the command, and give everything back."""
    protocols = [Subprotocol("bearer"), Subprotocol(session["ticket"])]
    try:
        with connect(session["url"], subprotocols=protocols, proxy=None) as socket:
            operator = Connection(socket)
            why = operator.ready(sticks=hold is not None)
            if why is not None:
                said, ok = why, False
            elif hold is not None:
                said, ok = _held_sticks(operator, hold, position)
            else:
                assert command is not None
                said, ok = _commanded(operator, command, data)
            operator.say(type="release")
            return {"ok": ok, "said": said, "clipped": operator.clipped[:1]}
    except (OSError, InvalidHandshake, ConnectionClosed) as error:
        raise CannotAsk(f"the connection to {session['url']} failed: {error}") from None


def _held_sticks(operator: Connection, hold: float, position: Sticks) -> tuple[str, bool]:
    until = time.monotonic() + hold
    while time.monotonic() < until:
        operator.say(type="sticks", **asdict(position))
        operator.read(RATE)
        if operator.lost is not None:
            return operator.lost, False
    operator.say(type="sticks", **asdict(Sticks()))
    refusal = operator.state.get("sticks", {})
    if not refusal.get("allowed", True):
        return f"{refusal['detail']} {refusal['cure']}", False
    return f"held for {hold:g} s", True


def _commanded(operator: Connection, command: str, data: dict[str, Any]) -> tuple[str, bool]:
    operator.say(type="command", id="cli", method=command, data=data)
    answer = operator.read(ANSWER_WITHIN, "cli")
    if answer is None:
        return f"{command}: no answer in time", False
    if answer["type"] == "refused":
        return f"{answer['detail']} {answer['cure']}", False
    return f"{command}: {answer['meaning']}", bool(answer["ok"])
