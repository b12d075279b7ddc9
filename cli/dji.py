"""`argus dji`: what a message, an error code or a route file means, for people who debug a dock. Needs no server."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import dji
from cli.context import wants_json
from cli.output import as_json, console, errors, table
from dji import products, wpml
from dji.errors import ErrorCode, codes, lookup
from dji.fields import Spec
from dji.message import Message
from dji.steps import flighttask_step

app = typer.Typer(help="Messages, methods, error codes and route files of the DJI Cloud API.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="JSON for programs instead of tables")]
Product = Annotated[str | None, typer.Option(help="Model key of the dock, like 3-3-0, or dock3")]


def _fail(context: typer.Context, json: bool, problem: dict[str, Any], text: str) -> NoReturn:
    if json or wants_json(context):
        as_json(problem)
    else:
        errors.print(text, style="red", highlight=False, markup=False)
    raise typer.Exit(1)


@app.command()
def decode(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="Where it was heard, like thing/product/SN/events")],
    product: Product = None,
    json: Json = False,
) -> None:
    """Read one message from standard input and show what it says, and what of it the protocol does not allow."""
    try:
        message = dji.decode(topic, sys.stdin.buffer.read(), product=product)
    except dji.DecodeError as error:
        _fail(context, json, {"error": type(error).__name__, "message": str(error)}, f"{type(error).__name__}: {error}")
    if json or wants_json(context):
        return as_json(_as_dict(message))
    envelope = _envelope(message) | {"timestamp": _time(message.timestamp)}
    table(
        "Message", ("", "value"), [(name, value) for name, value in envelope.items() if value not in (None, "", False)]
    )
    table("Data", ("field", "value", "meaning"), _explained(message, product))
    if message.result:
        console.print(f"[red]{message.result}[/red]: {lookup(message.result).text}", highlight=False)
    if message.oddities:
        rows = [(odd.field, repr(odd.said), odd.protocol_says) for odd in message.oddities]
        table("Not as documented", ("field", "said", "the protocol says"), rows)
    if message.unknown_fields:
        table("Not documented", ("field",), [(name,) for name in message.unknown_fields])
    return None


@app.command()
def methods(
    context: typer.Context,
    dock: Annotated[int | None, typer.Option(min=1, max=3, help="1, 2 or 3; else all docks together")] = None,
    json: Json = False,
) -> None:
    """The methods of a dock, and the kinds of topic that each is on."""
    product = f"dock{dock}" if dock else None
    found: list[dict[str, Any]] = [
        {
            "method": method,
            "kinds": [str(kind) for kind in dji.Kind if dji.supports(product, method, kind)],
            "deprecated": dji.deprecated(product, method),
            "does": _what(method),
        }
        for method in dji.methods(product)
    ]
    if json or wants_json(context):
        return as_json(found)
    rows = [
        (each["method"], ", ".join(each["kinds"]), f"{each['does']}{' Deprecated.' if each['deprecated'] else ''}")
        for each in found
    ]
    title = f"{products.product(product).name if product else 'All docks'}: {len(found)} methods"
    return table(title, ("method", "topics", "what"), rows)


@app.command("errors")
def explain(
    context: typer.Context,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="CODE...", help="None lists all")] = None,
    json: Json = False,
) -> None:
    """What error codes mean, whose fault they are, and whether to try again."""
    found = [lookup(number) for number in numbers] if numbers else list(codes())
    if json or wants_json(context):
        return as_json([asdict(code) for code in found])
    # What is no number is shown as it was given.
    given = numbers or [str(code.code) for code in found]
    rows = [(said, *_error_row(code)) for said, code in zip(given, found, strict=True)]
    table("Error codes", ("code", "module", "meaning", "cure", "fault", "retry"), rows)
    return None


@app.command()
def kmz(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    aircraft: Annotated[str | None, typer.Option(help="Model key of the aircraft that is to fly it: 0-100-1")] = None,
    dock: Product = None,
    json: Json = False,
) -> None:
    """Show what a route file flies, and all that a dock would refuse. Exit code 1 when it would."""
    try:
        route = wpml.read_kmz(file.read_bytes(), name=file.stem)
    except wpml.KmzError as error:
        said = {"code": error.code, "element": error.element, "message": error.message, "cure": error.cure}
        _fail(context, json, {"error": said}, str(error))
    problems = wpml.check(route, aircraft=aircraft, dock=dock)
    refused = any(problem.severity is wpml.Severity.ERROR for problem in problems)
    try:
        points = route.waypoints()
    except wpml.KmzError:
        points = []  # what is missing is among the problems
    if json or wants_json(context):
        as_json(
            {
                "name": route.name,
                "md5": route.md5,
                "aircraft": route.mission.drone_info.key if route.mission.drone_info else None,
                "length_m": round(route.length_m(), 1) if points else None,
                "waypoints": [_point(point) for point in points],
                "problems": [asdict(problem) for problem in problems],
                "unknown_elements": route.unknown_elements(),
            }
        )
    else:
        _show(route, points, problems)
    if refused:
        raise typer.Exit(1)


def _show(route: wpml.Kmz, points: list[wpml.FlightPoint], problems: list[wpml.Problem]) -> None:
    drone = route.mission.drone_info
    aircraft = products.product(drone.key) if drone and drone.key else None
    rows = [
        ("name", route.name),
        ("MD5", route.md5),
        ("aircraft", f"{aircraft.name} ({aircraft.key})" if aircraft else "not said"),
        ("waylines", len(route.waylines)),
        ("length", f"{route.length_m():.0f} m" if points else "not known"),
        ("safe height", f"{route.mission.take_off_security_height} m"),
        ("at the end", route.mission.finish_action),
        ("undocumented elements", len(route.unknown_elements())),
    ]
    table("Route", ("", "value"), rows)
    heads = ("wayline", "index", "latitude", "longitude", "height m", "speed m/s", "actions")
    shown = [
        (
            point.wayline_id,
            point.index,
            f"{point.lat:.7f}",
            f"{point.lon:.7f}",
            f"{point.height:g}",
            f"{point.speed:g}",
            ", ".join(action.action_actuator_func or "?" for action in point.actions),
        )
        for point in points
    ]
    table("Waypoints", heads, shown)
    found = [(problem.severity, problem.element, f"{problem.message} {problem.cure}") for problem in problems]
    table("Problems", ("", "element", "what"), found)


def _point(point: wpml.FlightPoint) -> dict[str, Any]:
    plain = {name: getattr(point, name) for name in point.__slots__ if name != "actions"}
    return plain | {"actions": [action.action_actuator_func for action in point.actions]}


def _what(method: str) -> str:
    """The first sentence of the first of a method's models, which is the command, the event or the request."""
    model = next(model for model in dji.registered() if model.method == method)
    return f"{(model.__doc__ or '').splitlines()[0].split('. ')[0].removesuffix('.')}."


