"""`storage_config_get`: where a dock puts its files, with credentials that open nothing else."""

from __future__ import annotations

from typing import Any

from bridge.devices import Devices
from bridge.projection import Clock
from bridge.responders import NOT_REGISTERED, Answer
from dji import Message
from store.media_intake import prefix_of
from store.objects import LONGEST_CREDENTIALS, Objects, UploadCredentials
from timings import Timings

PSDK_RESOURCES = 1
"""The module whose answer the PSDK page prints flat."""


class Storage:
    """Credentials outlive a flight and its upload, since Dock 3 keeps them; until then they are given again."""

    def __init__(self, devices: Devices, objects: Objects, timings: Timings, clock: Clock) -> None:
        self._devices = devices
        self._objects = objects
        self._clock = clock
        self._needed = timings.flight + timings.media_complete
        self._given: dict[str, tuple[UploadCredentials, float]] = {}

    async def get(self, message: Message) -> Answer:
        dock = await self._devices.dock(message.sn)
        if dock is None:
            return NOT_REGISTERED
        given, ends = await self._credentials(prefix_of(dock.org_id, dock.sn))
        output = {
            **self._objects.to_wire(),
            "object_key_prefix": given.prefix.rstrip("/"),
            "credentials": given.to_wire() | {"expire": int(ends - self._clock())},
        }
        data: Any = message.data
        if data.module == PSDK_RESOURCES:
            return {"result": 0} | output
        return {"result": 0, "output": output}

    async def _credentials(self, prefix: str) -> tuple[UploadCredentials, float]:
        kept = self._given.get(prefix)
        if kept is not None and kept[1] - self._clock() >= self._needed:
            return kept
        asked_at = self._clock()
        given = await self._objects.upload_credentials(prefix, min(2 * self._needed, LONGEST_CREDENTIALS))
        self._given[prefix] = (given, asked_at + given.expire)
        return self._given[prefix]
