"""The beginning and the end of a try to upgrade one dock, each in one call: rollouts make them by the thousand."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel, Field
from temporalio import activity

from activities.leases import Acquire, Leases, Release
from activities.mqtt import Mqtt, Unanswered
from activities.state.firmware import BeginPush, FirmwareState, PushChecked, PushEnd, PushEnded
from store.facts import LeaseAnswer


class PushBegin(BaseModel):
    """`lease` is asked for where the dock is in need of the upgrade and nothing stands in the way."""

    push: BeginPush
    lease: Acquire


class PushBegun(BaseModel):
    """`lease` None: it was not asked for, `checked` says why."""

    checked: PushChecked
    lease: LeaseAnswer | None = None


class PushConclusion(BaseModel):
    push: PushEnd
    release: Release | None = Field(None, description="The lease that is given back")
    order: str | None = Field(None, description="`tid` of the order, where nobody has looked for the dock's reply")


class PushSteps:
    """What is made of the activities on the store, on leases and on commands. Each may be run again at any time."""

    def __init__(self, firmware: FirmwareState, leases: Leases, mqtt: Mqtt) -> None:
        self._firmware = firmware
        self._leases = leases
        self._mqtt = mqtt

    @activity.defn
    async def begin_push(self, given: PushBegin) -> PushBegun:
        """See whether the dock can be upgraded now; where it can, write that its upgrade begins, and ask for it."""
        checked = await self._firmware.begin_push(given.push)
        if checked.kind is not None or not checked.lacking:
            return PushBegun(checked=checked)
        return PushBegun(checked=checked, lease=await self._leases.acquire_lease(given.lease))

    @activity.defn
    async def conclude_push(self, given: PushConclusion) -> PushEnded:
        """Write how the try ended, give the dock back, and note an order that the dock never replied to."""
        ended, *_ = await asyncio.gather(
            self._firmware.end_push(given.push), self._give_back(given.release), self._settle(given.order)
        )
        return ended

    async def _give_back(self, release: Release | None) -> None:
        if release is not None:
            await self._leases.return_lease(release)

    async def _settle(self, order: str | None) -> None:
        if order is not None:
            await self._mqtt.mark_unanswered(Unanswered(tid=order))
