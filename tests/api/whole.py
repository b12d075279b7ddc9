"""The API over a whole small system, with worker and bridge, for tests in which docks fly."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from api.app import create_app
from api.security import Role, Tokens
from store.client import emulator_at
from tests.workflows.world import World, eventually


@dataclass
class Served:
    """Where the API is, and tokens for it."""

    url: str
    tokens: Tokens

    def token(self, org: str, role: Role = Role.operator) -> str:
        return self.tokens.make("pilot@example", org, role, timedelta(minutes=10))

    def client(self, org: str, role: Role = Role.operator) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token(org, role)}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)


@asynccontextmanager
async def served(world: World) -> AsyncIterator[Served]:
    """The API as a real server on a free port, with the settings of `world` and a key for tokens."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings = world.settings.model_copy(update={"token_private_key": SecretStr(key.decode())})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))

        async def started() -> bool:
            return server.started

        with emulator_at(world.emulator):
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            await eventually(started)
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", Tokens(settings))
        server.should_exit = True
        await serving
