"""Ingresses whose saga is gone are closed: one that was ended by hand, or died with its history, took nothing down."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final, Protocol

from media.listing import IngressStore
from media.registry import Registry
from store.document import now
from store.ingresses import Ingress

log = logging.getLogger(__name__)

YOUNGEST: Final = timedelta(seconds=5)  # a saga writes the ingress, and is there; the clocks may differ


class Owners(Protocol):
    """Who knows the sagas that own ingresses."""

    async def runs(self, spec: Ingress) -> bool:
        """Whether the saga that owns it is there. Raises when that cannot be said now."""


async def sweep(store: IngressStore, owners: Owners, registry: Registry) -> list[str]:
    """Close what nobody owns; the ids. Raises what store and owners raise: nothing is closed on a guess."""
    closed = []
    for spec in await store.list_open():
        if now() - spec.created_at > YOUNGEST and not await owners.runs(spec):
            log.warning("ingress %s of %s was left open by %s", spec.id, spec.sn, spec.workflow_id)
            await registry.close(spec.id)
            closed.append(spec.id)
    return closed


async def sweep_again_and_again(store: IngressStore, owners: Owners, registry: Registry, every: float) -> None:
    """Every so many seconds, until cancelled; a sweep that fails is followed by another."""
    while True:
        await asyncio.sleep(every)
        try:
            await sweep(store, owners, registry)
        except Exception as error:
            log.warning("ingresses were not swept: %s", error)
