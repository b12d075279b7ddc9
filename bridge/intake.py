"""The slots that this bridge holds, each with its connection, for as long as the process lives."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import aiomqtt
import structlog

from bridge.connection import Receive, client_id, connection, lost, show
from bridge.faults import passes
from bridge.projection import Clock
from bridge.slots import LEASE, RENEW, SPARE_AFTER, Leases
from settings import Settings
from store.document import now

log = structlog.get_logger()

RECONNECT = 0.5
"""Seconds before a lost connection is tried again: the broker is on the same network."""


class LeaseLost(Exception):
    """Another bridge has this slot now, or the store could not be asked for as long as a lease lasts."""


class Intake:
    """Leases slots, keeps their connections, hands every message to `receive`, and publishes over any of them.

    `changed` is called with True when there is a first connection, with False when there is none any more.
    """

    def __init__(
        self, settings: Settings, leases: Leases, receive: Receive, changed: Callable[[bool], None], clock: Clock
    ) -> None:
        self._settings = settings
        self._leases = leases
        self._receive = receive
        self._changed = changed
        self._clock = clock
        self._clients: dict[int, aiomqtt.Client] = {}
        self._turn = itertools.count()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.standby = False

    @property
    def slots(self) -> list[int]:
        return sorted(self._tasks)

    @property
    def connected(self) -> list[int]:
        return sorted(self._clients)

    async def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Publish over a connection, each in its turn. Raises aiomqtt.MqttError where there is none."""
        clients = list(self._clients.values())
        if not clients:
            raise aiomqtt.MqttError("not connected to the broker")
        await clients[next(self._turn) % len(clients)].publish(topic, payload, qos=qos)

    def show(self, topic: str, payload: bytes) -> bool:
        """Publish a picture at QoS 0 without waiting for it; False where it cannot be done now."""
        clients = list(self._clients.values())
        return bool(clients) and show(clients[next(self._turn) % len(clients)], topic, payload)

    async def run(self) -> None:
        """Hold what slots there are until cancelled; then give them back."""
        try:
            free_since = None
            while True:
                self._tasks = {number: task for number, task in self._tasks.items() if not task.done()}
                if self._tasks and free_since is None:
                    free_since = self._clock()
                # The first slot at once; more only where nobody else has wanted them for a while.
                if not self._tasks or (free_since is not None and self._clock() - free_since > SPARE_AFTER):
                    number = await self._acquire()
                    self.standby = number is None and not self._tasks
                    if number is not None:
                        free_since = self._clock()
                        self._tasks[number] = asyncio.create_task(self._hold(number), name=f"slot {number}")
                await asyncio.sleep(RENEW / 4 if not self._tasks else RENEW)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _acquire(self) -> int | None:
        if len(self._tasks) >= self._settings.bridge_slots:
            return None
        try:
            return await self._leases.acquire(set(self._tasks))
        except Exception as error:
            if not passes(error):
                raise
            log.warning("waiting for the store to lease a slot", error=str(error)[:200])
            return None

    async def _hold(self, number: int) -> None:
        """One slot, from lease to its end."""
        log.info("slot taken", slot=number, client_id=client_id(number))
        connecting = asyncio.create_task(self._stay_connected(number), name=f"connection of slot {number}")
        try:
            await self._keep_lease(number)
        except LeaseLost as error:
            log.warning("slot lost", slot=number, why=str(error))
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            try:
                async with asyncio.timeout(RENEW):
                    await self._leases.release(number)
            except Exception as error:
                log.warning("a slot could not be given back", slot=number, error=str(error)[:200])

    async def _keep_lease(self, number: int) -> None:
        renewed = self._clock()
        while True:
            await asyncio.sleep(RENEW)
            try:
                async with asyncio.timeout(RENEW):
                    slot = await self._leases.renew(number)
            except Exception as error:
                if not passes(error):
                    raise
                # With the store away nobody can take the slot either, and the docks still want answers.
                if self._clock() - renewed > LEASE:
                    log.warning("the lease of a slot cannot be renewed", slot=number, error=str(error)[:200])
                continue
            if slot is None:
                raise LeaseLost("another bridge has taken it")
            renewed = self._clock()
            wanted = slot.wanted_until is not None and slot.wanted_until > now()
            if wanted and len(self._tasks) > 1 and number == max(self._tasks):
                raise LeaseLost("another bridge has none and wants it")

    async def _stay_connected(self, number: int) -> None:
        while True:
            try:
                async with connection(self._settings, client_id(number), self._receive) as client:
                    self._connected(number, client)
                    await lost(client)
            except (aiomqtt.MqttError, OSError) as error:
                log.warning("no connection to the broker", slot=number, error=str(error)[:200])
            finally:
                self._disconnected(number)
            await asyncio.sleep(RECONNECT)

    def _connected(self, number: int, client: aiomqtt.Client) -> None:
        first = not self._clients
        self._clients[number] = client
        log.info("connected to the broker", slot=number)
        if first:
            self._changed(True)

    def _disconnected(self, number: int) -> None:
        if self._clients.pop(number, None) is not None and not self._clients:
            self._changed(False)
