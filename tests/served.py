"""The API over a test's world, on a port of its own, and tokens for it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from api.app import create_app
from api.security import Role, Tokens
from store.client import emulator_at
from tests.workflows.world import World, eventually


@dataclass(frozen=True)
class Served:
    url: str
    tokens: Tokens

    def token(self, org: str, role: Role, user: str = "pilot@example", minutes: float = 10) -> str:
        return self.tokens.make(user, org, role, timedelta(minutes=minutes))


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Served]:
    """The world's settings, with a key that signs tokens."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    told = world.settings
    mqtt = f"tcp://{told.mqtt_host}:{told.mqtt_port}"
    settings = told.model_copy(update={"token_private_key": SecretStr(key.decode()), "mqtt_public_address": mqtt})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))

        async def started() -> bool:
            return server.started

        with emulator_at(world.emulator):
            task = asyncio.create_task(server.serve(sockets=[listener]))
            await eventually(started)
        try:
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", Tokens(settings))
        finally:
            server.should_exit = True
            await task
