"""Where an endpoint may be: HTTPS to the public network, and nearer only where the settings say so.

Whoever registers an endpoint has us send requests from inside our network. So the address that a name stands for is
looked at, and that very address is connected to: a name that resolves to another one a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Final, Literal

import httpx

Targets = Literal["public", "loopback", "private"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv4 in the clothes of IPv6 counts as what it is reached as
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
LONGEST_URL: Final = 2000


class TargetRefused(Exception):
    """The URL is none, or leads where endpoints may not be. The text is for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint: the URL with the address in the name's place, and what the request has to say instead."""

    url: httpx.URL
    host: str
    host_header: str


def parse(url: str) -> httpx.URL:
    """The URL of an endpoint. Raises TargetRefused for what could never be one."""
    if len(url) > LONGEST_URL:
        raise TargetRefused(f"it has more than {LONGEST_URL} characters")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise TargetRefused(f"it is no URL: {error}") from None
    if parsed.scheme not in ("https", "http") or not parsed.host:
        raise TargetRefused("it does not begin with https:// and a host")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise TargetRefused(f"there is no port {parsed.port}")
    if parsed.userinfo:
        raise TargetRefused("it holds a user or a password; the signature is what tells us from others")
    if parsed.fragment:
        raise TargetRefused("a fragment (#) is never sent")
    return parsed


async def resolve(url: str, targets: Targets) -> Target:
    """Where the endpoint is now. Raises TargetRefused where it may not be, or its name stands for nothing."""
    parsed = parse(url)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parsed.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetRefused(f"its host {parsed.host} is not found: {error}") from None
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        check(address, targets)
    if parsed.scheme == "http" and not all(address.is_loopback for address in addresses):
        raise TargetRefused("http is for endpoints on this machine; use https")
    return Target(parsed.copy_with(host=str(addresses[0])), parsed.host, parsed.netloc.decode())


def check(address: Address, targets: Targets) -> None:
    """Raises TargetRefused for an address that is out of bounds."""
    inner = _inner(address)
    if inner.is_loopback:
        allowed = targets in ("loopback", "private")
    elif inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        allowed = False
    else:
        allowed = inner.is_global or targets == "private"
    if not allowed:
        raise TargetRefused(f"it leads to {address}, which is not on the public network (ARGUS_WEBHOOK_TARGETS)")


def _inner(address: Address) -> Address:
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return inner or address
