"""What sagas did, for the audit log: the API notes what was asked, these what came of it."""

from __future__ import annotations

import hashlib
from typing import Any

from google.cloud.firestore import AsyncTransaction

from store.audit import Audit, AuditEntry
from store.facts import Actor


def note(
    audit: Audit,
    transaction: AsyncTransaction,
    *,
    org_id: str,
    actor: Actor,
    action: str,
    target: str,
    occasion: str,
    outcome: str,
    **details: Any,
) -> None:
    """Write an entry as part of a transaction. `occasion` tells one from the next: a retry writes the same entry."""
    key = hashlib.sha256(f"{action}\n{target}\n{occasion}".encode()).hexdigest()[:32]
    entry = AuditEntry(
        id=key,
        org_id=org_id,
        user=actor.user,
        role=actor.role,
        action=action,
        target=target,
        reason=actor.reason,
        outcome=outcome,
        details=details,
    )
    transaction.set(audit.ref(key), entry.to_fields())
