"""Pairings: account and codes, the bind of a dock to its organisation, and the way back."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from activities.state.binding import Refusal, check_bind
from settings import Settings
from store.audit import Audit
from store.docks import AircraftRepository, Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor, BindAnswer, OrganizationBind
from store.orgs import Orgs
from store.pairings import Former, Pairing, Pairings, PairingStatus, code_hash
from store.seal import Seal

# No letters that are mistaken for others: people read codes from a screen when a camera does not.
CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 12  # 60 bits, for a quarter of an hour


class NewPairing(BaseModel):
    pairing_id: str
    org_id: str
    display_name: str
    expected_model: str | None = None
    expected_sn: str | None = None
    validity: float
    actor: Actor


class PairingOpened(BaseModel):
    """What the saga may know: no password and no code."""

    account: str
    organization_name: str
    binding_code_hash: str
    expires_at: int


class BindRequest(BaseModel):
    pairing_id: str
    bind: OrganizationBind
    actor: Actor


class Bound(BaseModel):
    """`answer.result` 0: bound. `replaced_account` is of an earlier pairing of the same dock, and now to be removed."""

    answer: BindAnswer
    dock_sn: str | None = None
    aircraft_sn: str | None = None
    replaced_account: str | None = None


class PairingRef(BaseModel):
    pairing_id: str
    actor: Actor


class Restored(BaseModel):
    """False for a dock that was not paired before: it is to be unbound."""

    restored: bool


class PairingEnd(BaseModel):
    pairing_id: str
    status: PairingStatus
    error: str | None = None
    actor: Actor


class PairingState:
    """Activities on `pairings`, and the bind's transaction over `orgs`, `dji_docks` and `dji_aircraft`."""

    def __init__(self, client: AsyncClient, settings: Settings, events: Events) -> None:
        self._events = events
        self._pairings = Pairings(client)
        self._orgs = Orgs(client)
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._audit = Audit(client)
        self._seal = Seal.of(settings)

    @activity.defn
    async def create_pairing(self, given: NewPairing) -> PairingOpened:
        """Make account name, password and binding code, and keep them sealed.

        Raises OrgUnknown, DockOfOtherOrg, and NoSeats where no dock could be bound anyway.
        """

        async def step(transaction: AsyncTransaction) -> PairingOpened:
            org = await self._orgs.get(given.org_id, transaction)
            known = await self._pairings.get(given.pairing_id, transaction)
            expected = await self._docks.get(given.expected_sn, transaction) if given.expected_sn else None
            if org is None:
                raise failure(Failure.ORG_UNKNOWN, f"there is no organisation {given.org_id}")
            if known is not None and known.account is not None and known.binding_code_hash is not None:
                return _opened(known, org.name)
            if expected is not None and expected.org_id not in (None, org.id):
                raise failure(
                    Failure.DOCK_OF_OTHER_ORG, f"dock {expected.sn} is another organisation's", field="expected_sn"
                )
            if org.seats_used >= org.seats and (expected is None or expected.org_id is None):
                raise failure(
                    Failure.NO_SEATS,
                    f"all {org.seats} seats of {org.name} are taken",
                    cure="Unpair a dock, have more seats, or name the serial of a paired dock to pair it anew",
                )
            code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
            begun = now()
            pairing = Pairing(
                id=given.pairing_id,
                org_id=given.org_id,
                display_name=given.display_name,
                expected_model=given.expected_model,
                expected_sn=given.expected_sn,
                requested_by=given.actor.user,
                created_at=begun,
                expires_at=begun + timedelta(seconds=given.validity),
                mqtt=org.broker.address if org.broker is not None else None,
                account=f"pair-{given.pairing_id}",
                password_sealed=self._seal.close(secrets.token_urlsafe(24)),
                binding_code_sealed=self._seal.close(code),
                binding_code_hash=code_hash(code),
            )
            transaction.set(self._pairings.ref(pairing.id), pairing.to_fields())
            return _opened(pairing, org.name)

        return await self._pairings.transact(step)

    @activity.defn
    async def pairing_waits(self, given: PairingEnd) -> None:
        """The account is open: the code may be shown. A status further on stays."""

        async def step(transaction: AsyncTransaction) -> None:
            pairing = await self._pairings.get(given.pairing_id, transaction)
            if pairing is not None and pairing.status == "starting":
                transaction.update(self._pairings.ref(pairing.id), {"status": given.status})
                data = {"displayName": pairing.display_name, "expiresAt": pairing.expires_at, "by": given.actor.user}
                await self._events.emit(
                    pairing.org_id, "pairing.waiting", about("pairing", pairing.id), data, key="waiting",
                    within=transaction,
                )  # fmt: skip

        await self._events.transact(step)

    @activity.defn
    async def bind(self, given: BindRequest) -> Bound:
        """Bind dock and aircraft to the organisation of the pairing: all of them or none.

        A refusal is an answer with DJI's code and one error for each device, and changes nothing. Binding again what is
        bound by this pairing is a success again.
        """

        async def step(transaction: AsyncTransaction) -> Bound:
            pairing = await self._pairings.get(given.pairing_id, transaction)
            org = await self._orgs.get(pairing.org_id, transaction) if pairing is not None else None
            dock = await self._docks.get(given.bind.sn, transaction)
            aircraft = {
                device.sn: await self._aircraft.get(device.sn, transaction)
                for device in given.bind.devices
                if device.sn != given.bind.sn
            }
            try:
                plan = check_bind(given.bind, pairing, org, dock, aircraft, now())
            except Refusal as refusal:
                return Bound(answer=refusal.answer)
            assert pairing is not None, "checked"
            assert org is not None, "checked"
            answer = BindAnswer(result=0, organization_name=org.name, errors=plan.accepted)
            former = pairing.former
            if former is None and dock is not None and dock.org_id == org.id and dock.pairing_id != pairing.id:
                former = Former.model_validate(dock.model_dump())
            replaced = former.account if former is not None else None
            done = Bound(answer=answer, dock_sn=plan.dock_sn, aircraft_sn=plan.aircraft_sn, replaced_account=replaced)
            if plan.nothing_new:
                return done
            if plan.takes_seat:
                transaction.update(self._orgs.ref(org.id), {"seatsUsed": org.seats_used + 1})
            fields = {
                "sn": plan.dock_sn,
                "orgId": org.id,
                "displayName": pairing.display_name,
                "pairingId": pairing.id,
                "account": pairing.account,
                "boundAt": now(),
            }
            transaction.set(self._docks.ref(plan.dock_sn), fields, merge=True)
            if plan.aircraft_sn is not None:
                of_aircraft = {"sn": plan.aircraft_sn, "orgId": org.id}
                transaction.set(self._aircraft.ref(plan.aircraft_sn), of_aircraft, merge=True)
            changes = {
                "status": "bound",
                "dockSn": plan.dock_sn,
                "aircraftSn": plan.aircraft_sn,
                "former": former.model_dump(by_alias=True) if former is not None else None,
            }
            transaction.update(self._pairings.ref(pairing.id), changes)
            note(
                self._audit, transaction, org_id=org.id, actor=given.actor, action="dock.bound", target=plan.dock_sn,
                occasion=pairing.id, outcome="done", aircraft=plan.aircraft_sn,
            )  # fmt: skip
            await self._events.emit(
                org.id, "pairing.bound", about("pairing", pairing.id, dock=plan.dock_sn, aircraft=plan.aircraft_sn),
                {"displayName": pairing.display_name}, key=this_time(), within=transaction,
            )  # fmt: skip
            return done

        return await self._events.transact(step)

    @activity.defn
    async def restore_former(self, given: PairingRef) -> Restored:
        """Undo the bind of a dock that was paired before: it is as it was then, with its documents and its seat."""

        async def step(transaction: AsyncTransaction) -> Restored:
            pairing = await self._pairings.get(given.pairing_id, transaction)
            if pairing is None or pairing.former is None or pairing.dock_sn is None:
                return Restored(restored=False)
            dock = await self._docks.get(pairing.dock_sn, transaction)
            if dock is not None and dock.pairing_id == pairing.id:
                transaction.update(self._docks.ref(dock.sn), pairing.former.model_dump(by_alias=True))
                note(
                    self._audit, transaction, org_id=pairing.org_id, actor=given.actor, action="dock.restored",
                    target=dock.sn, occasion=pairing.id, outcome="done",
                )  # fmt: skip
            return Restored(restored=True)

        return await self._pairings.transact(step)

    @activity.defn
    async def end_pairing(self, given: PairingEnd) -> None:
        """Note how a pairing ended, and forget its password and code."""

        async def step(transaction: AsyncTransaction) -> None:
            pairing = await self._pairings.get(given.pairing_id, transaction)
            if pairing is None or pairing.ended_at is not None:
                return
            paired = given.status == "paired" and pairing.dock_sn is not None
            dock = await self._docks.get(pairing.dock_sn, transaction) if paired and pairing.dock_sn else None
            ended = now()
            if dock is not None:
                transaction.update(self._docks.ref(dock.sn), {"pairedAt": ended})
            changes = {
                "status": given.status,
                "error": given.error,
                "endedAt": ended,
                "passwordSealed": None,
                "bindingCodeSealed": None,
            }
            transaction.update(self._pairings.ref(pairing.id), changes)
            note(
                self._audit, transaction, org_id=pairing.org_id, actor=given.actor, action="pairing.ended",
                target=pairing.id, occasion="end", outcome=given.status, dock=pairing.dock_sn, error=given.error,
            )  # fmt: skip
            data = {"displayName": pairing.display_name, "error": given.error, "by": given.actor.user}
            subject = about("pairing", pairing.id, dock=pairing.dock_sn)
            await self._events.emit(
                pairing.org_id, f"pairing.{given.status}", subject, data, key=this_time(), within=transaction
            )
            if dock is not None:
                await self._events.emit(
                    pairing.org_id, "dock.paired", about("dock", dock.sn, pairing=pairing.id),
                    {"displayName": pairing.display_name}, key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)


def _opened(pairing: Pairing, organization_name: str) -> PairingOpened:
    assert pairing.account is not None, "made with the document"
    assert pairing.binding_code_hash is not None, "made with the document"
    return PairingOpened(
        account=pairing.account,
        organization_name=organization_name,
        binding_code_hash=pairing.binding_code_hash,
        expires_at=int(pairing.expires_at.timestamp() * 1000),
    )
