"""The real stack with simulated docks, and people who are let in by its admin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from demo.proof import Outside, until
from demo.simulation import Simulation
from embedded.catalogue import WITH_DEMO_DOCK
from embedded.stack import Stack
from simulator.config import DockConfig

WITHIN = 90.0  # s, on two cores that encode video and draw a page at the same time


class House:
    """A stack and its docks; `url` is the page."""

    def __init__(self, stack: Stack, outside: Outside, docks: Simulation) -> None:
        self.stack, self.outside, self.docks = stack, outside, docks
        self._people: dict[tuple[str, str], str] = {}

    @property
    def url(self) -> str:
        return str(self.stack.endpoints["api"])

    @property
    def admin_token(self) -> str:
        return str(self.stack.endpoints["admin_token"])

    async def token(self, user: str, role: str) -> str:
        """A token of a member with this name and role, who is let in now if not before."""
        if (user, role) not in self._people:
            body = {"user": user, "role": role, "name": user.title()}
            added = await self.outside.call("POST", "/v1/org/members", json=body)
            self._people[user, role] = added["token"]
        return self._people[user, role]

    async def pair(self, config: DockConfig, name: str) -> str:
        """Pair a simulated dock without the page, for tests about something else; its serial."""
        body = {"displayName": name, "expectedModel": config.model}
        started = await self.outside.call("POST", "/v1/pairings", json=body)
        self.docks.configs[config.sn] = config
        await self.docks.show_qr(config.sn, started["qr"])

        async def online() -> bool:
            dock = await self.outside.document(f"dji_docks/{config.sn}")
            return bool(dock and dock.get("online") and dock.get("osd"))

        await until(f"{name} online", online, WITHIN)
        return config.sn

    async def mission(self, name: str, sns: Sequence[str]) -> str:
        """A mission with these docks; its id."""
        made: dict[str, Any] = await self.outside.call("POST", "/v1/missions", json={"name": name})
        for sn in sns:
            await self.outside.call("POST", f"/v1/missions/{made['id']}/docks", json={"sn": sn})
        return str(made["id"])


@asynccontextmanager
async def house(directory: Path) -> AsyncIterator[House]:
    """The whole stack, with a simulator in which the page's demo dock lives, and one for the tests' docks."""
    stack = Stack(directory, ports="auto", parts=WITH_DEMO_DOCK)
    async with AsyncExitStack() as held:
        await held.enter_async_context(stack)
        outside = await held.enter_async_context(Outside(stack.endpoints).opened())
        docks = await held.enter_async_context(Simulation(directory / "docks", []).running())
        yield House(stack, outside, docks)
