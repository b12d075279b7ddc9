"""Who may have a dock, and who is next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from store.facts import Actor, Lease, LeaseRequest, LeaseTake, Taking

PERSON: Final = "person"
FIRMWARE: Final = "firmware"


def person(user: str) -> str:
    """The holder's name of a person who took a dock by force."""
    return f"{PERSON}/{user}"


def holds(lease: Lease | None, asked: LeaseRequest) -> bool:
    """Whether the lease in force is the asker's, or lent to it."""
    return lease is not None and asked.holder in (lease.holder, lease.lent)


def may_have(lease: Lease | None, queue: Sequence[str], asked: LeaseRequest) -> bool:
    """Whether the dock is to be given to a saga that does not hold it: it is free and the saga's turn, or the person
    who took it has started the saga and hands it on. The saga that it was taken from does not get it back so.
    """
    if lease is None:
        return not queue or queue[0] == asked.holder
    return lease.kind == PERSON and lease.user == asked.actor.user and lease.loser != asked.holder


def granted(asked: LeaseRequest, now: int) -> Lease:
    return Lease(
        holder=asked.holder,
        kind=asked.kind,
        reason=asked.reason,
        user=asked.actor.user,
        since=now,
        lent=asked.lend,
        lapses=asked.lapses,
    )


def taken(asked: LeaseTake, lease: Lease | None, now: int) -> Taking:
    """`lease`: the one in force."""
    actor = asked.actor
    loser = None if lease is None else lease.loser if lease.kind == PERSON else lease.holder
    return Taking(user=actor.user, role=actor.role, reason=actor.reason, since=now, seconds=asked.seconds, loser=loser)


def of_person(taking: Taking, now: int) -> Lease:
    """The lease of who took the dock; its time begins when it is granted, however long the loser took to land."""
    return Lease(
        holder=person(taking.user),
        kind=PERSON,
        reason=taking.reason,
        user=taking.user,
        since=now,
        expires=now + round(taking.seconds * 1000),
        loser=taking.loser,
    )


def after(lease: Lease, now: int) -> Lease | None:
    """What follows when a holder lets go: the saga that it was lent to still has an aircraft to bring home, then the
    dock is that person's who took it.
    """
    if lease.lent is not None:
        return lease.model_copy(update={"holder": lease.lent, "kind": "flight", "lent": None})
    return of_person(lease.taken, now) if lease.taken is not None else None


def is_of(lease: Lease, actor: Actor) -> bool:
    """Whether this very person took the dock, and nothing stands in their way."""
    return lease.kind == PERSON and lease.user == actor.user


def words(lease: Lease | None) -> str:
    if lease is None:
        return "free"
    end = " until that ends" if lease.lapses else ""
    said = f"held by `{lease.holder}` ({lease.kind}){end}: {lease.reason}"
    return said if lease.taken is None else f"{said}; taken by {lease.taken.user}: {lease.taken.reason}"
