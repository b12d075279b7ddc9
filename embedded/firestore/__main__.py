"""`python -m embedded.firestore --db FILE`: serve until SIGTERM or SIGINT."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from .light import skip_client

skip_client()

from .exemptions import Exemptions  # noqa: E402 - after skip_client
from .schema import StorageError  # noqa: E402
from .server import Server  # noqa: E402


async def _serve(file: Path, indexes: Path | None, host: str, port: int) -> None:
    server = Server(file, exemptions=Exemptions.read(indexes) if indexes is not None else None)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        address = await server.start(host, port)
        sys.stdout.write(f"ready on {address}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await server.stop()


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where it is installed: a call costs a tenth less."""
    # What the start has made stays; the collector need not look at it again, nor after every few hundred messages.
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


def main() -> int:
    """Read the command line and serve; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m embedded.firestore", description=__doc__)
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the file that holds all documents")
    parser.add_argument(
        "--indexes",
        type=Path,
        metavar="FILE",
        help="firestore.indexes.json: what its fieldOverrides exempt has no index",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: loopback only)")
    parser.add_argument("--port", type=int, default=8080, help="port to bind; 0 takes a free one (default: 8080)")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        _run(_serve(options.db, options.indexes, options.host, options.port))
    except (StorageError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
