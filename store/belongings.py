"""What belongs to an organisation: the table of all collections and of all keys in the bucket, to export or remove it.

Who adds a collection, or another place in the bucket, enters it here; a test names what is missing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

PAGE: Final = 100
NAME: Final = ""
"""In place of a field: the document's own name is the organisation's id."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One collection. `org` is the field with the organisation's id, `secrets` are fields (dotted) that nobody gets."""

    collection: str
    org: str = "orgId"
    secrets: tuple[str, ...] = ()


BELONGINGS: Final[tuple[Belonging, ...]] = (
    Belonging("audit"),
    Belonging("bridge_slots", org="broker"),
    Belonging("dji_aircraft"),
    Belonging("dji_alerts"),
    Belonging("dji_authority"),
    Belonging("dji_commands"),
    Belonging("dji_custom_data"),
    Belonging("dji_docks"),
    Belonging("dji_firmware"),
    Belonging("dji_flight_tasks"),
    Belonging("dji_jobs"),
    Belonging("dji_licences"),
    Belonging("dji_log_lists"),
    Belonging("dji_logs"),
    Belonging("dji_media"),
    Belonging("dji_recognition"),
    Belonging("dji_relays"),
    Belonging("dock_areas"),
    Belonging("firmware_pushes"),
    Belonging("firmware_rollouts"),
    Belonging("flight_media"),
    Belonging("idempotency"),
    Belonging("ingresses", secrets=("keyHash",)),
    Belonging("media_reports"),
    Belonging("members"),
    Belonging("mission_areas"),
    Belonging("missions"),
    Belonging("org_exports"),
    Belonging("pairings", secrets=("passwordSealed", "bindingCodeSealed", "bindingCodeHash")),
    Belonging("room_bars"),
    Belonging("tokens", secrets=("hash",)),
    Belonging("waylines"),
    Belonging("webhook_deliveries"),
    Belonging("webhooks", secrets=("secretSealed", "previousSealed")),
    # The last one: who it belongs to, where its broker is
    Belonging(
        "orgs",
        org=NAME,
        secrets=(
            "djiAppKeySealed",
            "djiAppLicenseSealed",
            "broker.passwordSealed",
            "broker.adminPasswordSealed",
            "broker.apiSecretSealed",
        ),
    ),
)

KINDS: Final = ("areas", "firmware", "kmz", "licences", "logs", "media")
"""Objects that somebody brought in: their keys begin with one of these and the organisation's id."""
EXPORTS: Final = "exports"
EXPORT_PARTS: Final = "export-parts"
"""What we made of them: archives, and what these are put together from."""


def prefix_of(kind: str, org_id: str) -> str:
    """What the keys of an organisation's objects of a kind begin with."""
    return f"{kind}/{org_id}/"


def belonging_of(collection: str) -> Belonging:
    """The entry of a collection. Raises KeyError."""
    return {each.collection: each for each in BELONGINGS}[collection]


async def documents(
    client: AsyncClient, belonging: Belonging, org_id: str, after: str | None = None
) -> AsyncIterator[list[Any]]:
    """Snapshots of an organisation's documents in a collection, in the order of their names, some at a time.

    `after`: only those whose names come later. Errors of the store come through.
    """
    collection: Any = client.collection(belonging.collection)
    if belonging.org == NAME:
        found = await collection.document(org_id).get()
        if found.exists and after is None:
            yield [found]
        return
    query = (
        collection.where(filter=FieldFilter(belonging.org, "==", org_id)).order_by(FieldPath.document_id()).limit(PAGE)
    )
    while True:
        page = query.start_after({FieldPath.document_id(): collection.document(after)}) if after is not None else query
        snapshots = [each async for each in page.stream()]
        if snapshots:
            yield snapshots
            after = snapshots[-1].id
        if len(snapshots) < PAGE:
            return


def without(fields: dict[str, Any], secrets: tuple[str, ...]) -> dict[str, Any]:
    """The fields without those that are secret: absent, not emptied."""
    kept = dict(fields)
    for path in secrets:
        name, _, rest = path.partition(".")
        if not rest:
            kept.pop(name, None)
        elif isinstance(kept.get(name), dict):
            kept[name] = without(kept[name], (rest,))
    return kept
