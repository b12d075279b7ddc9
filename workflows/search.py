"""How a saga is found: the search attributes that whoever starts it gives it."""

from __future__ import annotations

from typing import Final

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from workflows.names import Saga

PAIRED: Final = "paired"
"""The one phase of `dock/{sn}`, until it is unpaired. Who holds the dock is found by its own saga's `DockSn`."""


def attributes(**values: str) -> TypedSearchAttributes:
    """All of them keywords: OrgId, MissionId, DockSn, Saga, Phase."""
    return TypedSearchAttributes(
        [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
    )


def of_dock(org_id: str, sn: str) -> TypedSearchAttributes:
    """Those of the entity `dock/{sn}`."""
    return attributes(OrgId=org_id, DockSn=sn, Saga=Saga.DOCK, Phase=PAIRED)
