"""Alerts: what docks and sagas warn of, what of it still stands, and who has seen to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.body import Body, View
from api.deps import Operator, Parts, PartsDep, Viewer
from api.paging import After, Limit, Page, page
from api.problems import not_found
from api.security import Principal
from store.alerts import NOTE_LENGTH, Acknowledged, Alert, AlertUnknown, Level

router = APIRouter(prefix="/v1/alerts", tags=["alerts"])

Kind = Literal[
    "hms", "airsense", "area", "obstacle", "exit_homing", "return_home", "flight_setup", "joystick_invalid",
    "dock_taken", "flight_silent", "flight_problem", "firmware_failed", "relay_decision",
]  # fmt: skip


class AlertView(View):
    """One thing that arose. `open`: it stands, by the dock's word; what happens once is over at once."""

    id: str
    sn: str
    mission_id: str | None = Field(None, description="The dock's mission when it arose")
    flight_id: str | None = None
    kind: str
    level: Level
    text: str
    module: str | None = Field(None, description="hms: tasks, devices, media or health")
    code: str | None = Field(None, description="hms: DJI's code")
    device: str | None = Field(None, description="hms: model key of the device that it is about")
    in_flight: bool | None = Field(None, description="hms: whether it arose in flight")
    data: dict[str, Any] = Field(description="What was said, under DJI's names")
    open: bool
    raised_at: datetime
    ended_at: datetime | None = None
    ended: str | None = Field(None, description="By what it ended")
    acknowledged: bool
    acknowledgement: Acknowledged | None = None


class Acknowledge(Body):
    note: Annotated[str, StringConstraints(max_length=NOTE_LENGTH, strip_whitespace=True)] = ""


def _view(alert: Alert) -> AlertView:
    return AlertView(**alert.model_dump())


@router.get("")
async def alerts(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    sn: str | None = Query(None, description="Serial of a dock"),
    mission: str | None = Query(None, description="What arose while the dock was in it"),
    kind: Kind | None = None,
    level: Level | None = None,
    open: bool | None = Query(None, description="Whether it still stands"),
    acknowledged: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AlertView]:
    """List alerts, newest first."""
    found, following = await page(
        parts.alerts, limit, after, order="raisedAt", since=since, until=until, orgId=caller.org, sn=sn,
        missionId=mission, kind=kind, level=level, open=open, acknowledged=acknowledged,
    )  # fmt: skip
    return Page(items=[_view(each) for each in found], next=following)


@router.get("/{alert_id}")
async def alert(parts: PartsDep, caller: Viewer, alert_id: str) -> AlertView:
    """Show one alert."""
    found = await parts.alerts.get(alert_id)
    if found is None or found.org_id != caller.org:
        raise not_found("alert", alert_id, "id")
    return _view(found)


@router.post("/{alert_id}/acknowledge")
async def acknowledge(parts: PartsDep, caller: Operator, alert_id: str, body: Acknowledge) -> AlertView:
    """Say that you have seen to it. Who was first stays; what stands goes on standing."""
    return _view(await _acknowledge(parts, caller, alert_id, body.note))


async def _acknowledge(parts: Parts, caller: Principal, alert_id: str, note: str) -> Alert:
    by = Acknowledged(user=caller.user, role=caller.role.name, note=note)
    try:
        found = await parts.alerts.acknowledge(alert_id, caller.org, by, parts.events)
    except AlertUnknown:
        raise not_found("alert", alert_id, "id") from None
    await parts.live.show(caller.org, found.sn, "alerts", await parts.alerts.picture(found.sn, caller.org))
    return found
