"""What our processes share: clients of Temporal and of the broker, a port for HTTP, and how they are told to end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import aiomqtt
import httpx
import uvicorn
from temporalio.client import Client, GrpcCompression
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

from settings import Settings

_ENCODINGS: Final = tuple(PydanticPayloadConverter().converters.values())


class SharedPydanticConverter(CompositePayloadConverter):
    """As `PydanticPayloadConverter`, of parts that all of its kind share: they keep nothing but what they learnt of our
    types. Temporal makes one for each run of a saga and two for each of its tasks (1.35), and each would learn anew.
    """

    def __init__(self) -> None:
        super().__init__(*_ENCODINGS)


DATA_CONVERTER: Final = DataConverter(payload_converter_class=SharedPydanticConverter)
"""How all of us write and read what sagas are told and answer. On the wire it is `pydantic_data_converter`."""


async def temporal_client(config: Settings, **more: Any) -> Client:
    """A client of the configured namespace; `more` goes to `Client.connect`, like `lazy` or `runtime`.

    Raises RuntimeError where Temporal cannot be reached, unless it is lazy.
    """
    return await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        api_key=config.temporal_api_key.get_secret_value() if config.temporal_api_key is not None else None,
        tls=config.temporal_tls,
        data_converter=DATA_CONVERTER,
        # By default all calls and answers are compressed, at both ends. That pays where bytes are dear, across the
        # internet, and there it is always TLS.
        grpc_compression=GrpcCompression.GZIP if config.temporal_tls else GrpcCompression.NONE,
        **more,
    )


@lru_cache
def trust() -> ssl.SSLContext:
    """For `verify` of clients that live for a call. To read the authorities takes 30 ms of CPU, and each would do so
    anew, also where it talks plain HTTP.
    """
    return httpx.create_ssl_context()


def mqtt_client(config: Settings, **more: Any) -> aiomqtt.Client:
    """A connection to the configured broker with our own account; `more` goes to `aiomqtt.Client`."""
    return aiomqtt.Client(
        config.mqtt_host,
        config.mqtt_port,
        username=config.mqtt_username,
        password=config.mqtt_password.get_secret_value(),
        tls_params=aiomqtt.TLSParameters() if config.mqtt_tls else None,
        **more,
    )


def told_to_end() -> asyncio.Event:
    """Set at SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


class HttpServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the process decides how it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def address(self, serve: asyncio.Task[None]) -> tuple[str, int]:
        """Host and port, once it listens. Raises what `serve` ended with, or RuntimeError where it ended without."""
        while not self.started:
            if serve.done():
                serve.result()
                raise RuntimeError("the server ended before it began")
            await asyncio.sleep(0.01)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return host, port
