"""`argus`: one command for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.markup import escape
from typer.core import TyperGroup

from cli.client import CannotAsk
from cli.commands import Commands
from cli.context import Options, wants_json
from cli.output import as_json, errors


class Argus(TyperGroup):
    """Takes --json also behind the command, and tells what cannot be asked in a sentence, with exit code 1."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = cast(Any, Commands())  # only ever read

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
