"""How a mission's changes call the saga of its flight areas: a dock came or left, or the mission ends."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from store.areas import MissionAreasRepository
from timings import Timings
from workflows.waking import wake_areas


class AreaCalls:
    """Given to activities that change missions."""

    def __init__(self, client: Client, firestore: AsyncClient, timings: Timings) -> None:
        self._client = client
        self._areas = MissionAreasRepository(firestore)
        self._timings = timings

    async def call(self, mission_id: str, org_id: str) -> None:
        """Call it where areas were ever drawn. Raises RPCError where Temporal does not take it."""
        if await self._areas.get(mission_id) is not None:
            await wake_areas(self._client, mission_id, org_id, self._timings)
