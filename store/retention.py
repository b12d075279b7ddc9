"""How long documents and their objects are kept: a table, and the one way in which they go when their time is over.

Objects go first, then the document that names them: whoever dies between the two, or finds the bucket away, leaves
something that the next look finds again. A new kind of thing enters its rule in `RULES`, and its time in `timings`.
What is of a kind in `KINDS` is kept as long as its organisation says; the timing counts for those that say nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from botocore.exceptions import ClientError
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter

from store.document import now
from store.objects import Objects
from store.orgs import Org, RetentionDays

BATCH: Final = 100
DAY: Final = 86_400.0  # s

Fields = dict[str, Any]
KindName = Literal["media", "logs", "alerts", "custom_data", "audit"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What an organisation says how long to keep, in whole days within bounds; else the timing `kept` counts."""

    name: KindName
    kept: str
    least: int
    most: int
    what: str


KINDS: Final[tuple[Kind, ...]] = (
    Kind("media", "media_kept", 1, 3650, "Photos, videos and side files, and what is known of each flight's files"),
    Kind("logs", "logs_kept", 1, 3650, "Logs that docks uploaded"),
    Kind("alerts", "alerts_kept", 1, 3650, "Alerts, from their end on; what stands stays"),
    Kind("custom_data", "custom_data_kept", 1, 3650, "Messages of programs on payloads and beside docks"),
    # Nobody does something and has it forgotten the next day
    Kind("audit", "audit_kept", 90, 3650, "Who did what, and every command to a dock with its outcome"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for how long, by `age`, a field (camelCase) with the time from which on it counts.

    `keys` and `prefixes` are fields (dotted; lists are gone through) that hold the key of an object, or what the keys
    of all of its objects begin with, up to a slash. Fields that are absent or None hold none.
    """

    collection: str
    age: str
    kept: str
    """Name of the timing: seconds."""
    keys: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    kind: KindName | None = None
    """Organisations say how long; None: the same for all."""


RULES: Final[tuple[Rule, ...]] = (
    Rule("dji_custom_data", age="at", kept="custom_data_kept", kind="custom_data"),
    Rule("dji_logs", age="createdAt", kept="logs_kept", prefixes=("prefix",), kind="logs"),
    Rule("dji_alerts", age="endedAt", kept="alerts_kept", kind="alerts"),  # what stands has not ended, and stays
    Rule("room_bars", age="until", kept="room_bars_kept"),
    Rule("dji_media", age="createdAt", kept="media_kept", keys=("objectKey",), kind="media"),
    Rule("media_reports", age="createdAt", kept="media_kept", keys=("objectKey",), kind="media"),
    Rule("flight_media", age="createdAt", kept="media_kept", kind="media"),
    Rule("org_exports", age="endedAt", kept="exports_kept", keys=("objectKey",)),
    Rule("audit", age="at", kept="audit_kept", kind="audit"),
    Rule("dji_commands", age="sentAt", kept="audit_kept", kind="audit"),
)


@dataclass(slots=True)
class Swept:
    """`left`: documents whose objects the bucket did not remove."""

    removed: int = 0
    left: int = 0


def rule_of(collection: str, rules: tuple[Rule, ...] = RULES) -> Rule:
    """The rule of a collection. Raises KeyError."""
    return {rule.collection: rule for rule in rules}[collection]


def values_at(fields: Any, path: str) -> list[str]:
    """All texts at a dotted path."""
    found = [fields]
    for name in path.split("."):
        maps = [item for each in found for item in (each if isinstance(each, list) else [each])]
        found = [each[name] for each in maps if isinstance(each, dict) and name in each]
    texts = [item for each in found for item in (each if isinstance(each, list) else [each])]
    return [text for text in texts if isinstance(text, str) and text]


class Retention:
    def __init__(self, client: AsyncClient, objects: Objects) -> None:
        self._client = client
        self._objects = objects

    async def sweep(self, rule: Rule, kept: float) -> Swept:
        """Remove everything that is older than `kept` seconds, or than its organisation says.

        What the bucket refuses to remove keeps its document, and does not stand in the way of what is younger. A store
        or bucket that is away raises its client's errors.
        """
        swept = Swept()
        async for query in self._queries(rule, kept):
            async for snapshot in self._found(query):
                if await self._objects_gone(rule, snapshot.to_dict()):
                    await snapshot.reference.delete()
                    swept.removed += 1
                else:
                    swept.left += 1
        return swept

    async def _queries(self, rule: Rule, kept: float) -> AsyncIterator[Any]:
        """What is too old; organisation by organisation where these say how long, so that none reads what others keep.

        Nobody's documents have no organisation, and go by the timing.
        """
        documents: Any = self._client.collection(rule.collection)
        if rule.kind is None:
            yield documents.where(filter=FieldFilter(rule.age, "<", _ago(kept))).order_by(rule.age)
            return
        owners: list[tuple[str | None, float]] = [(None, kept)]
        async for snapshot in self._client.collection(Org.collection).select(["retention"]).stream():
            days = RetentionDays.model_validate((snapshot.to_dict() or {}).get("retention") or {}).of(rule.kind)
            owners.append((snapshot.id, kept if days is None else days * DAY))
        for owner, seconds in owners:
            yield (
                documents.where(filter=FieldFilter("orgId", "==", owner))
                .where(filter=FieldFilter(rule.age, "<", _ago(seconds)))
                .order_by(rule.age, direction="DESCENDING")  # as the lists' indexes are
            )

    async def _found(self, query: Any) -> AsyncIterator[Any]:
        after: Any = None
        while True:
            page = query.limit(BATCH)
            found = [each async for each in (page.start_after(after) if after is not None else page).stream()]
            for each in found:
                yield each
            if len(found) < BATCH:
                return
            after = found[-1]

    async def _objects_gone(self, rule: Rule, fields: Fields) -> bool:
        try:
            for path in rule.keys:
                for key in values_at(fields, path):
                    await self._objects.delete(key)
            for path in rule.prefixes:
                for prefix in values_at(fields, path):
                    await self._objects.delete_under(prefix)
        except ClientError:
            return False
        return True


def _ago(seconds: float) -> datetime:
    return now() - timedelta(seconds=seconds)
