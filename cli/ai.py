"""`argus ai`: what the aircraft of a Dock 3 recognises, and what it follows."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import as_json, console

app = typer.Typer(help="On-aircraft AI (Dock 3): recognise targets, and follow one.", no_args_is_help=True)
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]


@app.command()
def show(context: typer.Context, sn: Sn) -> None:
    """What the AI looks for and follows, as the aircraft last said."""
    _shown(context, api(context).call("GET", f"/v1/docks/{sn}/ai"))


@app.command("set")
def change(
    context: typer.Context,
    sn: Sn,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Recognise targets")] = None,
    model: Annotated[int | None, typer.Option(min=0, help="Index of the model; `argus ai show` lists them")] = None,
    kind: Annotated[list[int] | None, typer.Option(help="Kind to show, by index of its label; again for more")] = None,
    score: Annotated[int | None, typer.Option(min=0, max=100, help="How sure it has to be, in percent")] = None,
    score_mode: Annotated[str | None, typer.Option(help="counting, search or custom")] = None,
    reset_score: Annotated[bool, typer.Option("--reset-score", help="Set the score back")] = False,
    spotlight: Annotated[
        bool | None, typer.Option("--spotlight/--no-spotlight", help="Let a target be followed")
    ] = None,
) -> None:
    """Switch recognition on or off; choose model, kinds, score and spotlight zoom."""
    wanted = {
        "on": on, "model": model, "filters": kind, "score": score, "scoreMode": score_mode, "spotlight": spotlight,
    }  # fmt: skip
    body: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if reset_score:
        body["resetScore"] = True
    _shown(context, api(context).call("PATCH", f"/v1/docks/{sn}/ai", json=body))


@app.command()
def follow(
    context: typer.Context,
    sn: Sn,
    target: Annotated[int | None, typer.Argument(help="Id of a box of `detections`")] = None,
    frame: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(help="Instead: middle, width and height as parts of the picture: X Y WIDTH HEIGHT"),
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Follow what was chosen by a frame")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Follow nothing any more")] = False,
) -> None:
    """Follow a target: by its id, or by a frame that is confirmed then."""
    if [target is not None, frame is not None, confirm, stop].count(True) != 1:
        raise typer.BadParameter("give one of TARGET, --frame, --confirm, --stop")
    path, server = f"/v1/docks/{sn}/ai/follow", api(context)
    if stop:
        found = server.call("DELETE", path)
    elif confirm:
        found = server.call("POST", f"{path}/confirm")
    else:
        named = dict(zip(("x", "y", "width", "height"), frame, strict=True)) if frame is not None else None
        found = server.call("POST", path, json={"target": target} if named is None else {"frame": named})
    _shown(context, found)


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    if found["at"] is None:
        console.print("The aircraft has not said anything of its AI yet.")
        return None
    labels = {each["index"]: each["name"] for each in found["labels"]}
    models = ", ".join(f"{each['index']} {each['name']}" for each in found["models"])
    kinds = ", ".join(f"{index} {labels.get(index) or ''}".strip() for index in found["filters"])
    lines = [
        f"recognition: [bold]{'on' if found['on'] else 'off'}[/bold], model {found['model']} of {escape(models)}",
        f"shows: {escape(kinds)}; score {found['score']} ({found['scoreMode']})",
        f"spotlight zoom: {'on' if found['spotlight'] else 'off'}, {found['following']}"
        + (f" ({found['reason']})" if found["reason"] else ""),
    ]
    console.print("\n".join(lines), highlight=False)
    return None
