"""Rooms, and the pushes that go into them: LiveKit's API and media's control API."""

from __future__ import annotations

from urllib.parse import quote

import httpx
from pydantic import BaseModel
from temporalio import activity

from activities.state.stream import IngressRef
from media.rooms import Rooms
from settings import Settings


class RoomRef(BaseModel):
    room: str


class MediaError(Exception):
    """Media is away, or did not do it; another try may help."""


class Media:
    """Activities on rooms and pushes. `http` is a client of the worker's."""

    def __init__(self, settings: Settings, rooms: Rooms, http: httpx.AsyncClient) -> None:
        self._base = settings.media_url.rstrip("/")
        self._token = settings.media_control_token.get_secret_value()
        self._rooms = rooms
        self._http = http

    @activity.defn
    async def ensure_room(self, given: RoomRef) -> None:
        """Make the mission's room."""
        await self._rooms.ensure_room(given.room)

    @activity.defn
    async def delete_room(self, given: RoomRef) -> None:
        """Send everyone out of the mission's room."""
        await self._rooms.delete_room(given.room)

    @activity.defn
    async def close_push(self, given: IngressRef) -> None:
        """Cut what is pushed to an ingress, and take its participant out of the room. Raises MediaError."""
        await self._control("DELETE", f"/ingresses/{quote(given.ingress_id)}")

    @activity.defn
    async def reconcile_peers(self) -> None:
        """Have telemetry peers join and leave now, and not at media's next look. Raises MediaError."""
        await self._control("POST", "/peers/reconcile")

    async def _control(self, method: str, path: str) -> None:
        try:
            response = await self._http.request(
                method, self._base + path, headers={"Authorization": f"Bearer {self._token}"}
            )
        except httpx.HTTPError as error:
            raise MediaError(f"{method} {path}: {error or type(error).__name__}") from error
        if not response.is_success:
            raise MediaError(f"{method} {path}: {response.status_code} {response.text[:200]}")
