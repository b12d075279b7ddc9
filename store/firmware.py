"""`dji_firmware/{id}`, `firmware_rollouts/{id}`, `firmware_pushes/{rollout}_{sn}`: packages, and who gets them when.

Of a push, `progress` is written by the bridge, all else by activities.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now

Target = Literal["dock", "aircraft"]
PackageStatus = Literal["uploading", "ready"]
RolloutStatus = Literal[
    "starting", "running", "paused", "halted", "waiting", "attention", "cancelling", "completed", "cancelled",
]  # fmt: skip
ROLLOUT_OVER: Final[frozenset[str]] = frozenset({"completed", "cancelled"})
PushStatus = Literal["pending", "waiting", "running", "succeeded", "failed", "skipped", "cancelled"]
# A dock in one of these can be tried again by a person
RETRIABLE: Final[frozenset[str]] = frozenset({"failed", "skipped", "cancelled", "waiting"})


def push_key(rollout_id: str, sn: str) -> str:
    """Name of the document of one dock in one rollout."""
    return f"{rollout_id}_{sn}"


class Package(Document):
    """An uploaded firmware file. A rollout takes it once it is `ready`: there, with this size and MD5."""

    collection: ClassVar[str] = "dji_firmware"

    id: str
    org_id: str
    file_name: str
    code: str = Field(description="DJI's code of the product, from the file's name")
    version: str
    target: Target
    product: str = Field(description="Model key of the dock or aircraft it is for, like 3-3-0 or 0-100-1")
    size: int = Field(description="bytes")
    md5: str = Field(description="hex")
    object_key: str
    release_notes: str = ""
    uploaded_by: str
    status: PackageStatus = "uploading"
    created_at: datetime = Field(default_factory=now)
    ready_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class PackageRef(Part):
    """What a push needs of a package: goes into sagas' inputs, so small and without links."""

    firmware_id: str
    target: Target
    product: str
    version: str
    file_name: str
    object_key: str
    md5: str
    size: int


class Window(Part):
    """Hours in which pushes may start, in local time of `zone`; a `start` after its `end` means over midnight."""

    start: str = Field(description="HH:MM")
    end: str = Field(description="HH:MM")
    zone: str = Field("UTC", description="IANA name, like Europe/Berlin")


class RolloutPlan(Part):
    """How a rollout spreads. Percentages are of all its docks."""

    canary: int | None = Field(None, ge=1, description="Docks of the first wave")
    canary_percent: int | None = Field(None, ge=1, le=100)
    steps: list[int] = Field(default_factory=list, description="Percent of the docks reached after each later wave")
    at_once: int = Field(10, ge=1, le=500, description="Docks that are upgraded at the same time")
    soak: float = Field(0, ge=0, description="Seconds between the end of a wave and the next one")
    abort_after: int | None = Field(None, ge=0, description="More failed docks than this halt the rollout")
    abort_percent: int | None = Field(20, ge=0, le=100, description="More failed docks than this halt it, in percent")
    window: Window | None = None
    offline: Literal["wait", "skip"] = "wait"
    attempts: int = Field(3, ge=1, le=10, description="Tries of a dock before it counts as failed")


class Counts(Part):
    """Docks by status."""

    pending: int = 0
    waiting: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0
    cancelled: int = 0


class Rollout(Document):
    collection: ClassVar[str] = "firmware_rollouts"

    id: str
    org_id: str
    name: str
    packages: list[PackageRef]
    upgrade_type: int = Field(3, description="2 consistency upgrade, 3 normal upgrade")
    docks: list[str]
    plan: RolloutPlan
    status: RolloutStatus = "starting"
    phase: str = "starting"
    reason: str | None = None
    wave: int = Field(1, description="From 1")
    waves: int = 1
    counts: Counts = Field(default_factory=Counts)
    report: dict[str, Any] | None = None
    requested_by: str
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class OtaState(Part):
    """Written by the bridge, from `ota_progress`."""

    status: str = ""
    step: str | None = None
    percent: int | None = None
    result: int = 0
    at: datetime | None = None


class Push(Document):
    """One dock in one rollout."""

    collection: ClassVar[str] = "firmware_pushes"

    rollout_id: str
    org_id: str
    dock_sn: str
    wave: int = 1
    status: PushStatus = "pending"
    active: bool = Field(False, description="A saga listens: the bridge tells it what the dock says")
    phase: str = "pending"
    attempt: int = 0
    reason: str | None = None
    cure: str | None = None
    error_code: int | None = None
    before: dict[str, str] = Field(default_factory=dict, description="Version of what is to be upgraded, as it was")
    after: dict[str, str] = Field(default_factory=dict, description="Version that was reported afterwards")
    progress: OtaState | None = None
    next_try_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return push_key(self.rollout_id, self.dock_sn)


class Packages(Repository[Package]):
    model = Package


class Rollouts(Repository[Rollout]):
    model = Rollout


class Pushes(Repository[Push]):
    model = Push

    async def active_of(self, dock_sn: str) -> list[Push]:
        """The dock's pushes whose sagas listen: one, as a lease has it, or none."""
        return await self.find(dockSn=dock_sn, active=True)

    async def waiting_of(self, dock_sn: str) -> list[Push]:
        """Pushes that wait for this dock to come online."""
        return await self.find(dockSn=dock_sn, status="waiting")

    async def create_all(self, pushes: list[Push]) -> None:
        """Write new pushes, many at once; those that are there stay as they are."""
        there = {push.key for push in await self.find(rolloutId=pushes[0].rollout_id)} if pushes else set()
        await self._in_batches([(push.key, push.to_fields(), True) for push in pushes if push.key not in there])

    async def patch_all(self, keys: list[str], fields: dict[str, Any]) -> None:
        """Change the named fields of many pushes."""
        await self._in_batches([(key, fields, False) for key in keys])

    async def of_docks(self, rollout_id: str, status: str | None = None) -> list[Push]:
        """All pushes of a rollout, or those of a status."""
        of_status: dict[str, Any] = {"status": status} if status is not None else {}
        return await self.find(rolloutId=rollout_id, **of_status)

    async def _in_batches(self, writes: list[tuple[str, dict[str, Any], bool]]) -> None:
        for start in range(0, len(writes), BATCH):
            batch = self.client.batch()
            for key, fields, new in writes[start : start + BATCH]:
                if new:
                    batch.set(self.ref(key), fields)
                else:
                    batch.update(self.ref(key), fields)
            await batch.commit()


BATCH: Final = 400  # Firestore takes 500 writes in one commit
