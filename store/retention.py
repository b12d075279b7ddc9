"""How long documents and their objects are kept: a table, and the one way in which they go when their time is over.

Objects go first, then the document that names them: whoever dies between the two, or finds the bucket away, leaves
something that the next look finds again. A new kind of thing enters its rule in `RULES`, and its time in `timings`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import ClientError
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter

from store.document import now
from store.objects import Objects

BATCH: Final = 100

Fields = dict[str, Any]


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


RULES: Final[tuple[Rule, ...]] = (
    Rule("dji_custom_data", age="at", kept="custom_data_kept"),
    Rule("dji_logs", age="createdAt", kept="logs_kept", prefixes=("prefix",)),
    Rule("dji_alerts", age="endedAt", kept="alerts_kept"),  # what stands has not ended, and stays
    Rule("room_bars", age="until", kept="room_bars_kept"),
    Rule("dji_media", age="createdAt", kept="media_kept", keys=("objectKey",)),
    Rule("media_reports", age="createdAt", kept="media_kept", keys=("objectKey",)),
    Rule("flight_media", age="createdAt", kept="media_kept"),
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

    async def sweep(self, rule: Rule, kept: float, said: Callable[[Swept], None] = lambda swept: None) -> Swept:
        """Remove everything that is older than `kept` seconds; `said` is told of each step.

        What the bucket refuses to remove keeps its document, and does not stand in the way of what is younger. A store
        or bucket that is away raises its client's errors.
        """
        swept = Swept()
        async for snapshot in self._older(rule, kept):
            if await self._objects_gone(rule, snapshot.to_dict()):
                await snapshot.reference.delete()
                swept.removed += 1
            else:
                swept.left += 1
            said(swept)
        return swept

    async def _older(self, rule: Rule, kept: float) -> AsyncIterator[Any]:
        before = now() - timedelta(seconds=kept)
        query: Any = (
            self._client.collection(rule.collection)
            .where(filter=FieldFilter(rule.age, "<", before))
            .order_by(rule.age)
            .limit(BATCH)
        )
        after: Any = None
        while True:
            found = [each async for each in (query.start_after(after) if after is not None else query).stream()]
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
