"""Commands to docks: `dji_commands/{tid}` first, then the message at QoS 1. A retry is the same command.

Links are signed, and stream keys derived, at the last moment, so that neither stands in a history or a document.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any, Final, Literal
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, Field
from temporalio import activity

from activities.brokers import Brokers
from activities.failures import Failure, failure
from activities.pair_task import PairTask, multi_dock_task, without_key
from dji.encoding import EncodeError, encode, make
from dji.topics import Kind
from settings import Settings
from store.commands import PROPERTY_SET, Command, Commands
from store.docks import Docks
from store.facts import Actor, CommandReply
from store.objects import Objects

REDACTED: Final = "(a link, made when it was sent)"
REDACTED_KEYS: Final = "(credentials, made when it was sent)"
# A dock fetches its file within minutes; the link outlives a download that is tried again over a bad uplink.
LINK_LIFE: Final = 3600.0

Json = dict[str, Any]
Protocol = Literal["whip", "rtmp"]


class ObjectLink(BaseModel):
    """Put a presigned link to an object at `path` (dotted, numbers for places in lists) in the command's data."""

    path: str
    object_key: str
    life: float = Field(LINK_LIFE, description="seconds that the link opens the object")


class PushLink(BaseModel):
    """Put the address of an ingress, with its stream key, at `path` (dotted) in the command's data."""

    path: str
    ingress_id: str
    protocol: Protocol = "whip"


class UploadGrant(BaseModel):
    """Put the bucket in the command's data, with credentials that may put objects under `prefix` and nothing else."""

    prefix: str
    life: float = Field(description="seconds")


class CommandRequest(BaseModel):
    """One command. `data` is that of the DJI method without links and secrets."""

    tid: str
    bid: str
    sn: str
    product: str | None = Field(None, description="Model key; with it, what the product lacks is not sent")
    method: str
    data: Json = Field(default_factory=dict)
    object_links: list[ObjectLink] = Field(default_factory=list)
    push_links: list[PushLink] = Field(default_factory=list)
    upload: UploadGrant | None = None
    pair: PairTask | None = Field(None, description="Put `multi_dock_task` of these two docks in the data")
    refusals_only: bool = Field(False, description="The saga is not signalled that the dock took it")
    workflow_id: str
    step: str
    org_id: str | None = None
    mission_id: str | None = None
    actor: Actor


class CommandSent(BaseModel):
    """`reply` is there when the dock had answered this command before: then nothing was sent."""

    tid: str
    reply: CommandReply | None = None


class Unanswered(BaseModel):
    tid: str


def stream_key(settings: Settings, ingress_id: str) -> str:
    """The key that opens an ingress: derived, so that a retry gives the same and nothing has to keep it."""
    seal = settings.seal_key.get_secret_value().encode()
    return hmac.new(seal, ingress_id.encode(), hashlib.sha256).hexdigest()


def push_url(settings: Settings, ingress_id: str, protocol: Protocol = "whip") -> str:
    """Where a dock pushes to. Dock firmware from 17.01.0506 on wants `/rtc/v1/whip/` in the path."""
    if protocol == "rtmp":
        return f"{settings.media_public_rtmp_url.rstrip('/')}/live/{stream_key(settings, ingress_id)}"
    base = settings.media_public_url.rstrip("/")
    return f"{base}/rtc/v1/whip/?app=live&stream={quote(stream_key(settings, ingress_id))}"


def put_at(data: Json, path: str, value: Any) -> None:
    """Set a value at a dotted path, making maps on the way; a number is a place in a list that is there."""
    *way, last = path.split(".")
    inner: Any = data
    for name in way:
        inner = inner[int(name)] if isinstance(inner, list) else inner.setdefault(name, {})
    inner[last] = value


