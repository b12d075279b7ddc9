"""LiveKit rooms, one a mission, and the tokens that open them. Nothing of WebRTC: activities and api import it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from livekit import api

from store.access import ROLES, RoleName

# A room outlives the pauses between flights; the mission's end deletes it.
EMPTY_FOR = 3600  # s without anyone
DEPARTED_FOR = 600  # s after the last one left
# Tokens are only used to come in: LiveKit renews the token of whoever is inside.
VIEWER_TTL = dt.timedelta(minutes=15)
PUBLISHER_TTL = dt.timedelta(minutes=10)
DOCK_PREFIX = "dji-dock-"
"""Of what is no person: a dock's videos and its telemetry."""
SPEAKING_ROLES = frozenset({"admin", "commander", "operator"})

Metadata = Mapping[str, Any]


class RoomsUnavailable(Exception):
    """LiveKit does not answer, or not as it should; another try may help."""


class Rooms:
    """Rooms and participants by LiveKit's API, tokens by its key. An async context manager.

    `url` may be ws(s) or http(s). Calls raise RoomsUnavailable when the server is away.
    """

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        self.http_url = with_scheme(url, "http")
        self.ws_url = with_scheme(url, "ws")
        self._key, self._secret = api_key, api_secret
        self._api: api.LiveKitAPI | None = None

    async def __aenter__(self) -> Self:
        self._api = api.LiveKitAPI(self.http_url, self._key, self._secret)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._api is not None:
            await self._api.aclose()

    async def ensure_room(self, room: str, metadata: Metadata | None = None) -> None:
        """Make the room, or find it; a room that exists gets the metadata."""
        request = api.CreateRoomRequest(name=room, empty_timeout=EMPTY_FOR, departure_timeout=DEPARTED_FOR)
        await self._call("create_room", request)
        if metadata is not None:
            await self._call("update_room_metadata", api.UpdateRoomMetadataRequest(room=room, metadata=_json(metadata)))

    async def delete_room(self, room: str) -> None:
        """Send everyone out and forget the room. Nothing happens where there is none."""
        await self._call("delete_room", api.DeleteRoomRequest(room=room), missing_ok=True)

    async def list_rooms(self) -> list[api.Room]:
        """All rooms, with how many are in each (LiveKit counts those who have just come a few seconds later)."""
        found = await self._call("list_rooms", api.ListRoomsRequest())
        return list(found.rooms)

    async def list_participants(self, room: str) -> list[api.ParticipantInfo]:
        """Who is in the room; nobody where there is none."""
        found = await self._call("list_participants", api.ListParticipantsRequest(room=room), missing_ok=True)
        return list(found.participants) if found is not None else []

    async def remove_participant(self, room: str, identity: str) -> None:
        """Send one out; a WHIP push ends with it. Nothing happens where it is not there."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        await self._call("remove_participant", request, missing_ok=True)

    async def set_role(self, room: str, identity: str, role: str) -> None:
        """Have a person who is inside be this from now on: what it may not send ends. Nothing where they are not."""
        speaks = role in SPEAKING_ROLES
        request = api.UpdateParticipantRequest(
            room=room, identity=identity, metadata=_json(_of_person(role)),
            permission=api.ParticipantPermission(can_subscribe=True, can_publish=speaks, can_publish_data=speaks),
        )  # fmt: skip
        await self._call("update_participant", request, missing_ok=True)

    def viewer_token(self, room: str, identity: str, role: str, ttl: dt.timedelta = VIEWER_TTL) -> str:
        """A token for a person: sees all; from the role of operator on may also speak and send data."""
        speaks = role in SPEAKING_ROLES
        grants = api.VideoGrants(
            room_join=True, room=room, can_subscribe=True, can_publish=speaks, can_publish_data=speaks
        )
        return self._token(identity, _of_person(role), grants, ttl)

    def publisher_token(self, room: str, identity: str, metadata: Metadata, ttl: dt.timedelta = PUBLISHER_TTL) -> str:
        """A token for a dock's video or telemetry: publishes, and receives nothing."""
        grants = api.VideoGrants(
            room_join=True, room=room, can_subscribe=False, can_publish=True, can_publish_data=True
        )
        return self._token(identity, metadata, grants, ttl)

    def _token(self, identity: str, metadata: Metadata, grants: api.VideoGrants, ttl: dt.timedelta) -> str:
        return (
            api.AccessToken(self._key, self._secret)
            .with_identity(identity)
            .with_metadata(_json(metadata))
            .with_grants(grants)
            .with_ttl(ttl)
            .to_jwt()
        )

    async def _call(self, method: str, request: Any, *, missing_ok: bool = False) -> Any:
        assert self._api is not None, "Rooms is used as a context manager"
        try:
            return await getattr(self._api.room, method)(request)
        except api.ServerError as error:
            if missing_ok and error.code == api.ServerErrorCode.NOT_FOUND:
                return None
            raise RoomsUnavailable(f"{method}: {error.code}: {error.message}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise RoomsUnavailable(f"{method}: {error or type(error).__name__}") from error


def person(role: str, user: str) -> str:
    """The identity of a person in a room."""
    return f"{role}-{user}"


def user_of(identity: str) -> str:
    """Whose identity it is."""
    return identity.partition("-")[2]


def role_of(identity: str) -> RoleName | None:
    """The role of the token with which a person came in."""
    found = identity.partition("-")[0]
    return next((role for role in ROLES if role == found), None)


def metadata_of(info: api.ParticipantInfo) -> dict[str, Any]:
    """What a participant says of itself; nothing where that cannot be read."""
    try:
        said = json.loads(info.metadata)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _of_person(role: str) -> Metadata:
    return {"source": "argus", "role": role}


def with_scheme(url: str, scheme: str) -> str:
    """`url` with `http` or `ws` as its scheme, secure if it was."""
    parts = urlsplit(url)
    secure = parts.scheme in ("https", "wss")
    return urlunsplit(parts._replace(scheme=scheme + "s" * secure))


def _json(metadata: Metadata) -> str:
    return json.dumps(dict(metadata), separators=(",", ":"), ensure_ascii=False)
