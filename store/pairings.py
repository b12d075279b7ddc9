"""`pairings/{id}`: one attempt to bring a dock into an organisation, from QR code to online."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now

PairingStatus = Literal["starting", "waiting", "bound", "paired", "expired", "cancelled", "failed"]


def code_hash(binding_code: str) -> str:
    """How a binding code is looked up without being kept in the clear: SHA-256, hex."""
    return hashlib.sha256(binding_code.encode()).hexdigest()


class Refusal(Part):
    """What a dock that came was told last. Written by the bridge."""

    sn: str
    code: int
    meaning: str
    cure: str = ""
    at: datetime


class Former(Part):
    """What a dock was before it was paired anew in its own organisation: so it is again where that fails."""

    pairing_id: str | None = None
    account: str | None = None
    display_name: str | None = None
    bound_at: datetime | None = None


class Pairing(Document):
    collection: ClassVar[str] = "pairings"

    id: str
    org_id: str
    display_name: str
    expected_model: str | None = Field(None, description="dock1, dock2 or dock3")
    expected_sn: str | None = None
    requested_by: str
    status: PairingStatus = "starting"
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    mqtt: str | None = Field(None, description="Address of the broker that the code names")
    account: str | None = None
    password_sealed: str | None = None
    binding_code_sealed: str | None = None
    binding_code_hash: str | None = None
    dock_sn: str | None = None
    aircraft_sn: str | None = None
    former: Former | None = None
    refusal: Refusal | None = None
    error: str | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class Pairings(Repository[Pairing]):
    model = Pairing

    async def by_code(self, hashed: str) -> Pairing | None:
        found = await self.find(bindingCodeHash=hashed, limit=1)
        return found[0] if found else None
