"""One signed POST to an endpoint."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import time
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import httpx

from activities.targets import TargetRefused, Targets, resolve
from store.document import now
from store.webhooks import Attempt, Delivery

SHOWN: Final = 500  # characters of an answer, in the log
READ: Final = 4 * SHOWN  # bytes of an answer that are read at all


def signature(secrets: Sequence[str], at: datetime, body: bytes) -> str:
    """The header `Argus-Signature`: `t=` epoch seconds, and for each secret in force `v1=` the hex HMAC-SHA256 of
    `{t}.{body}`.
    """
    stamp = str(int(at.timestamp()))
    signed = stamp.encode() + b"." + body
    signs = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={stamp}", *(f"v1={sign}" for sign in signs)])


class Poster:
    """Sends to one endpoint. An async context manager: its connections are for that endpoint alone, since they are
    made by address, and one address may serve several hosts.
    """

    def __init__(
        self, url: str, secrets: Sequence[str], targets: Targets, within: float, trust: ssl.SSLContext
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._targets = targets
        self._within = within
        # No proxy of the environment, and no redirect: both would lead past the check of the address
        self._http = httpx.AsyncClient(verify=trust, trust_env=False, follow_redirects=False, timeout=within)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def post(self, delivery: Delivery) -> Attempt:
        """Send a delivery once, within the time for it. What goes wrong is in the attempt, nothing is raised."""
        at, began = now(), time.monotonic()
        status, said, error = None, "", None
        try:
            async with asyncio.timeout(self._within):
                status, said = await self._send(delivery, at)
        except TargetRefused as refused:
            error = f"refused: {refused}"
        except TimeoutError:
            error = f"no answer within {self._within:g} s"
        except (httpx.HTTPError, OSError) as fault:
            error = f"{type(fault).__name__}: {fault}".rstrip(": ")
        ms = round((time.monotonic() - began) * 1000)
        return Attempt(at=at, status=status, ms=ms, response=said, error=error)

    async def _send(self, delivery: Delivery, at: datetime) -> tuple[int, str]:
        target, body = await resolve(self._url, self._targets), delivery.payload.encode()
        headers = {
            "Host": target.host_header,
            "Content-Type": "application/json",
            "User-Agent": "ARGUS-Dock",
            "Argus-Event": delivery.type,
            "Argus-Delivery": delivery.key,
            "Argus-Signature": signature(self._secrets, at, body),
        }
        given = {"sni_hostname": target.host}
        async with self._http.stream("POST", target.url, content=body, headers=headers, extensions=given) as answer:
            said = b""
            async for chunk in answer.aiter_bytes():
                said += chunk
                if len(said) >= READ:
                    break
            return answer.status_code, said[:READ].decode(errors="replace")[:SHOWN]
