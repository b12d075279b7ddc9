"""Reading what happened from outside the code that did it: store, Temporal's history, bucket, room, dock."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from store.client import emulator_at

T = TypeVar("T")
# Our servers close a connection after 5 idle seconds: one that is about to be closed is not used again.
REUSE: Final = httpx.Limits(keepalive_expiry=3)
LOOK: Final = 0.1  # seconds between looks at something that is expected to happen


class NotProven(Exception):
    """A step did not show what it should; the text says what was seen instead."""


async def until(what: str, look: Callable[[], Awaitable[T | None]], within: float) -> T:
    """The first result of `look` that is not None or False. Raises NotProven after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        seen = await look()
        if seen is not None and seen is not False:
            return seen
        if time.monotonic() > deadline:
            raise NotProven(f"{what}: not within {within:.0f} s")
        await asyncio.sleep(LOOK)


def expect(condition: object, otherwise: str) -> None:
    """Raise NotProven with the sentence unless the condition holds."""
    if not condition:
        raise NotProven(otherwise)


class Outside:
    """Clients of everything that can be asked, none of them ours but the API's."""

    def __init__(self, endpoints: dict[str, Any]) -> None:
        self.endpoints = endpoints
        with emulator_at(endpoints["firestore"]):
            self.store = AsyncClient(
                project=endpoints["firestore_project"],
                credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            )
        self.s3 = boto3.client(
            "s3",
            endpoint_url=endpoints["objects"],
            aws_access_key_id=endpoints["objects_access_key"],
            aws_secret_access_key=endpoints["objects_secret_key"],
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
        )
        self.api: httpx.AsyncClient
        self.temporal: Client

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Outside]:
        headers = {"Authorization": f"Bearer {self.endpoints['admin_token']}"}
        self.temporal = await Client.connect(self.endpoints["temporal"], namespace=self.endpoints["temporal_namespace"])
        async with httpx.AsyncClient(base_url=self.endpoints["api"], headers=headers, timeout=60, limits=REUSE) as api:
            self.api = api
            yield self

    async def call(self, method: str, path: str, **given: Any) -> Any:
        """The JSON of the API's answer. Raises NotProven with the problem's text."""
        answer = await self.api.request(method, path, **given)
        if answer.is_error:
            raise NotProven(f"{method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json()

    async def document(self, path: str) -> dict[str, Any] | None:
        snapshot = await self.store.document(path).get()
        fields: dict[str, Any] | None = snapshot.to_dict()
        return fields

    async def documents(self, collection: str, **equal: Any) -> list[dict[str, Any]]:
        query: Any = self.store.collection(collection)
        for name, value in equal.items():
            query = query.where(filter=FieldFilter(name, "==", value))
        return [snapshot.to_dict() async for snapshot in query.stream()]

    async def history(self, workflow_id: str) -> list[str]:
        """Types of the events of a saga's latest run, like WORKFLOW_EXECUTION_STARTED."""
        history = await self.temporal.get_workflow_handle(workflow_id).fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]

    async def object(self, key: str) -> tuple[int, str] | None:
        """Size and MD5 of an object, read in full; None where there is none."""

        def read() -> tuple[int, str] | None:
            try:
                data = self.s3.get_object(Bucket=self.endpoints["objects_bucket"], Key=key)["Body"].read()
            except ClientError:
                return None
            return len(data), hashlib.md5(data, usedforsecurity=False).hexdigest()

        return await asyncio.to_thread(read)
