"""Saga `licences/{sn}`: FlySafe licences of a dock are listed, switched or brought to its aircraft.

Whatever was asked for, the dock is asked afterwards what it holds now: only that is shown.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.mqtt import ObjectLink
from activities.state.job import DebugRef, JobState
from activities.state.licences import DomainSaid, LicencesSaid, LicenceState
from dji.flysafe import UnlockLicenseList, UnlockLicenseSwitch, UnlockLicenseUpdate
from dji.shared import FileRef
from workflows.answers import LicencesAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.inputs import LicencesInput
from workflows.names import Saga, Workflow
from workflows.order import Order
from workflows.policies import quick

AIRCRAFT, DOCK = 0, 3  # device_model_domain


@workflow.defn(name=Workflow.LICENCES)
class Licences(Order):
    """One order, then both lists."""

    @workflow.init
    def __init__(self, given: LicencesInput) -> None:
        self._given = given
        self._timings = given.timings
        self._consistent: bool | None = None
        super().__init__(
            Commands(given.timings, given.sn, org=given.org_id),
            Logbook(Saga.LICENCES, f"FlySafe licences of dock {given.sn}", org=given.org_id, dock=given.sn),
        )

    @workflow.run
    async def run(self, given: LicencesInput) -> LicencesAnswer:
        self._log.enter(given.order, f"for {given.actor.user}")
        await self._carry_out(self._work())
        await self._end()
        return self._answer()

    async def _work(self) -> None:
        """Raises DockUnknown, DockOffline, NoReply, or the dock's refusal."""
        given = self._given
        look = await workflow.execute_activity_method(
            JobState.look_at_dock,
            DebugRef(sn=given.sn, org_id=given.org_id),
            **quick(self._timings, "Is the dock there?"),
        )
        self._commands.product = look.product
        changed = None
        if given.order == "switch":
            await self._commands.send(
                UnlockLicenseSwitch(license_id=given.licence_id, enable=given.enable),
                step="unlock_license_switch",
                actor=given.actor,
                within=self._timings.command_reply_slow,
            )
            changed = "switched"
        elif given.order == "update":
            await self._update()
            changed = "updated"
        said = LicencesSaid(
            sn=given.sn,
            org_id=given.org_id,
            aircraft=await self._list(AIRCRAFT),
            dock=await self._list(DOCK),
            consistent=self._consistent,
            changed=changed,
            actor=given.actor,
        )
        await workflow.execute_activity_method(
            LicenceState.note_licences, said, **quick(self._timings, "What the dock holds now")
        )

    async def _update(self) -> None:
        given = self._given
        body, links = UnlockLicenseUpdate(), []
        if given.object_key is not None:
            body.file = FileRef(fingerprint=given.fingerprint)
            links.append(ObjectLink(path="file.url", object_key=given.object_key))
        await self._commands.send(
            body,
            step="unlock_license_update",
            actor=given.actor,
            object_links=links,
            within=self._timings.command_reply_slow,
        )

    async def _list(self, domain: int) -> DomainSaid:
        """The licences of one device; the reason where the dock does not say."""
        try:
            reply = await self._commands.send(
                UnlockLicenseList(device_model_domain=domain),
                step=f"unlock_license_list/{domain}",
                actor=self._given.actor,
                within=self._timings.command_reply_slow,
            )
        except ApplicationError as error:
            self._log.note(f"domain {domain}: {error.message}")
            return DomainSaid(error=error.message)
        found = reply.output.get("licenses")
        consistent = reply.output.get("consistence")
        self._consistent = consistent if isinstance(consistent, bool) else self._consistent
        return DomainSaid(licences=found if isinstance(found, list) else [])

    def _answer(self) -> LicencesAnswer:
        return LicencesAnswer(sn=self._given.sn, done=self._done)
