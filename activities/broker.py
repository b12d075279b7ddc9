"""Accounts of docks at the broker: a QR code's account may only pair, and after that only use its own dock's topics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from settings import Settings
from store.pairings import Pairings
from store.seal import Seal

Action = Literal["publish", "subscribe"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an account's rights, in order of precedence. `literal`: this very filter, not what it matches."""

    action: Action
    topic: str
    allow: bool = True
    literal: bool = False


# A serial is not known before the bind, so the topics are open in it; but the filters themselves are denied, so that an
# account can follow one serial that it knows, and not everybody.
PAIRING_RULES: Final[tuple[Rule, ...]] = (
    Rule("subscribe", "thing/product/+/requests_reply", allow=False, literal=True),
    Rule("subscribe", "sys/product/+/status_reply", allow=False, literal=True),
    Rule("publish", "thing/product/+/requests"),
    Rule("publish", "sys/product/+/status"),
    Rule("subscribe", "thing/product/+/requests_reply"),
    Rule("subscribe", "sys/product/+/status_reply"),
)


def dock_rules(sn: str, aircraft_sn: str | None) -> tuple[Rule, ...]:
    """Rights of a bound dock: its own topics, and those of its aircraft."""
    filters = [f"thing/product/{sn}/#", f"sys/product/{sn}/#"]
    if aircraft_sn:
        filters.append(f"thing/product/{aircraft_sn}/#")
    return tuple(Rule(action, topic) for topic in filters for action in ("publish", "subscribe"))


def drc_rules(sn: str) -> tuple[Rule, ...]:
    """Rights of one session of manual flight: the live link of that one dock, in the direction that a dock needs."""
    return (Rule("publish", f"thing/product/{sn}/drc/up"), Rule("subscribe", f"thing/product/{sn}/drc/down"))


class BrokerError(Exception):
    """The broker refused, or did not answer. Another try may help."""


class Accounts(ABC):
    """Accounts by the broker's own interface. Every call may be repeated. Raises BrokerError."""

    @abstractmethod
    async def create_pairing(self, account: str, password: str) -> None:
        """An account with `PAIRING_RULES`; one of that name gets this password."""

    @abstractmethod
    async def grant_dock(self, account: str, sn: str, aircraft_sn: str | None) -> None:
        """Replace the account's rights by those of a dock. This may disconnect its client once."""

    @abstractmethod
    async def create_drc(self, account: str, password: str, sn: str) -> None:
        """An account with `drc_rules`; one of that name gets this password."""

    @abstractmethod
    async def delete_drc(self, account: str) -> None:
        """Remove such an account with its rights, where it is there, and cut its connection."""

    @abstractmethod
    async def delete(self, account: str, sn: str | None) -> None:
        """Remove the account, cut its connection, and remove the rights made for the dock, where they are there."""


class AccountOfPairing(BaseModel):
    pairing_id: str


class DockGrant(BaseModel):
    """`org_id` says whose broker it is; None: the shared one, also below."""

    account: str
    sn: str
    aircraft_sn: str | None = None
    org_id: str | None = None


class AccountRemoval(BaseModel):
    account: str
    sn: str | None = None
    org_id: str | None = None


AccountsOf = Callable[[str | None], Awaitable[Accounts]]
"""Accounts at the broker of an organisation."""


class Broker:
    """Activities on accounts. Passwords come out of the sealed document, never through a workflow."""

    def __init__(self, accounts_of: AccountsOf, pairings: Pairings, settings: Settings) -> None:
        self._accounts_of = accounts_of
        self._pairings = pairings
        self._seal = Seal.of(settings)

    @activity.defn
    async def open_account(self, given: AccountOfPairing) -> None:
        """Make the account of a pairing at the broker. Raises PairingFailed where the document has no password."""
        pairing = await self._pairings.get(given.pairing_id)
        if pairing is None or pairing.account is None or pairing.password_sealed is None:
            raise failure(Failure.PAIRING_FAILED, f"pairing {given.pairing_id} has no account to open")
        accounts = await self._accounts_of(pairing.org_id)
        await accounts.create_pairing(pairing.account, self._seal.open(pairing.password_sealed))

    @activity.defn
    async def grant_dock(self, given: DockGrant) -> None:
        """Give a bound dock its own topics in place of the pairing topics."""
        accounts = await self._accounts_of(given.org_id)
        await accounts.grant_dock(given.account, given.sn, given.aircraft_sn)

    @activity.defn
    async def remove_account(self, given: AccountRemoval) -> None:
        """Revoke an account: its client is cut off and cannot come back."""
        accounts = await self._accounts_of(given.org_id)
        await accounts.delete(given.account, given.sn)


def role_of(sn: str) -> str:
    """Name of the rights made for one dock."""
    return f"dock-{sn}"
