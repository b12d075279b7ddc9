"""Saga `pairing/{id}`: from a QR code to a dock that is bound, has its own rights at the broker, and is online."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.broker import AccountOfPairing, AccountRemoval, Broker, DockGrant
from activities.state.dock import DockRef, DockState, Unbind
from activities.state.pairing import BindRequest, NewPairing, PairingEnd, PairingOpened, PairingRef
from activities.state.pairing import PairingState as Store
from dji.errors import PAIRING_EXPIRED, PAIRING_USED, PAIRING_WRONG_CODE, PAIRING_WRONG_DEVICE
from store.facts import Ask, BindAnswer, OrganizationBind, OrganizationGet, Presence
from store.pairings import PairingStatus
from workflows.answers import PairingAnswer, PairingReady, PairingState
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import MEANINGS, Failure, failure, root
from workflows.inputs import PairingInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick


@workflow.defn(name=Workflow.PAIRING)
class Pairing:
    """Waits for one dock to bind itself. What it has made is gone again unless a dock came of it."""

    @workflow.init
    def __init__(self, given: PairingInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: PairingStatus = "starting"
        self._error: str | None = None
        self._opened: PairingOpened | None = None
        self._dock_sn: str | None = None
        self._aircraft_sn: str | None = None
        self._replaced_account: str | None = None
        self._online = False
        self._refusal: BaseException | None = None
        self._over = False
        self._cancel: Ask | None = None
        self._binding = asyncio.Lock()
        self._log = Logbook(Saga.PAIRING, f"Pairing of {given.display_name}", org=given.org_id)
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: PairingInput) -> PairingState:
        try:
            opening = asyncio.create_task(self._open())
            try:
                await asyncio.shield(opening)
            finally:
                await opening  # also where it is cancelled meanwhile: what is half made cannot be undone
            await self._wait_for_bind()
            await self._grant()
            await self._wait_for_online()
            await self._revoke_former()
            await self._end("paired", None)
        except (FailureError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                error = failure(Failure.PAIRING_CANCELLED, "cancelled in Temporal")
            await shielded(self._fail(root(error)))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    async def _open(self) -> None:
        given = self._given
        self._log.enter("starting", f"asked for by {given.actor.user}")
        opened = await workflow.execute_activity_method(
            Store.create_pairing,
            NewPairing(
                pairing_id=given.pairing_id,
                org_id=given.org_id,
                display_name=given.display_name,
                expected_model=given.expected_model,
                expected_sn=given.expected_sn,
                validity=self._timings.pairing_validity,
                actor=given.actor,
            ),
            **quick(self._timings, "Make account name, password and code"),
        )
        self._undo.add("account at the broker", lambda: self._remove_account(opened.account))
        await self._open_account(opened.account)
        await workflow.execute_activity_method(
            Store.pairing_waits,
            PairingEnd(pairing_id=given.pairing_id, status="waiting", actor=given.actor),
            **quick(self._timings, "The QR code may be shown"),
        )
        self._opened, self._status = opened, "waiting"
        self._log.enter("waiting", f"QR code with account `{opened.account}`")

    async def _open_account(self, account: str) -> None:
        """Raises BrokerRefused where the broker does not do it in time: a person waits for the code."""
        timings = self._timings
        try:
            await workflow.execute_activity_method(
                Broker.open_account,
                AccountOfPairing(pairing_id=self._given.pairing_id),
                **quick(timings, f"Open account {account} at the broker", within=timings.pairing_account),
            )
        except ActivityError as error:
            cause = root(error)
            if is_cancelled_exception(error) or (isinstance(cause, ApplicationError) and cause.type in MEANINGS):
                raise
            raise failure(Failure.BROKER_REFUSED, f"no account could be made at the broker: {cause}") from error

    async def _wait_for_bind(self) -> None:
        assert self._opened is not None, "opened"
        validity = max(0.001, self._opened.expires_at / 1000 - workflow.now().timestamp())
        try:
            await workflow.wait_condition(
                lambda: self._dock_sn is not None or self._cancel is not None,
                timeout=validity,
                timeout_summary="The QR code expires",
            )
        except TimeoutError:
            raise failure(Failure.PAIRING_EXPIRED, "no dock came before the code expired") from None
        self._check_cancel()

    async def _grant(self) -> None:
        """Give the dock its own topics. It is disconnected by that, so its bind is answered first."""
        assert self._opened is not None, "opened"
        assert self._dock_sn is not None, "bound"
        self._log.enter("bound", f"bound: dock `{self._dock_sn}`, aircraft `{self._aircraft_sn}`")
        self._log.fact("dock", self._dock_sn)
        try:
            await workflow.wait_condition(
                lambda: self._online or self._cancel is not None,
                timeout=self._timings.pairing_grant,
                timeout_summary="The dock hears that it is bound",
            )
        except TimeoutError:
            self._log.note("no topology yet; granting all the same")
        self._check_cancel()
        account, sn = self._opened.account, self._dock_sn
        await workflow.execute_activity_method(
            Broker.grant_dock,
            DockGrant(account=account, sn=sn, aircraft_sn=self._aircraft_sn, org_id=self._given.org_id),
            **quick(self._timings, f"Give {account} the topics of dock {sn}"),
        )
        self._log.note("the dock has its own topics")

    async def _wait_for_online(self) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._online or self._cancel is not None,
                timeout=self._timings.pairing_settle,
                timeout_summary="The dock comes online",
            )
        except TimeoutError:
            raise failure(
                Failure.PAIRING_FAILED,
                f"dock {self._dock_sn} was bound, but did not come online",
                cure="See to its network, then start a new pairing",
            ) from None
        self._check_cancel()

    async def _revoke_former(self) -> None:
        """A dock that was paired before has a new account, and uses it: the old one opens nothing any more."""
        if self._replaced_account is not None:
            await self._remove_account(self._replaced_account)

    def _check_cancel(self) -> None:
        if self._cancel is not None:
            raise failure(Failure.PAIRING_CANCELLED, f"cancelled by {self._cancel.actor.user}")

    async def _fail(self, error: BaseException) -> None:
        """Leave nothing behind, and say why."""
        kind = error.type if isinstance(error, ApplicationError) else None
        ends: dict[str | None, PairingStatus] = {
            Failure.PAIRING_EXPIRED: "expired",
            Failure.PAIRING_CANCELLED: "cancelled",
        }
        status = ends.get(kind, "failed")
        reason = error.message if isinstance(error, ApplicationError) else str(error)
        async with self._binding:
            self._status = status  # from here on no bind is taken
        if self._opened is None:
            self._refusal = error
        problems = await self._undo.run()
        await self._end(status, "; ".join([reason, *problems]))

    async def _end(self, status: PairingStatus, error: str | None) -> None:
        await workflow.execute_activity_method(
            Store.end_pairing,
            PairingEnd(pairing_id=self._given.pairing_id, status=status, error=error, actor=self._given.actor),
            **quick(self._timings, f"The pairing is {status}"),
        )
        self._status, self._error, self._over = status, error, True
        self._log.enter(status, error)

    async def _remove_account(self, account: str) -> None:
        await workflow.execute_activity_method(
            Broker.remove_account,
            AccountRemoval(account=account, org_id=self._given.org_id),
            **quick(self._timings, f"Remove account {account}"),
        )

    async def _unbind(self) -> None:
        """A dock that was paired before is as it was then; any other is nobody's again."""
        if self._dock_sn is None:
            return
        former = await workflow.execute_activity_method(
            Store.restore_former,
            PairingRef(pairing_id=self._given.pairing_id, actor=self._given.actor),
            **quick(self._timings, "Was it paired before?"),
        )
        if former.restored:
            return
        membership = await workflow.execute_activity_method(
            DockState.membership, DockRef(sn=self._dock_sn), **quick(self._timings, "What was bound")
        )
        if membership.pairing_id == self._given.pairing_id:
            await workflow.execute_activity_method(
                DockState.unbind,
                Unbind(membership=membership, actor=self._given.actor),
                **quick(self._timings, f"Unbind dock {self._dock_sn}"),
            )

    @workflow.update(name=Update.PAIRING_READY)
    async def ready(self) -> PairingReady:
        """When the QR code may be shown. Raises what kept it from being made."""
        await workflow.wait_condition(lambda: self._opened is not None or self._refusal is not None or self._over)
        if self._opened is None:
            raise self._refusal or failure(Failure.PAIRING_FAILED, self._error or "the pairing could not be started")
        return PairingReady(
            pairing_id=self._given.pairing_id, account=self._opened.account, expires_at=self._opened.expires_at
        )

    @workflow.update(name=Update.ORGANIZATION_GET)
    async def organization_get(self, asked: OrganizationGet) -> BindAnswer:
        """`airport_organization_get`: the name of the organisation, for who has the code."""
        opened = self._opened
        if (
            opened is None
            or asked.binding_code_hash != opened.binding_code_hash
            or asked.organization_id != self._given.org_id
        ):
            return BindAnswer(result=PAIRING_WRONG_CODE)
        refused = self._refuses(asked.sn)
        if refused is not None:
            return BindAnswer(result=refused)
        return BindAnswer(result=0, organization_name=opened.organization_name)

    @workflow.update(name=Update.ORGANIZATION_BIND)
    async def organization_bind(self, asked: OrganizationBind) -> BindAnswer:
        """`airport_organization_bind`: dock and aircraft become the organisation's, or the dock is told why not."""
        async with self._binding:
            refused = self._refuses(asked.sn)
            if refused is not None:
                return BindAnswer(result=refused)
            self._undo.add("bind", self._unbind)
            bound = await workflow.execute_activity_method(
                Store.bind,
                BindRequest(pairing_id=self._given.pairing_id, bind=asked, actor=self._given.actor),
                **quick(self._timings, f"Bind {', '.join(device.sn for device in asked.devices) or asked.sn}"),
            )
            if bound.answer.result != 0:
                self._log.note(f"dock `{asked.sn}` was refused: {bound.answer.result}")
                return bound.answer
            self._aircraft_sn = bound.aircraft_sn
            self._replaced_account = bound.replaced_account
            if self._dock_sn is None:
                self._status = "bound"
                self._dock_sn = bound.dock_sn
            return bound.answer

    def _refuses(self, sn: str) -> int | None:
        """The code for a dock that is not the one, or comes too late; None for one that is welcome."""
        if self._status in ("expired", "failed"):
            return PAIRING_EXPIRED
        if self._status == "cancelled" or self._dock_sn not in (None, sn):
            return PAIRING_USED
        if self._given.expected_sn not in (None, sn):
            return PAIRING_WRONG_DEVICE
        return None

    @workflow.update(name=Update.CANCEL)
    async def cancel(self, asked: Ask) -> PairingAnswer:
        """Give it up; answers when nothing is left of it. A pairing that is over stays as it is."""
        if not self._over:
            self._cancel = asked
            await workflow.wait_condition(lambda: self._over)
        return PairingAnswer(pairing_id=self._given.pairing_id, status=self._status)

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if fact.sn == self._dock_sn:
            self._online = fact.online
            self._log.note(f"dock is {'online' if fact.online else 'offline'}")

    @workflow.query(name=Query.STATUS)
    def status(self) -> PairingState:
        return PairingState(
            pairing_id=self._given.pairing_id, status=self._status, dock_sn=self._dock_sn, error=self._error
        )
