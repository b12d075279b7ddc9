"""Rollouts in the store: the document, the pushes of its docks, its counts and its report."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from store.audit import Audit
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.firmware import (
    ROLLOUT_OVER,
    Counts,
    PackageRef,
    Push,
    Pushes,
    PushStatus,
    Rollout,
    RolloutPlan,
    Rollouts,
    RolloutStatus,
    push_key,
)

AT_ONCE: Final = 50  # events that are written side by side


class NewRollout(BaseModel):
    """`waves` has the docks in the order of their turns."""

    rollout_id: str
    org_id: str
    name: str
    packages: list[PackageRef]
    upgrade_type: int
    waves: list[list[str]]
    plan: RolloutPlan
    actor: Actor


class RolloutRef(BaseModel):
    rollout_id: str


class RolloutFound(BaseModel):
    """The docks of a rollout that had ended, by status."""

    docks: dict[str, PushStatus]


class RolloutNote(BaseModel):
    """What a rollout is at. `actor` is who brought it there, for the audit log where it ends."""

    rollout_id: str
    status: RolloutStatus
    phase: str
    reason: str | None = None
    wave: int
    waves: int
    counts: Counts
    failed: list[str] = Field(default_factory=list)
    actor: Actor


class PushesSet(BaseModel):
    """Docks that a word changed, without a saga of their own: called off, given up, or to be tried again."""

    rollout_id: str
    sns: list[str]
    status: PushStatus
    reason: str | None = None


class OnlineQuery(BaseModel):
    org_id: str
    sns: list[str]


class OnlineFound(BaseModel):
    """`gone`: docks that are not in the organisation any more."""

    sns: list[str]
    gone: list[str] = Field(default_factory=list)


class RolloutState:
    """Activities on `firmware_rollouts`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._events = events
        self._rollouts = Rollouts(client)
        self._pushes = Pushes(client)
        self._docks = Docks(client)
        self._audit = Audit(client)

    @activity.defn
    async def open_rollout(self, given: NewRollout) -> None:
        """Write the rollout and a push for each of its docks; what is there already stays."""
        docks = [sn for wave in given.waves for sn in wave]
        await self._pushes.create_all(
            [
                Push(rollout_id=given.rollout_id, org_id=given.org_id, dock_sn=sn, wave=number)
                for number, wave in enumerate(given.waves, start=1)
                for sn in wave
            ]
        )
        await self._rollouts.create(
            Rollout(
                id=given.rollout_id,
                org_id=given.org_id,
                name=given.name,
                packages=given.packages,
                upgrade_type=given.upgrade_type,
                docks=docks,
                plan=given.plan,
                waves=len(given.waves),
                counts=Counts(pending=len(docks)),
                requested_by=given.actor.user,
            )
        )
        subject = about("firmware.rollout", given.rollout_id)
        data = {"name": given.name, "docks": len(docks), "by": given.actor.user}
        await self._events.emit(given.org_id, "firmware.rollout.starting", subject, data, key="starting")

    @activity.defn
    async def find_rollout(self, given: RolloutRef) -> RolloutFound:
        """How its docks stand, for a rollout that is opened again. Raises RolloutUnknown."""
        if await self._rollouts.get(given.rollout_id) is None:
            raise failure(Failure.ROLLOUT_UNKNOWN, f"there is no rollout {given.rollout_id}", field="id")
        pushes = await self._pushes.of_docks(given.rollout_id)
        return RolloutFound(docks={push.dock_sn: push.status for push in pushes})

    @activity.defn
    async def note_rollout(self, given: RolloutNote) -> None:
        """Write what the rollout is at, and its report where it has ended."""
        report = await self._report(given) if given.status in ROLLOUT_OVER else None

        async def step(transaction: AsyncTransaction) -> None:
            rollout = await self._rollouts.get(given.rollout_id, transaction)
            if rollout is None:
                return
            at = now()
            changes: dict[str, Any] = {
                "status": given.status,
                "phase": given.phase,
                "reason": given.reason,
                "wave": given.wave,
                "waves": given.waves,
                "counts": given.counts.model_dump(by_alias=True),
                "updatedAt": at,
                "endedAt": at if report is not None else None,
            }
            if report is not None:
                changes["report"] = report
                note(
                    self._audit, transaction, org_id=rollout.org_id, actor=given.actor, action="firmware.rollout.ended",
                    target=rollout.id, occasion=_occasion(given), outcome=given.status,
                    counts=given.counts.model_dump(), failed=given.failed[:100],
                )  # fmt: skip
            transaction.update(self._rollouts.ref(rollout.id), changes)
            if given.status != rollout.status:
                data = {"name": rollout.name, "phase": given.phase, "reason": given.reason, "by": given.actor.user}
                await self._events.emit(
                    rollout.org_id, f"firmware.rollout.{given.status}", about("firmware.rollout", rollout.id),
                    data | {"counts": changes["counts"]}, key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)

    async def _report(self, given: RolloutNote) -> dict[str, Any]:
        """Who failed of what, how long an upgrade took, how many tries were needed."""
        pushes = await self._pushes.of_docks(given.rollout_id)
        took = sorted(
            (push.ended_at - push.started_at).total_seconds()
            for push in pushes
            if push.status == "succeeded" and push.started_at is not None and push.ended_at is not None
        )
        reasons: dict[str, list[str]] = {}
        for push in pushes:
            if push.status in ("failed", "skipped", "cancelled"):
                reasons.setdefault(_kind_of(push), []).append(push.dock_sn)
        starts = [push.started_at for push in pushes if push.started_at is not None]
        ends = [push.ended_at for push in pushes if push.ended_at is not None]
        return {
            "counts": given.counts.model_dump(by_alias=True),
            "firstStartedAt": _first(starts),
            "lastEndedAt": max(ends) if ends else None,
            "secondsMedian": took[len(took) // 2] if took else None,
            "secondsLongest": took[-1] if took else None,
            "triedAgain": sum(push.attempt > 1 for push in pushes),
            "reasons": [
                {"status": kind.split(":", 1)[0], "reason": kind.split(": ", 1)[-1], "count": len(docks),
                 "docks": sorted(docks)[:50]}
                for kind, docks in sorted(reasons.items(), key=lambda item: -len(item[1]))[:20]
            ],
        }  # fmt: skip

    @activity.defn
    async def set_pushes(self, given: PushesSet) -> None:
        """Write what a word made of many docks at once."""
        ended = given.status in ("cancelled", "skipped", "failed")
        fields = {
            "status": given.status,
            "active": False,
            "phase": given.status,
            "reason": given.reason,
            "cure": None,
            "errorCode": None,
            "endedAt": now() if ended else None,
        }
        await self._pushes.patch_all([push_key(given.rollout_id, sn) for sn in given.sns], fields)
        if ended and given.sns:
            await self._tell_of_docks(given)

    async def _tell_of_docks(self, given: PushesSet) -> None:
        rollout, key = await self._rollouts.get(given.rollout_id), this_time()
        for start in range(0, len(given.sns), AT_ONCE):
            await asyncio.gather(
                *(
                    self._events.emit(
                        rollout.org_id if rollout is not None else None, f"firmware.push.{given.status}",
                        about("firmware.push", push_key(given.rollout_id, sn), dock=sn, rollout=given.rollout_id),
                        {"reason": given.reason}, key=key,
                    )
                    for sn in given.sns[start : start + AT_ONCE]
                )
            )  # fmt: skip

    @activity.defn
    async def docks_online(self, given: OnlineQuery) -> OnlineFound:
        """Which of these docks are online by now, and which will never be: those that were unpaired."""
        online = {dock.sn: dock.online async for dock in self._docks.stream(orgId=given.org_id)}
        return OnlineFound(
            sns=[sn for sn in given.sns if online.get(sn)], gone=[sn for sn in given.sns if sn not in online]
        )


def _kind_of(push: Push) -> str:
    """Reasons that differ by the dock's serial alone are one."""
    return f"{push.status}: {(push.reason or 'no reason given').replace(push.dock_sn, 'SN')}"


def _first(moments: list[datetime]) -> datetime | None:
    return min(moments) if moments else None


def _occasion(given: RolloutNote) -> str:
    return f"{given.status} {given.counts.model_dump_json()}"
