"""Properties as machines show them in their documents, by the path under which they are set."""

from __future__ import annotations

from typing import Any

from dji.properties.settable import settings_of
from store.docks import Aircraft, Dock


def shown(dock: Dock, aircraft: Aircraft | None, path: str) -> Any:
    """What dock or aircraft say of a property that can be set; None where nothing was said of it."""
    setting = settings_of(dock.product or "").get(path)
    machine = aircraft if setting is not None and setting.of_aircraft else dock
    found: Any = {**machine.state, **machine.osd} if machine is not None else {}
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
