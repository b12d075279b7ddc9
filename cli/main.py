"""`argus`: one command for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from cli import (
    ai,
    alerts,
    areas,
    custom_data,
    debug,
    deletion,
    demo,
    dji,
    docks,
    doctor,
    drc,
    exports,
    firestore,
    firmware,
    fly,
    licences,
    logs,
    media,
    missions,
    org,
    org_settings,
    pair,
    properties,
    relay,
    sagas,
    schedules,
    simulate,
    up,
    waylines,
    webhooks,
)
from cli.client import CannotAsk
from cli.context import Options, wants_json
from cli.output import as_json, errors


class Argus(TyperGroup):
    """Takes --json also behind the command, and tells what cannot be asked in a sentence, with exit code 1."""

    # Typer's own click, whose types it does not show
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest = [word for word in args if word != "--json"]
        return super().parse_args(ctx, ["--json", *rest] if len(rest) < len(args) else args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CannotAsk as error:
            if wants_json(ctx) and error.problem is not None:
                as_json(error.problem)
            else:
                errors.print(f"[red]argus:[/red] {escape(str(error))}", highlight=False)
            raise typer.Exit(1) from None


app = typer.Typer(
    name="argus",
    cls=Argus,
    help="ARGUS Dock: pair docks, assign them to missions, watch them, fly them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(doctor.doctor)
app.command()(demo.demo)
app.command()(simulate.simulate)
app.command()(fly.fly)
app.command()(drc.drc)
app.command()(missions.streams)
app.add_typer(pair.app, name="pair")
app.add_typer(docks.app, name="docks")
app.add_typer(missions.app, name="missions")
app.add_typer(alerts.app, name="alerts")
app.add_typer(areas.app, name="areas")
app.command()(sagas.timings)
app.add_typer(sagas.app, name="sagas")
app.add_typer(waylines.app, name="waylines")
app.add_typer(fly.flights, name="flights")
app.add_typer(schedules.app, name="schedules")
app.add_typer(firmware.app, name="firmware")
app.add_typer(relay.app, name="relay")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(debug.app, name="debug")
app.add_typer(licences.app, name="licences")
app.command()(org.audit)
org.org.command()(org_settings.retention)
org.org.command()(org_settings.dji)
org.org.command()(org_settings.broker)
app.command()(org.token)
org.org.add_typer(exports.app, name="export")
org.org.add_typer(deletion.app, name="deletion")
app.add_typer(org.org, name="org")
app.add_typer(org.members, name="members")
app.add_typer(org.tokens, name="tokens")
app.add_typer(ai.app, name="ai")
app.add_typer(properties.app, name="property")
app.add_typer(media.app, name="media")
app.add_typer(custom_data.app, name="custom-data")
app.add_typer(logs.app, name="logs")
app.add_typer(dji.app, name="dji")
app.add_typer(firestore.app, name="firestore")


@app.callback()
def shared(
    context: typer.Context,
    api: Annotated[
        str | None, typer.Option(help="URL of the API; else ARGUS_API_URL, else DATA/endpoints.json")
    ] = None,
    token: Annotated[str | None, typer.Option(help="Token; else ARGUS_TOKEN, else DATA/endpoints.json")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of `argus up`; else ARGUS_DATA, else ./data")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON for programs instead of tables")] = False,
) -> None:
    context.obj = Options(api=api, token=token, data=data, json=json)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
