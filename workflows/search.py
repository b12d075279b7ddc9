"""How a saga is found: the search attributes that whoever starts it gives it."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes


def attributes(**values: str) -> TypedSearchAttributes:
    """All of them keywords: OrgId, MissionId, DockSn, Saga, Phase."""
    return TypedSearchAttributes(
        [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
    )
