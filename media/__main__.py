"""`python -m media`: the ingress process, configured by `ARGUS_*` (settings.py)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

import aiomqtt
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from media.listing import FirestoreIngresses
from media.peers import StoredAssignments
from media.rooms import Rooms
from media.saga_notifier import SagaNotifier
from media.server import Address, serving
from settings import Settings, settings
from store.client import connect
from store.docks import Docks
from store.ingresses import Ingresses
from timings import Timings

log = logging.getLogger("media")


def live_feed(config: Settings) -> aiomqtt.Client:
    """A connection to the broker with our own account; QoS 0, so nothing is kept for us while we are away."""
    return aiomqtt.Client(
        config.mqtt_host,
        config.mqtt_port,
        username=config.mqtt_username,
        password=config.mqtt_password.get_secret_value(),
        tls_params=aiomqtt.TLSParameters() if config.mqtt_tls else None,
    )


async def run(config: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    temporal = await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=pydantic_data_converter,
        tls=config.temporal_tls,
        api_key=config.temporal_api_key.get_secret_value() if config.temporal_api_key else None,
        lazy=True,
    )
    firestore, sagas, timings = connect(config), SagaNotifier(temporal), Timings.of(config.timings_json)
    async with contextlib.AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(
            Rooms(config.livekit_url, config.livekit_api_key, config.livekit_api_secret.get_secret_value())
        )
        url = await stack.enter_async_context(
            serving(
                Address(config.media_host, config.media_port),
                rooms,
                FirestoreIngresses(Ingresses(firestore)),
                sagas,
                StoredAssignments(Docks(firestore)),
                lambda: live_feed(config),
                media_id=config.media_id,
                control_token=config.media_control_token.get_secret_value(),
                frames_lost=timings.frames_lost,
                owners=sagas,
                sweep_every=timings.ingress_sweep,
                rtmp=Address(config.media_host, config.media_rtmp_port) if config.media_rtmp_port else None,
            )
        )
        log.info("media %s takes pushes at %s", config.media_id, url)
        await ended.wait()


def main() -> None:
    config = settings()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Both would log URLs or every candidate pair
    for chatty in ("httpx", "aioice", "aiortc"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(run(config))


if __name__ == "__main__":
    main()
