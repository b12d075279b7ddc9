"""Small real processes to supervise, and a way to see what a group of them left behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import ports, probes
from embedded.part import Part

SERVER = """
import http.server, sys
print("serving", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""

MakePart = Callable[[str], Part]


@pytest.fixture
def web_part(tmp_path: Path) -> MakePart:
    """Makes a part that serves HTTP on a free port."""

    def make(name: str) -> Part:
        port = ports.free(1)[0]
        return Part(
            name=name,
            argv=(sys.executable, "-c", SERVER, str(port)),
            cwd=tmp_path,
            probe=probes.http(f"http://127.0.0.1:{port}/"),
            ports={name: port},
        )

    return make
