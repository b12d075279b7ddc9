"""A relay's legs as a table for Temporal's UI. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from store.relays import Question, RelayLeg


def table(legs: Sequence[RelayLeg], question: Question | None) -> str:
    """Who flies, waits and is done, in Markdown; under it what is to be decided."""
    rows = "".join(
        f"| {number} | `{leg.dock_sn}` | {leg.start:.0f} to {leg.end:.0f} m | {leg.share:.0%} | {leg.status} "
        f"| {leg.reason or ''} |\n"
        for number, leg in enumerate(legs, start=1)
    )
    head = "| leg | dock | part | of its battery | status | |\n|---|---|---|---|---|---|\n"
    if question is None:
        return head + rows
    until = datetime.fromtimestamp(question.until / 1000, UTC)
    return (
        f"{head}{rows}\n**Decide** on leg {question.leg + 1} until {until:%H:%M:%S} UTC: update `decide` with "
        f"`retry`, `skip` or `abort`.\n"
    )
