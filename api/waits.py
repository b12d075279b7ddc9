"""`GET /v1/timings`: every wait of the system by name, with its default, the value in force, and the reason."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.body import View
from api.deps import PartsDep, Viewer
from timings import Timings

router = APIRouter(prefix="/v1/timings", tags=["timings"])


class TimingView(View):
    name: str = Field(examples=["osd_silence"])
    default: float = Field(description="Seconds; a count where the reason speaks of one", examples=[12])
    value: float = Field(description="What sagas that start now are given", examples=[12])
    reason: str


@router.get("")
async def timings(parts: PartsDep, caller: Viewer) -> list[TimingView]:
    """List all timings, in the order of the system's parts. A running saga keeps the ones it began with."""
    return [
        TimingView(name=name, default=field.default, value=getattr(parts.timings, name), reason=field.description or "")
        for name, field in Timings.model_fields.items()
    ]
