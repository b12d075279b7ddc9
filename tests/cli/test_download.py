"""Files by link, from a server that hands them out whole, refuses, or breaks off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.client import CannotAsk
from cli.download import download

CONTENT = b"x" * 100_000


class Bucket(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(403 if self.path.startswith("/expired") else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: 50_000 if self.path.startswith("/broken") else None])


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Bucket) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_comes_whole_into_a_folder_that_was_not_there(bucket: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "archive.tar"
    download(f"{bucket}/whole", path)
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("way", "why"), [("expired", "answers 403"), ("broken", "could not be fetched")])
def test_what_stood_there_stays_until_the_new_one_is_whole(bucket: str, tmp_path: Path, way: str, why: str) -> None:
    path = tmp_path / "archive.tar"
    path.write_bytes(b"yesterday's")
    with pytest.raises(CannotAsk, match=why) as raised:
        download(f"{bucket}/{way}?signature=s3cret", path)
    assert "s3cret" not in str(raised.value)
    assert path.read_bytes() == b"yesterday's"
    assert list(tmp_path.iterdir()) == [path]
