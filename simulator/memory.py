"""What a dock remembers over a restart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field


class Memory(BaseModel):
    """The dock's flash memory. `save` after a change; without a folder it lives as long as the object."""

    bound: bool = False
    organization_id: str | None = None
    app_license: str | None = None
    dock_firmware: str = ""
    aircraft_firmware: str = ""
    settings: dict[str, Any] = Field(default_factory=dict, description="What property set has set")
    areas: list[dict[str, Any]] = Field(default_factory=list, description="Files of the custom flight areas")
    licences: list[dict[str, Any]] = Field(default_factory=list)
    boots: int = 0

    _path: Path | None = None

    @classmethod
    def load(cls, folder: Path | None, sn: str) -> Memory:
        """From `folder/{sn}.json`, or empty."""
        path = folder / f"{sn}.json" if folder is not None else None
        memory = cls.model_validate_json(path.read_bytes()) if path is not None and path.exists() else cls()
        memory._path = path
        return memory

    def save(self) -> None:
        """Write it down; a crash half-way leaves the old one."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        half = self._path.with_suffix(".part")
        half.write_text(self.model_dump_json(indent=1))
        os.replace(half, self._path)
