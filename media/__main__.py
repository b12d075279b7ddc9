"""`python -m media`: the ingress process, configured by `ARGUS_*` (settings.py)."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import collector
from media.assignments import StoredAssignments
from media.listing import FirestoreIngresses
from media.rooms import Rooms
from media.saga_notifier import SagaNotifier
from media.server import Address, serving
from process import mqtt_client, temporal_client, told_to_end
from settings import Settings, settings
from store.client import connect
from store.ingresses import Ingresses
from timings import Timings

log = logging.getLogger("media")


async def run(config: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = told_to_end()
    temporal = await temporal_client(config, lazy=True)
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
                StoredAssignments(firestore),
                lambda: mqtt_client(config),
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
    collector.started()
    config = settings()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Both would log URLs or every candidate pair
    for chatty in ("httpx", "aioice", "aiortc"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(run(config))


if __name__ == "__main__":
    main()
