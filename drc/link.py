"""The live link of one dock: opened with an account of its own, kept by heartbeats, opened anew when it is lost.

Messages to the dock share one rising `seq`, from 0 on with each opening. Source: `drc_mode_enter`, `heart_beat`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import aiomqtt
from google.api_core.exceptions import GoogleAPIError

import dji
from activities.broker import BrokerError
from dji import Message
from dji.differences import dock_of
from drc import sticks
from drc.asking import Asking, Outcome
from drc.brokers import Place
from drc.parts import Parts
from drc.sticks import Sticks

log = logging.getLogger(__name__)

Phase = Literal["opening", "open", "lost", "closed"]

OSD_FREQUENCY, HSI_FREQUENCY = 5, 1  # Hz: a place each 3 m at full speed for predictions; obstacles for people
BEATS_KEPT: Final = 16
SYSTEM_USER: Final = "system"


class Link:
    """One dock's. `attended` says whether an operator's connection lives, without which there are no heartbeats."""

    def __init__(self, parts: Parts, place: Place, asking: Asking, sn: str, attended: Callable[[], bool]) -> None:
        self._parts, self._place, self._asking = parts, place, asking
        self._sn = sn
        self._attended = attended
        self.product: str | None = None
        self.on_opening: Callable[[], None] = lambda: None
        self.phase: Phase = "opening"
        self.problem: str | None = None
        self.delay_ms: float | None = None
        self._account: str | None = None
        self._seq = 0
        self._heard = 0.0
        self._beats: dict[int, float] = {}

    # Opening and closing

    async def keep(self, session: str, may_open: Callable[[], str | None]) -> None:
        """Open the link, again and again if need be, and send heartbeats, until cancelled.

        `may_open` gives a reason why the dock would not open it now.
        """
        timings, said = self._parts.timings, None
        while True:
            try:
                self.problem = may_open() or await self._open(session)
            except (BrokerError, GoogleAPIError, aiomqtt.MqttError, LookupError, ValueError) as error:
                self.problem = str(error)
            if self.problem is None:
                await self._beat()
                self.phase, said = "lost", None
            else:
                if self.problem != said:  # once, however long a dock is away
                    log.warning("%s: no live link: %s", self._sn, self.problem)
                said = self.problem
                await asyncio.sleep(timings.drc_retry)

    async def _open(self, session: str) -> str | None:
        """Make the account and have the dock use it; why it does not, or None. What was there before is removed."""
        account, password = f"drc-{session}", secrets.token_urlsafe(32)
        accounts = self._place.accounts
        former = await self._parts.authorities.open_link(self._sn, account)
        if former is not None:
            await accounts.delete_drc(former)
        self._account = account
        await accounts.create_drc(account, password, self._sn)
        address = urlsplit(self._place.address)
        broker = {
            "address": address.netloc,
            "client_id": account,
            "username": account,
            "password": password,
            "expire_time": int(time.time() + self._parts.timings.drc_account),
            "enable_tls": address.scheme == "ssl",
        }
        data = {"mqtt_broker": broker, "osd_frequency": OSD_FREQUENCY, "hsi_frequency": HSI_FREQUENCY}
        outcome = await self.service("drc_mode_enter", data, user=SYSTEM_USER, tries=2)
        self._seq, self._beats = 0, {}
        self._heard = time.monotonic()
        self.on_opening()
        return None if outcome.ok else f"the dock does not open it: {outcome.meaning}"

    async def close(self) -> None:
        """Have the dock leave the mode, and remove the account. Raises nothing: what fails is left to the sweep."""
        self.phase = "closed"
        if self._account is None:
            return
        try:
            await leave(self._parts, self._place, self._asking, self._sn, self._account, self.product)
        except (BrokerError, GoogleAPIError, ValueError) as error:
            log.warning("%s: account %s is still there: %s", self._sn, self._account, error)

    async def _beat(self) -> None:
        """Heartbeats, for as long as the dock says anything."""
        timings = self._parts.timings
        while time.monotonic() - self._heard < timings.drc_link_lost:
            if self._attended():
                at = time.time_ns() // 1_000_000
                self._beats[at] = time.monotonic()
                while len(self._beats) > BEATS_KEPT:
                    del self._beats[next(iter(self._beats))]
                with contextlib.suppress(aiomqtt.MqttError):  # tried again in a moment
                    await self._send("heart_beat", {"timestamp": at})
            await asyncio.sleep(timings.drc_heartbeat)

    # Sending

    async def sticks(self, position: Sticks) -> None:
        """Raises MqttError where it was not sent."""
        topic, payload = dji.encode(sticks.message(self._sn, self.product, position, self._next()))
        await self._place.wire.publish(topic, payload)

    async def command(self, method: str, data: dict[str, Any]) -> Outcome:
        """A command on the live link. Raises EncodeError, MqttError."""
        return await self._asking.on_link(self._message(method, data))

    async def service(
        self, method: str, data: dict[str, Any], *, user: str, mission_id: str | None = None, tries: int = 1
    ) -> Outcome:
        """A command on services. Raises EncodeError, MqttError."""
        return await self._asking.on_services(
            method, data, product=self.product, user=user, mission_id=mission_id, tries=tries
        )

    async def _send(self, method: str, data: dict[str, Any]) -> None:
        topic, payload = dji.encode(self._message(method, data))
        await self._place.wire.publish(topic, payload)

    def _message(self, method: str, data: dict[str, Any]) -> Message:
        if dock_of(self.product) != 1:
            return dji.drc_command(self._sn, method, data, seq=self._next(), product=self.product)
        # Dock 1 has the number inside the data, where the method has a place for it.
        numbered = {"seq": self._next()} | data if method == "heart_beat" else data
        return dji.drc_command(self._sn, method, numbered, seq=None, product=self.product)

    def _next(self) -> int:
        self._seq += 1
        return self._seq - 1

    # Hearing

    def heard(self, message: Message) -> bool:
        """A message on `drc/up`: whether it was an echo or an answer, and so is no news for anybody else."""
        self._heard = time.monotonic()
        if self.phase != "closed":
            self.phase = "open"
        if message.method == "heart_beat":
            sent = self._beats.pop(getattr(message.data, "timestamp", None) or 0, None)
            if sent is not None:
                self.delay_ms = round((self._heard - sent) * 1000, 1)
            return True
        return self._asking.link_reply(message)


async def leave(parts: Parts, place: Place, asking: Asking, sn: str, account: str, product: str | None) -> None:
    """`drc_mode_exit`, and the account with its rights removed. Raises BrokerError, GoogleAPIError."""
    with contextlib.suppress(aiomqtt.MqttError):
        await asking.on_services("drc_mode_exit", {}, product=product, user=SYSTEM_USER)
    await place.accounts.delete_drc(account)
    await parts.authorities.close_link(sn, account)
