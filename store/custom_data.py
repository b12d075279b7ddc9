"""`dji_custom_data/{id}`: what programs on payloads (PSDK) and beside docks (ESDK) have sent. What they were sent is in
`dji_commands`, as any command.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Repository, now

End = Literal["psdk", "esdk"]
KEPT_LENGTH: Final = 4096
"""Characters of a message that are kept. DJI's limit is 255 bytes, but a dock is not to be relied on."""


class CustomData(Document):
    collection: ClassVar[str] = "dji_custom_data"

    id: str
    org_id: str
    sn: str
    end: End = Field(description="Who sent it: a payload's program, or one beside the dock")
    value: str
    length: int = Field(description="bytes of UTF-8, as it came")
    said_at: datetime | None = Field(None, description="The dock's own time of it")
    at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id

    @classmethod
    def of(cls, org_id: str, sn: str, end: End, value: str, said: str, said_at: datetime | None) -> CustomData:
        """`said` tells one message from another: the same one heard twice is one document."""
        key = hashlib.sha256(f"{sn}\n{end}\n{said}".encode()).hexdigest()[:32]
        return cls(
            id=key,
            org_id=org_id,
            sn=sn,
            end=end,
            value=value[:KEPT_LENGTH],
            length=len(value.encode()),
            said_at=said_at,
        )


class CustomDataRepository(Repository[CustomData]):
    model = CustomData
