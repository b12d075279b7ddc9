"""The docks of a rollout as a Markdown table, for Temporal's UI: those that need a look first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from store.firmware import PushStatus
from workflows.answers import PushOutcome

ROWS: Final = 100
ORDER: Final[tuple[PushStatus, ...]] = (
    "failed", "running", "waiting", "skipped", "cancelled", "pending", "succeeded",
)  # fmt: skip


def table_of(docks: Mapping[str, PushStatus], outcomes: Mapping[str, PushOutcome]) -> str:
    """At most 100 rows; the last line says how many docks are not shown."""
    rank = {status: number for number, status in enumerate(ORDER)}
    shown = sorted(docks.items(), key=lambda item: rank[item[1]])
    lines = ["| dock | status | tries | reason |", "|---|---|---|---|"]
    for sn, status in shown[:ROWS]:
        outcome = outcomes.get(sn)
        # An outcome of an earlier try says nothing of a dock that is tried again
        told = outcome if outcome is not None and outcome.status == status else None
        reason = (told.reason or "").replace("|", "/").replace("\n", " ") if told is not None else ""
        lines.append(f"| `{sn}` | {status} | {told.attempt if told is not None else ''} | {reason} |")
    if len(shown) > ROWS:
        lines.append(f"\nand {len(shown) - ROWS} more")
    return "\n".join(lines)
