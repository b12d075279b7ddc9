"""The beginning and the end of a try to upgrade one dock, each in one call: rollouts make them by the thousand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, Literal

from pydantic import BaseModel, Field
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.leases import Acquire, Leases, Release
from activities.mqtt import CommandRequest, CommandSent, Mqtt, ObjectLink, Unanswered, as_sent
from activities.state.dock import DockState, LeaseMirror
from activities.state.firmware import BeginPush, FirmwareState, Lacking, PushChecked, PushEnd, PushEnded
from dji.firmware import OtaCreate, OtaDevice
from store.commands import Command
from store.facts import LeaseAnswer
from workflows.names import firmware_id

NORMAL: Final = 3  # firmware_upgrade_type


class PushBegin(BaseModel):
    """`lease` is asked for where the dock is in need of the upgrade and nothing stands in the way; `order`, the
    `ota_create` without what is lacking, is given once it is granted.
    """

    push: BeginPush
    lease: Acquire
    order: CommandRequest
    link_life: float = Field(description="s, for which a package can be fetched")


class PushBegun(BaseModel):
    """`lease` None: it was not asked for, `checked` says why. `sent` None: the dock has no order."""

    checked: PushChecked
    lease: LeaseAnswer | None = None
    sent: CommandSent | None = None


class PushConclusion(BaseModel):
    push: PushEnd
    lease: Literal["release", "lapse"] | None = Field(
        None, description="Give it back, or no longer show it, since it ends with the saga; None: it has none"
    )
    order: str | None = Field(None, description="`tid` of the order, where nobody has looked for the dock's reply")


class PushSteps:
    """What is made of the activities on the store, on leases and on commands. Each may be run again at any time."""

    def __init__(self, firmware: FirmwareState, docks: DockState, leases: Leases, mqtt: Mqtt) -> None:
        self._firmware = firmware
        self._docks = docks
        self._leases = leases
        self._mqtt = mqtt

    @activity.defn
    async def begin_push(self, given: PushBegin) -> PushBegun:
        """See whether the dock can be upgraded now; where it can, write that its upgrade begins, lease it, order it.

        An order that cannot be given now is left to the saga.
        """
        checked = await self._firmware.begin_push(given.push)
        if checked.kind is not None or not checked.lacking:
            return await self._begun_before(given, checked) if checked.held else PushBegun(checked=checked)
        lease = await self._leases.acquire_lease(given.lease)
        if not lease.granted:
            return PushBegun(checked=checked, lease=lease)
        # First: by it, another run of this knows that it was begun
        await self._docks.mirror_lease(LeaseMirror(sn=given.push.sn, lease=lease.lease))
        order = order_of(given.order, checked, given.push.upgrade_type, given.link_life)
        return PushBegun(checked=checked, lease=lease, sent=await self._sent(order))

    async def _begun_before(self, given: PushBegin, checked: PushChecked) -> PushBegun:
        """A run before this one, whose outcome was lost, came to the lease, and maybe to the order: then what it found
        lacking is what was ordered, and what the dock does now is no hindrance.
        """
        lease = await self._leases.acquire_lease(given.lease)
        order = await self._mqtt.command(given.order.tid) if lease.granted else None
        if order is None or checked.kind is None:
            return PushBegun(checked=checked, lease=lease)
        checked = PushChecked(product=checked.product, lacking=_ordered(order, given.push))
        return PushBegun(checked=checked, lease=lease, sent=as_sent(order))

    async def _sent(self, order: CommandRequest) -> CommandSent | None:
        try:
            return await self._mqtt.send_command(order)
        except ApplicationError:
            raise
        except Exception as error:
            activity.logger.warning("ota_create to %s could not be sent at once: %s", order.sn, error)
            return None

    @activity.defn
    async def conclude_push(self, given: PushConclusion) -> PushEnded:
        """Write how the try ended, give the dock back, and note an order that the dock never replied to."""
        push, beside = given.push, list[Awaitable[object]]()
        if given.lease == "release":
            beside.append(self._leases.release_lease(Release(sn=push.sn, holder=firmware_id(push.rollout_id, push.sn))))
        elif given.lease == "lapse":
            # Nobody else can have the dock before the saga has ended: so it is never somebody else's lease
            beside.append(self._docks.mirror_lease(LeaseMirror(sn=push.sn)))
        if given.order is not None:
            beside.append(self._mqtt.mark_unanswered(Unanswered(tid=given.order)))
        ended, _ = await asyncio.gather(self._firmware.end_push(push), asyncio.gather(*beside))
        return ended


def order_of(order: CommandRequest, checked: PushChecked, upgrade_type: int, link_life: float) -> CommandRequest:
    """With what is lacking. A consistency upgrade needs no file; a normal one gets a link, signed when it is sent."""
    devices, links = [], []
    for number, item in enumerate(checked.lacking):
        package = item.package
        device = OtaDevice(sn=item.device, product_version=package.version, firmware_upgrade_type=upgrade_type)
        if upgrade_type == NORMAL:
            device.md5, device.file_size, device.file_name = package.md5, package.size, package.file_name
            links.append(ObjectLink(path=f"devices.{number}.file_url", object_key=package.object_key, life=link_life))
        devices.append(device)
    data = OtaCreate(devices=devices).present()
    return order.model_copy(update={"product": checked.product, "data": data, "object_links": links})


def _ordered(order: Command, push: BeginPush) -> list[Lacking]:
    """What an order that was given asks for."""
    packages = {package.target: package for package in push.packages}
    devices = [device["sn"] for device in order.data["devices"]]
    return [Lacking(device=sn, package=packages["dock" if sn == push.sn else "aircraft"]) for sn in devices]
