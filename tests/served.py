"""The API over a test's world, on a port of its own, and tokens for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from api.app import create_app
from api.security import Role, Tokens
from process import HttpServer, trust
from settings import Settings
from store.client import emulator_at
from tests.workflows.world import World


@dataclass(frozen=True)
class Served:
    url: str
    tokens: Tokens

    def token(self, org: str, role: Role = Role.operator, user: str = "pilot@example", minutes: float = 10) -> str:
        return self.tokens.make(user, org, role, timedelta(minutes=minutes))

    def client(self, org: str, role: Role = Role.operator) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token(org, role)}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60, verify=trust())


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """The API on a free port; gives its URL."""
    server = HttpServer(uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, log_level="warning"))
    task = asyncio.create_task(server.serve())
    host, port = await server.address(task)
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Served]:
    """The world's settings, with a key that signs tokens."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings = world.settings.model_copy(update={"token_private_key": SecretStr(key.decode())})
    async with AsyncExitStack() as stack:
        with emulator_at(world.emulator):  # read when it connects
            url = await stack.enter_async_context(listening(settings))
        yield Served(url, Tokens(settings))
