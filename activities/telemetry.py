"""A dock's osd as it speaks it now, for a decision that the store's picture is too old for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from typing import Any

import orjson
from aiomqtt import MqttError

from activities.brokers import Brokers
from activities.connection import client_of


class Telemetry:
    """Listens for a moment, with a connection of its own."""

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers

    async def hear(
        self, sn: str, keys: Collection[str], seconds: float, *, org_id: str | None = None
    ) -> dict[str, Any]:
        """The dock's osd, merged over its messages until all `keys` were in it, or `seconds` have passed."""
        heard: dict[str, Any] = {}
        settings = await self._brokers.settings_of(org_id)
        password = settings.mqtt_password.get_secret_value()
        with contextlib.suppress(TimeoutError, MqttError):
            async with (
                asyncio.timeout(seconds),
                client_of(settings, settings.mqtt_username, password, "gate") as client,
            ):
                await client.subscribe(f"thing/product/{sn}/osd")
                async for message in client.messages:
                    heard |= _data(message.payload)
                    if all(key in heard for key in keys):
                        break
        return heard


def _data(payload: Any) -> dict[str, Any]:
    with contextlib.suppress(orjson.JSONDecodeError, TypeError):
        said = orjson.loads(payload)
        if isinstance(said, dict) and isinstance(said.get("data"), dict):
            return dict(said["data"])
    return {}
