"""`dji_commands/{tid}`: every command with who, when, why and outcome. The bridge finds the waiting saga by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Repository, now

CommandStatus = Literal["sent", "accepted", "refused", "unanswered"]


PROPERTY_SET: Final = "property_set"
"""What setting a property is called here: its messages have no method."""
_BY_HAND: Final = "drc/"


def by_hand_id(sn: str) -> str:
    """In place of a saga's id: the command of a manual flight, whose process waits for the reply itself."""
    return f"{_BY_HAND}{sn}"


class Command(Document):
    collection: ClassVar[str] = "dji_commands"

    tid: str
    bid: str
    sn: str
    method: str
    org_id: str | None = None
    mission_id: str | None = None
    workflow_id: str = Field(description="Saga that waits for the reply; `drc/{sn}` in manual flight")
    step: str
    refusals_only: bool = Field(False, description="Its saga is told of a refusal only, and looks here for the rest")
    data: Any = Field(None, description="As sent, with links and secrets taken out")
    user: str
    reason: str = ""
    status: CommandStatus = "sent"
    sends: int = 1
    result: int | None = None
    meaning: str | None = None
    output: dict[str, Any] | None = None
    mismatch: str | None = None
    replies: int = 0
    sent_at: datetime = Field(default_factory=now)
    replied_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.tid

    @property
    def by_hand(self) -> bool:
        """Whether no saga waits for its reply."""
        return self.workflow_id.startswith(_BY_HAND)


class Commands(Repository[Command]):
    model = Command