def _time(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    try:
        return f"{milliseconds} ({datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    except (ValueError, OverflowError, OSError):
        return str(milliseconds)


def _explained(message: Message, product: str | None) -> list[tuple[str, Any, str]]:
    """The rows of a message; the steps of a flight, whose numbers are the dock's own, by name."""
    rows = _rows(message.data)
    if message.method != "flighttask_progress":
        return rows
    return [
        (where, value, f"{flighttask_step(product, value).name}." if where.endswith(".current_step") else meaning)
        for where, value, meaning in rows
    ]


def _error_row(code: ErrorCode) -> tuple[Any, ...]:
    return (code.module, code.meaning, code.cure, code.fault, "yes" if code.retry_helps else "no")


def _envelope(message: Message) -> dict[str, Any]:
    return {
        "kind": str(message.kind),
        "sn": message.sn,
        "method": message.method,
        "known": message.known,
        "tid": message.tid,
        "bid": message.bid,
        "timestamp": message.timestamp,
        "gateway": message.gateway,
        "need_reply": message.need_reply,
        "seq": message.seq,
    }


def _as_dict(message: Message) -> dict[str, Any]:
    return _envelope(message) | {
        "data": message.data.present(),
        "oddities": [odd._asdict() for odd in message.oddities],
        "unknown_fields": list(message.unknown_fields),
    }


def _rows(data: dji.Model, path: str = "") -> list[tuple[str, Any, str]]:
    """The fields that were said, one a row, with what the protocol says of each."""
    rows: list[tuple[str, Any, str]] = []
    for name in type(data).model_fields:
        if name not in data.model_fields_set:
            continue
        value = getattr(data, name)
        where = f"{path}{name}"
        parts = value if isinstance(value, list) else [value]
        if parts and all(isinstance(part, dji.Model) for part in parts):
            for number, part in enumerate(parts):
                rows += _rows(part, f"{where}[{number}]." if isinstance(value, list) else f"{where}.")
        else:
            rows.append((where, value, _meaning(type(data), name, value)))
    rows += [(f"{path}{name}", value, "not documented") for name, value in (data.model_extra or {}).items()]
    return rows


def _meaning(model: type[dji.Model], name: str, value: Any) -> str:
    info = model.model_fields[name]
    spec = next((each for each in info.metadata if isinstance(each, Spec)), None)
    if spec is None:
        return info.description or ""
    chosen = spec.values.get(value) if isinstance(value, str | int | float) else None
    if chosen:
        return f"{spec.doc} {value}: {chosen}."
    within = spec.range or spec.unit
    return f"{spec.doc} ({within})" if within else spec.doc