class Mqtt:
    """Activities that speak to docks."""

    def __init__(self, settings: Settings, brokers: Brokers, commands: Commands, objects: Objects) -> None:
        self._settings = settings
        self._brokers = brokers
        self._commands = commands
        self._objects = objects

    @activity.defn
    async def send_command(self, request: CommandRequest) -> CommandSent:
        """Write the command's document and publish the command; the bridge signals the reply.

        A command that the dock has answered is not sent again: its reply is returned. One that it has not answered
        goes out again under the same ids. Raises CommandInvalid when the data breaks the protocol, or the product lacks
        the command; NoCredentials when the bucket gives none.
        """
        pair = await self._pair_of(request)
        shown = self._data(request, redacted=True, pair=pair)
        data = self._data(request, redacted=False, pair=pair)
        if request.upload is not None:
            bucket = self._objects.to_wire()
            shown |= {**bucket, "credentials": REDACTED_KEYS}
            data |= {**bucket, "credentials": await self._credentials(request.upload)}
        document = Command(
            tid=request.tid,
            bid=request.bid,
            sn=request.sn,
            method=request.method,
            org_id=request.org_id,
            mission_id=request.mission_id,
            workflow_id=request.workflow_id,
            step=request.step,
            refusals_only=request.refusals_only,
            data=shown,
            user=request.actor.user,
            reason=request.actor.reason,
        )
        setting = request.method == PROPERTY_SET
        message = make(
            Kind.PROPERTY_SET if setting else Kind.SERVICES,
            request.sn,
            "" if setting else request.method,
            data,
            tid=request.tid,
            bid=request.bid,
            timestamp=time.time_ns() // 1_000_000,
            product=request.product,
        )
        try:
            topic, payload = encode(message)
        except EncodeError as error:
            raise failure(Failure.COMMAND_INVALID, f"{request.method}: {error}", field=error.field) from error
        if not await self._commands.create(document):
            known = await self._commands.get(request.tid)
            if known is not None and known.result is not None:
                return as_sent(known)
            sends = (known.sends if known is not None else 0) + 1
            await self._commands.patch(request.tid, {"sends": sends, "status": "sent"})
        await self._brokers.publish(request.org_id, topic, payload)
        return CommandSent(tid=request.tid)

    async def command(self, tid: str) -> Command | None:
        """What is known of a command that may have been sent."""
        return await self._commands.get(tid)

    @activity.defn
    async def mark_unanswered(self, given: Unanswered) -> CommandSent:
        """Note that nobody waits for the reply any more. Returns the reply where it came after all."""
        known = await self._commands.get(given.tid)
        if known is not None and known.result is not None:
            return as_sent(known)
        if known is not None:
            await self._commands.patch(given.tid, {"status": "unanswered"})
        return CommandSent(tid=given.tid)

    async def _credentials(self, grant: UploadGrant) -> Json:
        try:
            given = await self._objects.upload_credentials(grant.prefix, grant.life)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise failure(Failure.NO_CREDENTIALS, f"the bucket gave no credentials: {error}") from error
        return given.to_wire()

    async def _pair_of(self, request: CommandRequest) -> Json | None:
        """`multi_dock_task`, out of what both docks say of themselves."""
        if request.pair is None:
            return None
        docks = Docks(self._commands.client)
        takeoff, landing = await docks.get(request.pair.takeoff), await docks.get(request.pair.landing)
        if takeoff is None or landing is None:
            raise failure(Failure.DOCK_UNKNOWN, f"dock {request.pair.landing} or {request.pair.takeoff} is gone")
        return multi_dock_task(takeoff, landing, request.pair.aircraft)

    def _data(self, request: CommandRequest, *, redacted: bool, pair: Json | None = None) -> Json:
        data: Json = _copy(request.data)
        if pair is not None:
            data["multi_dock_task"] = without_key(pair) if redacted else pair
        for link in request.object_links:
            url = REDACTED if redacted else self._objects.shared_link(link.object_key, link.life)
            put_at(data, link.path, url)
        for push in request.push_links:
            put_at(data, push.path, REDACTED if redacted else push_url(self._settings, push.ingress_id, push.protocol))
        return data


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data


def as_sent(command: Command) -> CommandSent:
    """A command that was sent before, with its reply where the dock has answered."""
    return CommandSent(tid=command.tid, reply=_reply_of(command) if command.result is not None else None)


def _reply_of(command: Command) -> CommandReply:
    assert command.result is not None, "answered"
    at = int(command.replied_at.timestamp() * 1000) if command.replied_at is not None else 0
    return CommandReply(
        tid=command.tid,
        sn=command.sn,
        method=command.method,
        result=command.result,
        output=command.output or {},
        at=at,
        mismatch=command.mismatch,
    )
