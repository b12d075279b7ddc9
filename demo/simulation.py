"""The simulated docks as a process of their own, and what they say of themselves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from demo.proof import REUSE, expect
from embedded.child import LAUNCH
from embedded.ours import ROOT
from simulator.config import DockConfig

# Twice the real speed in the air: a crew would not wait for the demonstration's flight, and the steps stay readable
SPEED: Final = 2.0
PLACES: Final = ((47.0502, 8.3093), (47.0602, 8.3293), (47.0702, 8.3493))  # around Lucerne, apart from each other
FLIGHT_COMMANDS: Final = ("flighttask_prepare", "flighttask_execute")
START_WITHIN: Final = 60.0  # s, with everything else starting on the same two cores


def dock_configs(seed: int = 1, speed: float = SPEED, osd_speed: float = 1.0) -> list[DockConfig]:
    """One dock of each model. The same seed gives the same serials; a restart of a paired dock needs `qr`."""
    return [
        DockConfig(
            model=model, seed=seed, awake=True, speed=speed, osd_speed=osd_speed, latitude=latitude, longitude=longitude
        )
        for model, (latitude, longitude) in zip(("dock1", "dock2", "dock3"), PLACES, strict=True)
    ]


class Simulation:
    """`python -m simulator`, asked over its control API."""

    def __init__(self, directory: Path, configs: Sequence[DockConfig] | None = None) -> None:
        self._directory = directory
        self.configs = {config.sn: config for config in (dock_configs() if configs is None else configs)}
        self._http: httpx.AsyncClient

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Simulation]:
        """The process, for the length of the block. Raises RuntimeError with its log when it does not start."""
        await asyncio.to_thread(self._directory.mkdir, parents=True, exist_ok=True)
        log = self._directory / "simulator.log"
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())),  # it ends with us, however that is
                *(sys.executable, "-m", "simulator", "--control-port", "0"),
                stdout=asyncio.subprocess.PIPE,
                stderr=written,
                cwd=ROOT,
            )
        try:
            assert process.stdout is not None
            line = (await asyncio.wait_for(process.stdout.readline(), START_WITHIN)).decode()
            if "control on " not in line:
                raise RuntimeError(f"the simulator did not start:\n{log.read_text()[-2000:]}")
            address = line.split("control on ")[1].strip()
            async with httpx.AsyncClient(base_url=address, timeout=30, limits=REUSE) as self._http:
                yield self
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def show_qr(self, sn: str, text: str) -> None:
        """Power the dock on with this QR code, and nothing else of the system."""
        config = self.configs[sn].model_copy(update={"qr": text, "state_dir": self._directory})
        await self._ask("POST", "/docks", config.model_dump(mode="json"))

    async def dock(self, sn: str) -> dict[str, Any]:
        """All that the dock says of itself."""
        shown: dict[str, Any] = await self._ask("GET", f"/docks/{sn}")
        return shown

    async def tell(self, sn: str, what: str, **body: Any) -> None:
        """Have the dock misbehave: `power`, `network`, `world`, `scenario`, `rules`."""
        await self._ask("POST", f"/docks/{sn}/{what}", body)

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._http.request(method, path, json=body)
        expect(answer.is_success, f"the simulator answers {method} {path} with {answer.status_code}: {answer.text}")
        return answer.json()

    async def answers(self, sn: str) -> dict[str, float]:
        """Seconds that each request of the dock waited for its answer, the longest by method."""
        waited: dict[str, float] = (await self.dock(sn))["answered_after"]
        return waited

    async def pushes(self, sn: str) -> list[dict[str, Any]]:
        pushes: list[dict[str, Any]] = (await self.dock(sn))["live"]["pushes"]
        return pushes

    async def flown(self, sn: str, flight: str) -> str | None:
        """MD5 of the file that the dock flew on a flight; None where it flew none."""
        finished = (await self.dock(sn))["wayline"]["finished"]
        return next((item["fingerprint"] for item in finished if item["flight_id"] == flight), None)

    async def uploads(self, sn: str, flight: str) -> list[dict[str, Any]] | None:
        """Files that the dock uploaded of a flight and had confirmed; None until all that it has are."""
        media = (await self.dock(sn))["media"]
        expected, done = media["expected"].get(flight), media["done"].get(flight)
        if not expected or done != expected:
            return None
        return [item for item in media["uploaded"] if item["flight_id"] == flight]

    async def expect_obedience(self, sn: str) -> None:
        """Raise NotProven unless each command was well formed, came under one id, and was carried out once."""
        shown = await self.dock(sn)
        expect(not shown["complaints"], f"the dock complains: {shown['complaints']}")
        expect(not shown["crashes"], f"the simulated dock crashed: {shown['crashes']}")
        executed = {command["tid"]: command["executed"] for command in shown["commands"]}
        twice = [tid for tid, times in executed.items() if times > 1]
        expect(not twice, f"commands carried out twice: {twice}")
        of_flight = {(c["method"], c["bid"], c["tid"]) for c in shown["commands"] if c["method"] in FLIGHT_COMMANDS}
        several = [key for key, count in Counter((method, bid) for method, bid, _ in of_flight).items() if count > 1]
        expect(not several, f"commands that came under several ids: {several}")
