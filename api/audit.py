"""The audit log: what people and sagas did, and every command to a dock; who, when, why and with what outcome.

Two collections, read side by side and put together by time. A place in the list is a place in each of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.body import View
from api.deps import Admin, PartsDep
from api.paging import After, Limit, Page, page
from store.audit import AuditEntry
from store.commands import Command

router = APIRouter(prefix="/v1/audit", tags=["organisation"])

COMMAND: Final = "command"
_BEGIN, _CUT = "-", "~"


class AuditView(View):
    """One entry. A command's outcome is what the dock said of it; of an action it is what came of the request."""

    id: str
    source: Literal["action", "command"]
    at: datetime
    user: str
    role: str | None = Field(description="Null for a command: see the action that it belongs to")
    kind: str = Field(description="What it is about; the first word of `action`")
    action: str
    target: str
    dock_sn: str | None
    mission_id: str | None
    reason: str
    outcome: str
    details: dict[str, Any]


@router.get("")
async def audit(
    parts: PartsDep,
    caller: Admin,
    limit: Limit = 50,
    after: After = None,
    user: Annotated[str | None, Query(max_length=256, description="Who did it")] = None,
    dock: Annotated[str | None, Query(max_length=200, description="Serial of the dock")] = None,
    mission: Annotated[str | None, Query(max_length=200)] = None,
    kind: Annotated[
        str | None, Query(max_length=64, description="`command`, or the first word of an action, like member")
    ] = None,
    since: Annotated[datetime | None, Query(description="From then on")] = None,
    until: Annotated[datetime | None, Query(description="Before then")] = None,
) -> Page[AuditView]:
    """List who did what, newest first."""
    actions_after, _, commands_after = (after or f"{_BEGIN}{_CUT}{_BEGIN}").partition(_CUT)
    within: dict[str, Any] = {"since": since, "until": until, "orgId": caller.org, "user": user, "missionId": mission}
    actions: list[AuditEntry] = []
    commands: list[Command] = []
    more_actions = more_commands = None
    if kind != COMMAND:
        actions, more_actions = await page(
            parts.audit, limit, _place(actions_after), order="at", dockSn=dock, kind=kind, **within
        )
    if kind in (None, COMMAND):
        commands, more_commands = await page(
            parts.commands, limit, _place(commands_after), order="sentAt", sn=dock, **within
        )
    both = [*map(_of_action, actions), *map(_of_command, commands)]
    both.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    shown = both[:limit]
    if len(both) <= limit and more_actions is None and more_commands is None:
        return Page(items=shown)
    last = {entry.source: entry.id for entry in shown}  # the last of each kind that this page shows
    return Page(
        items=shown, next=f"{last.get('action', actions_after)}{_CUT}{last.get('command', commands_after) or _BEGIN}"
    )


def _place(after: str) -> str | None:
    return None if after == _BEGIN else after


def _of_action(entry: AuditEntry) -> AuditView:
    return AuditView(**entry.model_dump(), source="action")


def _of_command(command: Command) -> AuditView:
    details = {"saga": command.workflow_id, "step": command.step, "result": command.result, "meaning": command.meaning}
    return AuditView(
        id=command.tid, source="command", at=command.sent_at, user=command.user, role=None, kind=COMMAND,
        action=f"{COMMAND}.{command.method}", target=command.sn, dock_sn=command.sn, mission_id=command.mission_id,
        reason=command.reason, outcome=command.status, details=details | {"data": command.data},
    )  # fmt: skip
