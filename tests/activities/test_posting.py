"""Where an endpoint may be, and what is sent to it: nothing leads past the check of its address."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from activities.posting import SHOWN, Poster, signature
from activities.targets import TargetRefused, Targets, check, parse, resolve
from store.document import now
from store.events import Event, about
from store.webhooks import Attempt, Delivery


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("93.184.216.34", "public"),
        ("2606:4700::1111", "public"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::", "loopback"),
        ("10.0.0.7", "private"),
        ("192.168.1.20", "private"),
        ("100.64.0.1", "private"),
        ("fd00::7", "private"),
        ("::ffff:10.0.0.7", "private"),
        ("169.254.169.254", None),
        ("::ffff:169.254.169.254", None),
        ("fe80::1", None),
        ("0.0.0.0", None),
        ("224.0.0.1", None),
        ("255.255.255.255", None),
    ],
)
def test_an_address_needs_the_setting_for_it(address: str, least: Targets | None) -> None:
    order: list[Targets] = ["public", "loopback", "private"]
    allowed = order[order.index(least) :] if least is not None else []
    for targets in order:
        if targets in allowed:
            check(ip_address(address), targets)
        else:
            with pytest.raises(TargetRefused, match="not on the public network"):
                check(ip_address(address), targets)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "example.com",
        "https://",
        "https://ann:secret@example.com/x",
        "https://example.com/x#y",
        "https://example.com:99999/x",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_what_could_never_be_an_endpoint_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        parse(url)


@pytest.mark.parametrize(
    ("url", "targets", "why"),
    [
        ("https://no-such-host.invalid/x", "private", "is not found"),
        ("https://localhost/x", "public", "not on the public network"),
        ("http://10.0.0.7/x", "private", "http is for endpoints on this machine"),
        ("http://[::1]/x", "public", "not on the public network"),
        ("https://0x7f000001/x", "public", "not on the public network"),
    ],
)
async def test_a_name_counts_as_what_it_stands_for(url: str, targets: Targets, why: str) -> None:
    with pytest.raises(TargetRefused, match=why):
        await resolve(url, targets)


async def test_the_address_that_was_looked_at_is_the_one_that_is_used() -> None:
    target = await resolve("http://localhost:8080/x?a=1", "loopback")
    assert ip_address(target.url.host).is_loopback
    assert (target.url.port, target.url.raw_path) == (8080, b"/x?a=1")
    assert (target.host, target.host_header) == ("localhost", "localhost:8080")


def test_each_secret_signs_time_and_body() -> None:
    """The figures are openssl's: `printf '1777852800.{"id":"1"}' | openssl dgst -sha256 -hmac whsec_a`."""
    assert signature(["whsec_a", "whsec_b"], datetime(2026, 5, 4, tzinfo=UTC), b'{"id":"1"}') == (
        "t=1777852800"
        ",v1=8fa768dce658b81a2178112112151790f2be24ebb4ffa77aa1f727f26ef3b89c"
        ",v1=6438c8797dcf0a697a157f5f2c6594eeabe8ab10a27f3113c79d327430ba53f8"
    )


def delivery() -> Delivery:
    return Event.make("o", "flight.ok", about("flight", "f"), {"n": 1}, "1", now()).to("w")


@dataclass
class Endpoint:
    """Answers every request with the same bytes, after a while."""

    answer: bytes
    pause: float = 0
    port: int = 0
    heads: list[str] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        await asyncio.sleep(self.pause)
        writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def listening(endpoint: Endpoint, tls: ssl.SSLContext | None = None) -> AsyncIterator[Endpoint]:
    server = await asyncio.start_server(endpoint.take, "127.0.0.1", 0, ssl=tls)
    endpoint.port = server.sockets[0].getsockname()[1]
    try:
        yield endpoint
    finally:
        server.close()


async def posted(url: str, targets: Targets = "loopback", trust: ssl.SSLContext | None = None) -> Attempt:
    async with Poster(url, ["whsec_a"], targets, 0.5, trust or ssl.create_default_context()) as poster:
        return await poster.post(delivery())


async def test_a_redirect_is_an_answer_and_leads_nowhere() -> None:
    async with listening(Endpoint(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as inner:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{inner.port}/\r\nContent-Length: 0\r\n\r\n"
        async with listening(Endpoint(moved.encode())) as outer:
            attempt = await posted(f"http://127.0.0.1:{outer.port}/hook")
    assert (attempt.status, attempt.succeeded, inner.heads) == (307, False, [])
    assert f"Host: 127.0.0.1:{outer.port}" in outer.heads[0]
    assert outer.heads[0].startswith("POST /hook HTTP/1.1")


async def test_an_endpoint_that_does_not_answer_in_time_has_not_taken_it() -> None:
    began = time.monotonic()
    async with listening(Endpoint(b"", pause=5)) as endpoint:
        attempt = await posted(f"http://127.0.0.1:{endpoint.port}/")
    assert (attempt.status, attempt.error) == (None, "no answer within 0.5 s")
    assert time.monotonic() - began < 3


async def test_of_a_long_answer_the_beginning_is_kept_and_no_more_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"y" * 200_000
    async with listening(Endpoint(endless)) as endpoint:
        attempt = await posted(f"http://127.0.0.1:{endpoint.port}/")
    assert (attempt.status, attempt.response) == (200, "y" * SHOWN)


async def test_what_is_no_http_and_where_nobody_listens_is_said() -> None:
    async with listening(Endpoint(b"SSH-2.0-OpenSSH\r\n")) as endpoint:
        attempt = await posted(f"http://127.0.0.1:{endpoint.port}/")
    assert (attempt.status, attempt.succeeded) == (None, False)
    assert (attempt.error or "").startswith("RemoteProtocolError")
    gone = await posted(f"http://127.0.0.1:{endpoint.port}/")
    assert (gone.error or "").startswith("ConnectError")


async def test_an_address_out_of_bounds_is_refused_when_it_is_sent_too() -> None:
    attempt = await posted("https://localhost/hook", "public")
    assert (attempt.error or "").startswith("refused: it leads to ")


def certificate(host: str, folder: Path) -> Path:
    """A self-signed certificate and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


async def test_the_certificate_has_to_be_of_the_name_although_the_address_is_connected_to(tmp_path: Path) -> None:
    taken = b"HTTP/1.1 204 No Content\r\n\r\n"
    for host, status in (("localhost", 204), ("desk.example", None)):
        file = certificate(host, tmp_path)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        trust = ssl.create_default_context(cafile=str(file))
        async with listening(Endpoint(taken), server) as endpoint:
            url = f"https://localhost:{endpoint.port}/hook"
            known = await posted(url, trust=trust)
            stranger = await posted(url)
        assert (known.status, known.succeeded) == (status, status is not None)
        assert stranger.status is None
        assert "certificate" in (stranger.error or "").lower()
