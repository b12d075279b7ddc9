"""The areas of the mission that a dock is in, as sticks are held against them."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient
from pydantic import ValidationError

from drc.clip import Areas
from store.areas import MissionAreasRepository


class UnreadableArea(ValueError):
    """There are areas, and nobody knows where."""


async def areas_of(client: AsyncClient, mission_id: str | None) -> Areas:
    """None of them without a mission or a document, and once the mission is over. Raises UnreadableArea."""
    if mission_id is None:
        return Areas([])
    try:
        found = await MissionAreasRepository(client).get(mission_id)
        return Areas(found.areas if found is not None and not found.over else [])
    except (ValidationError, IndexError) as error:
        raise UnreadableArea(str(error)) from None
