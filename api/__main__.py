"""`python -m api`: serve the API."""

from __future__ import annotations

import sys

import uvicorn

import collector
from api.app import create_app
from settings import settings


def main() -> None:
    configured = settings()
    try:
        app = create_app(configured)
    except ValueError as error:
        sys.stderr.write(f"configuration: {error}\n")
        raise SystemExit(2) from None
    collector.started()
    uvicorn.run(
        app,
        host=configured.api_host,
        port=configured.api_port,
        log_level=configured.log_level.lower(),
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
