"""`GET /health` and `GET /metrics`, in a thread of their own, so that they answer when the loop is busy."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

State = Callable[[], tuple[bool, dict[str, Any]]]
"""Whether all is well, and what to say."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A probe each second is no news."""


def application(state: State) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The WSGI application: 200 when all is well, 503 when not, with the state as JSON."""
    metrics = make_wsgi_app()

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environ, start_response)
            return answer
        if path != "/health":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"GET /health or /metrics\n"]
        well, said = state()
        start_response("200 OK" if well else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps({"status": "ok" if well else "not ready"} | said).encode()]

    return serve


def serve(port: int, state: State) -> WSGIServer:
    """Serve on `port` of every interface (0: a free one) until the process ends, or `shutdown` is called."""
    server = make_server("0.0.0.0", port, application(state), handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
