"""Removing what was kept long enough."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity

from activities.beating import heartbeating
from store.objects import Objects
from store.retention import Retention, rule_of


class Sweep(BaseModel):
    """One collection; `kept` counts where no organisation says otherwise."""

    collection: str
    kept: float = Field(description="seconds")


class SweptNow(BaseModel):
    """`left`: documents whose objects the bucket did not remove; the next look tries them again."""

    removed: int = 0
    left: int = 0


class Sweeper:
    """Activities of the retention."""

    def __init__(self, client: AsyncClient, objects: Objects) -> None:
        self._retention = Retention(client, objects)

    @activity.defn
    async def remove_old(self, given: Sweep) -> SweptNow:
        """Remove the documents of a collection that are older, or than their organisation says, and their objects."""
        async with heartbeating():
            swept = await self._retention.sweep(rule_of(given.collection), given.kept)
        return SweptNow(removed=swept.removed, left=swept.left)
