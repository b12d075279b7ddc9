"""The media process put together from what it is given; `__main__` gives it the real things, tests what they need."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import uvicorn

from media.assignments import Assignments
from media.control import build_app
from media.listing import IngressStore
from media.live_feed import Feed, Outlet
from media.peers import Peers
from media.registry import Notifier, Registry
from media.rooms import Rooms
from media.rtmp import listening
from media.sweep import Owners, sweep_again_and_again
from process import HttpServer

log = logging.getLogger(__name__)

RECOVER_PAUSE = 1.0  # s, between tries while the store is away


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


@contextlib.asynccontextmanager
async def serving(
    address: Address,
    rooms: Rooms,
    store: IngressStore,
    notifier: Notifier,
    assignments: Assignments,
    feed: Feed,
    *,
    media_id: str,
    control_token: str,
    frames_lost: float = 3.0,
    rtmp: Address | None = None,
    owners: Owners | None = None,
    sweep_every: float = 60.0,
) -> AsyncIterator[str]:
    """Everything of media, running; gives its URL. On the way out pushes are ended and said to be lost.

    `rtmp`: where to take pushes by RTMP as well; raises OSError where that port is taken. `owners` are asked every
    `sweep_every` seconds for ingresses that nobody owns, to close them.
    """
    limits = httpx.Limits(max_connections=None)  # one short request a push; none must wait for another
    async with httpx.AsyncClient(timeout=10, limits=limits) as http, contextlib.AsyncExitStack() as stack:
        outlet = Outlet(feed)
        registry = Registry(store, rooms, notifier, http, outlet.tell, media_id=media_id, frames_lost=frames_lost)
        peers = Peers(rooms, assignments, feed, media_id=media_id)
        # A stream key is part of a URL, so no access log is kept.
        config = uvicorn.Config(
            build_app(registry, peers, control_token),
            host=address.host,
            port=address.port,
            access_log=False,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        server = HttpServer(config)
        if rtmp is not None:
            await stack.enter_async_context(listening(registry, rtmp.host, rtmp.port))
        tasks = [
            asyncio.create_task(work, name=name)
            for name, work in {
                "http": server.serve(),
                "recover": _recover(registry),
                "silence": registry.run(),
                "peers": peers.run(),
                "outlet": outlet.run(),
                **(
                    {"sweep": sweep_again_and_again(store, owners, registry, sweep_every)} if owners is not None else {}
                ),
            }.items()
        ]
        try:
            host, port = await server.address(tasks[0])
            yield f"http://{host}:{port}"
        finally:
            await registry.shut_down()
            server.should_exit = True
            await asyncio.wait(tasks[:1])
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _recover(registry: Registry) -> None:
    """Settle what a process of our name left behind, as soon as the store can be read."""
    while True:
        try:
            await registry.recover()
        except Exception as error:
            log.warning("could not read what was live before: %s", error)
            await asyncio.sleep(RECOVER_PAUSE)
        else:
            return
