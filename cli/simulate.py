"""`argus simulate`: docks in software, against any system that speaks DJI's Cloud API."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import console, errors
from dji.products import DOCK_MODELS


def _text_of(qr: str) -> str:
    """The QR code's text: given itself, or the name of a file that holds it."""
    return qr if qr.lstrip().startswith("{") else Path(qr).read_text()


def simulate(
    docks: Annotated[int, typer.Option(help="How many", min=1)] = 1,
    model: Annotated[str, typer.Option(help="dock1, dock2, dock3, or mixed")] = "dock3",
    qr: Annotated[
        list[str] | None, typer.Option(help="Text of a QR code, or a file that holds it; one for all, or one each")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the first dock; serial numbers follow from it")] = 1,
    sn: Annotated[str | None, typer.Option(help="Serial number, for a single dock")] = None,
    speed: Annotated[float, typer.Option(help="Simulated seconds in a real one")] = 1.0,
    scenario: Annotated[str | None, typer.Option(help="Name or file of a scenario; `list` shows the names")] = None,
    awake: Annotated[bool, typer.Option(help="Aircraft powered on from the start")] = True,
    video: Annotated[bool, typer.Option(help="Encode and push real video when asked to")] = True,
    flying: Annotated[bool, typer.Option(help="Aircraft in the air from the start, on a round: for loads")] = False,
    bound: Annotated[bool, typer.Option(help="Bound already: the code's account may use all topics")] = False,
    control_port: Annotated[int, typer.Option(help="Port of the control API; 0 is a free one")] = 0,
    state_dir: Annotated[Path | None, typer.Option(help="Where docks remember their binding")] = None,
    log_level: Annotated[str, typer.Option()] = "WARNING",
) -> None:
    """Run simulated docks until Ctrl-C. A table shows them; the control API makes them misbehave."""
    from simulator import scenario as scenarios
    from simulator.config import DockConfig, QrCode
    from simulator.table import watch

    logging.basicConfig(level=log_level.upper())
    if scenario == "list":
        for name in scenarios.names():
            console.print(f"[bold]{name}[/bold]  {scenarios.load(name).description}", highlight=False)
        return
    if model not in (*DOCK_MODELS, "mixed"):
        errors.print(f"--model: {model} is none of {', '.join(DOCK_MODELS)}, mixed")
        raise typer.Exit(2)
    try:
        codes = [_text_of(code) for code in qr or []]
        for code in codes:
            QrCode.read(code)
        scenarios.load(scenario)
    except (OSError, ValueError) as error:
        errors.print(f"argus simulate: {error}", highlight=False)
        raise typer.Exit(2) from None
    if len(codes) not in (0, 1, docks):
        errors.print(f"--qr: {len(codes)} codes for {docks} docks; give one for all, or one each")
        raise typer.Exit(2)
    shared: dict[str, Any] = {
        "speed": speed, "scenario": scenario, "awake": awake or flying, "video": video, "bound": bound,
        "flying": flying, "state_dir": state_dir,
    }  # fmt: skip
    configs = [
        DockConfig(
            model=DOCK_MODELS[number % 3] if model == "mixed" else model,
            seed=seed + number,
            sn=sn if sn is not None and docks == 1 else "",
            qr=codes[number % len(codes)] if codes else None,
            **shared,
        )
        for number in range(docks)
    ]
    asyncio.run(watch(configs, control_port, console))
