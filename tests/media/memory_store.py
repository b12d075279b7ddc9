"""The ingress store without a store, for tests of what is not the store."""

from __future__ import annotations

from typing import Any

from media.listing import changed_fields
from store.ingresses import Ingress, IngressState, key_hash


class MemoryIngresses:
    """`IngressStore` in a dict that a test can look into; survives the media that uses it."""

    def __init__(self) -> None:
        self.documents: dict[str, Ingress] = {}
        self.marks: list[tuple[str, IngressState]] = []

    def add(
        self, number: str, room: str, sn: str, key: str, video_id: str = "99-0-0/normal-0", org: str | None = None
    ) -> Ingress:
        """What the activity writes before it tells the dock to push."""
        slug = video_id.replace("/", "-")
        spec = Ingress(
            id=number,
            key_hash=key_hash(key),
            room=room,
            identity=f"dji-dock-{sn}-{slug}",
            metadata={"source": "dji-cloud", "role": "video", "dock": sn, "videoId": f"{sn}/{video_id}"},
            sn=sn,
            org_id=org,
            video_id=f"{sn}/{video_id}",
            workflow_id=f"auto-stream/{sn}",
        )
        self.documents[number] = spec
        return spec

    async def get(self, ingress_id: str) -> Ingress | None:
        return self.documents.get(ingress_id)

    async def by_key_hash(self, hashed: str) -> Ingress | None:
        for spec in self.documents.values():
            if spec.key_hash == hashed and spec.state != "closed":
                return spec
        return None

    async def list_live(self, media_id: str) -> list[Ingress]:
        return [spec for spec in self.documents.values() if spec.media_id == media_id and spec.state == "live"]

    async def list_open(self) -> list[Ingress]:
        return [spec for spec in self.documents.values() if spec.state != "closed"]

    async def mark(self, ingress_id: str, state: IngressState, fields: dict[str, Any] | None = None) -> bool:
        spec = self.documents.get(ingress_id)
        if spec is None or spec.state == "closed":
            return False
        changed = spec.to_fields() | changed_fields(state, fields)
        self.documents[ingress_id] = Ingress.from_fields(changed)
        self.marks.append((ingress_id, state))
        return True
