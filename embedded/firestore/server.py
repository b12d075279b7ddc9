"""A running server: the port, and an orderly start and end."""

from pathlib import Path

import grpc

from .core import HISTORY_SECONDS, Core
from .exemptions import Exemptions
from .limits import MAX_REQUEST_BYTES
from .service import service

# Calls that are under way at the end get this long; what was acknowledged is on the disk anyway.
GRACE_SECONDS = 0.5
MAX_WAITING_CALLS = 100_000

_OPTIONS = (
    # The limit is refused with a sentence of ours; gRPC's own, which cuts the call off, is beyond it.
    ("grpc.max_receive_message_length", 4 * MAX_REQUEST_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", MAX_WAITING_CALLS),
    # By its own measure gRPC cancels calls at random where more than 1,000 wait, and all that have waited for 30 s:
    # here they wait for their turn, as long as their clients like.
    ("grpc.server.max_pending_requests", MAX_WAITING_CALLS),
    ("grpc.server.max_pending_requests_hard_limit", MAX_WAITING_CALLS),
    ("grpc.server_max_unrequested_time_in_server", 3600),
)


class Server:
    """A Firestore server on one file."""

    def __init__(
        self, file: Path, history_seconds: float = HISTORY_SECONDS, exemptions: Exemptions | None = None
    ) -> None:
        """Open the file. Raises `schema.StorageError` if it cannot be used.

        Fields that are exempt from now on, or no longer, are taken out of the indexes, or entered, before this returns.
        """
        self._core = Core(file, history_seconds, exemptions)
        self._grpc = grpc.aio.server(options=_OPTIONS)
        self._grpc.add_generic_rpc_handlers((service(self._core),))
        self.address = ""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve on `host:port`, port 0 being any free one; returns the address. Raises OSError if the port is taken."""
        try:
            bound = self._grpc.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise OSError(f"{host}:{port} cannot be bound: is the port taken?") from error
        await self._grpc.start()
        self.address = f"{host}:{bound}"
        return self.address

    async def stop(self) -> None:
        """End calls, finish commits, close the file."""
        await self._grpc.stop(GRACE_SECONDS)
        await self._core.close()
