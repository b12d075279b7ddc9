"""What was proven: for each dock and step the outcome, the seconds it took and the evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

Outcome = Literal["waiting", "running", "proven", "failed", "not reached"]
STEPS = ("pair", "online", "state", "assign", "auto-stream", "video", "fly", "media", "end")


class Step(BaseModel):
    """One step of one dock's life."""

    name: str
    outcome: Outcome = "waiting"
    seconds: float | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    doing: str = ""
    reason: str | None = None


class DockReport(BaseModel):
    model: str
    sn: str
    aircraft_sn: str
    steps: list[Step] = Field(default_factory=lambda: [Step(name=name) for name in STEPS])

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


class Report(BaseModel):
    """The whole run; `proven` only when every step of every dock is."""

    started_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    setup_seconds: float | None = None
    startup_seconds: float | None = None
    run_seconds: float | None = None
    endpoints: dict[str, Any] = Field(default_factory=dict)
    docks: list[DockReport] = Field(default_factory=list)
    proven: bool = False

    def judge(self) -> bool:
        for dock in self.docks:
            for step in dock.steps:
                if step.outcome in ("waiting", "running"):
                    step.outcome = "not reached"
        self.proven = bool(self.docks) and all(s.outcome == "proven" for dock in self.docks for s in dock.steps)
        return self.proven

    def write(self, file: Path) -> None:
        file.write_text(
            self.model_dump_json(indent=2, exclude={"docks": {"__all__": {"steps": {"__all__": {"doing"}}}}})
        )


Changed = Callable[[], None]
