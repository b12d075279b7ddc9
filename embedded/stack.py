"""The whole system on one machine: `async with Stack(directory) as stack`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from embedded import catalogue, environment, ours, simulation, temporal
from embedded import ports as port_choice
from embedded.child import log_tail
from embedded.credentials import Credentials, load_or_create, write_private
from embedded.lock import only_one
from embedded.part import StackError
from embedded.supervisor import Event, Keeper, Report, Supervisor

ORG = "demo"
SEED_TIMEOUT = 90.0


def silent(event: Event) -> None:
    """Report nothing."""


class Stack:
    """Starts everything on entry, ends everything on exit; what dies in between is restarted.

    `ports` is "fixed" (the documented ones) or "auto" (free ones); `given_ports` goes before both. `parts` limits what
    is started. `env` adds ARGUS_ settings for our processes, before those of this process's environment. Entry raises
    StackError, with everything ended, when something is in the way.
    """

    def __init__(
        self,
        directory: Path,
        *,
        ports: Literal["fixed", "auto"] = "fixed",
        given_ports: Mapping[str, int] | None = None,
        parts: Collection[str] = catalogue.ALL,
        env: Mapping[str, str] | None = None,
        bind: str = "127.0.0.1",
        public: str | None = None,
        report: Report = silent,
    ) -> None:
        if unknown := set(parts) - set(catalogue.WITH_DEMO_DOCK):
            there = ", ".join(catalogue.WITH_DEMO_DOCK)
            raise StackError(f"no part is called {', '.join(sorted(unknown))}; there are {there}")
        self.directory = directory.resolve()
        self.seconds_to_start = 0.0
        self._auto = ports == "auto"
        self._given_ports = given_ports or {}
        self._parts = frozenset(parts)
        self._extra_env = env or {}
        self._bind = bind
        self._public = public or ("127.0.0.1" if bind == "0.0.0.0" else bind)
        self._report = report
        self._seeded: dict[str, str] = {}
        self._lock = ExitStack()
        self._ended = False
        self._supervisor = Supervisor(self.directory / "logs", report, self._write_endpoints)
        self._place: environment.Place
        self._credentials: Credentials
        self.env: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self._lock.enter_context(only_one(self.directory))
        try:
            await self._start()
        except BaseException:
            await self._end()
            raise
        self.seconds_to_start = time.monotonic() - began
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def _start(self) -> None:
        chosen = port_choice.choose(self._auto, self._given_ports)
        self._place = environment.Place(chosen, self._bind, self._public)
        self._credentials = await asyncio.to_thread(load_or_create, self.directory)
        own = self._credentials
        self.env = environment.for_our_processes(self._place, own, {**os.environ, **self._extra_env})
        if simulation.NAME in self._parts:
            self.env["ARGUS_SIMULATOR_URL"] = f"http://127.0.0.1:{chosen[simulation.NAME]}"
        ground = catalogue.Ground(self._place, own, self.directory, self.env)
        outside = await asyncio.to_thread(catalogue.outside, ground, self._parts)
        inside = catalogue.inside(ground, self._parts)
        port_choice.refuse_taken(chosen, [name for part in (*outside, *inside) for name in part.ports], self._bind)
        await self._supervisor.start(outside)
        try:
            async with asyncio.TaskGroup() as group:
                seeding = group.create_task(self._seed()) if "api" in self._parts else None
                group.create_task(self._supervisor.start(inside))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        self._seeded = seeding.result() if seeding else {}
        self._write_endpoints()

    async def _seed(self) -> dict[str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "api.seed", "--org", ORG),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ours.ROOT,
            env=self.env,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), SEED_TIMEOUT)
        except TimeoutError:
            raise StackError(f"the first organisation was not made within {SEED_TIMEOUT:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise StackError(f"the first organisation could not be made:\n{err.decode(errors='replace')[-2000:]}")
        seeded: dict[str, str] = json.loads(out)
        return seeded

    async def _end(self) -> None:
        await self._supervisor.stop()
        self._ended = True  # what has ended has no endpoints
        (self.directory / "endpoints.json").unlink(missing_ok=True)
        self._lock.close()

    @property
    def endpoints(self) -> dict[str, Any]:
        """What `DIR/endpoints.json` holds: where everything is, the accounts that open it, and the parts' processes."""
        port, place, own = self._place.ports, self._place, self._credentials
        return {
            "api": f"http://{place.local}:{port['api']}",
            "media": f"http://{place.local}:{port['media']}",
            "drc": f"ws://{place.local}:{port['drc']}",
            "temporal": f"{place.local}:{port['temporal']}",
            "temporal_ui": f"http://{place.local}:{port['temporal_ui']}",
            "temporal_namespace": temporal.NAMESPACE,
            "mqtt": f"tcp://{place.local}:{port['mqtt']}",
            "mqtt_username": own.mqtt_username,
            "mqtt_password": own.mqtt_password,
            "firestore": f"{place.local}:{port['firestore']}",
            "firestore_project": environment.PROJECT,
            "objects": f"http://{place.local}:{port['objects']}",
            "objects_bucket": environment.BUCKET,
            "objects_access_key": own.objects_access_key,
            "objects_secret_key": own.objects_secret_key,
            "livekit": f"ws://{place.local}:{port['livekit']}",
            "livekit_api_key": own.livekit_api_key,
            "livekit_api_secret": own.livekit_api_secret,
            "data": str(self.directory),
            "pid": os.getpid(),
            **self._seeded,
            "parts": {name: self._describe(keeper) for name, keeper in self._supervisor.keepers.items()},
        }

    @staticmethod
    def _describe(keeper: Keeper) -> dict[str, Any]:
        return {
            "pid": keeper.pid,
            "ready": keeper.is_ready.is_set(),
            "restarts": keeper.restarts,
            "log": str(keeper.log),
        }

    def _write_endpoints(self) -> None:
        if self.env and not self._ended:
            write_private(self.directory / "endpoints.json", json.dumps(self.endpoints, indent=2) + "\n")

    async def kill(self, part: str) -> None:
        """SIGKILL to a part; returns when it has ended. It comes back by itself: see `wait_ready`."""
        await self._supervisor.keepers[part].kill()

    async def wait_ready(self, part: str, within: float = 90.0) -> None:
        """Wait until a part is ready, again or still. Raises TimeoutError after `within` seconds."""
        await asyncio.wait_for(self._supervisor.keepers[part].is_ready.wait(), within)

    @asynccontextmanager
    async def down(self, part: str) -> AsyncIterator[None]:
        """A part killed and kept down for the length of the block; restarted and ready after it."""
        async with self._supervisor.down(part):
            yield

    def pid(self, part: str) -> int | None:
        """A part's process id; None while it is down."""
        return self._supervisor.keepers[part].pid

    def log_tail(self, part: str, lines: int = 40) -> list[str]:
        """The last lines of a part's log."""
        return log_tail(self._supervisor.keepers[part].log, lines)
