"""The areas of the mission that a dock is in, as `mission_areas/{mission_id}` has them."""

from __future__ import annotations

import json
from typing import Any

from google.cloud.firestore import AsyncClient

from drc.clip import Areas, UnreadableArea

COLLECTION = "mission_areas"


async def areas_of(client: AsyncClient, mission_id: str | None) -> Areas:
    """None of them without a mission or a document. Raises UnreadableArea."""
    if mission_id is None:
        return Areas([])
    snapshot = await client.collection(COLLECTION).document(mission_id).get()
    features = (snapshot.to_dict() or {}).get("features", [])
    try:
        # Firestore has no arrays inside arrays, and GeoJSON is made of them.
        read = [json.loads(each) if isinstance(each, str) else each for each in _list(features)]
    except ValueError as error:
        raise UnreadableArea(str(error)) from None
    return Areas(read)


def _list(features: Any) -> list[Any]:
    found = json.loads(features) if isinstance(features, str) else features
    if isinstance(found, dict):
        found = found.get("features")
    if not isinstance(found, list):
        raise UnreadableArea("no list of features")
    return found
