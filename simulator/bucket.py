"""A bucket as a dock is given it: temporary credentials, and nothing it may do but put objects under its prefix."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from simulator.feature import Json

MINIO = "minio"


class UploadFailed(Exception):
    """The bucket did not take a file, or nobody says which bucket."""


@dataclass
class Bucket:
    """Where to put files. `prefix` is what every key must begin with."""

    name: str
    prefix: str
    client: Any

    @classmethod
    def of(cls, told: Json) -> Bucket:
        """From what `storage_config_get` or `fileupload_start` says. Raises UploadFailed where something is missing."""
        try:
            credentials = told["credentials"]
            # MinIO has its buckets in the path, the others in the host name.
            style: Any = {"addressing_style": "path" if told["provider"] == MINIO else "virtual"}
            client: Any = boto3.client(
                "s3",
                endpoint_url=told["endpoint"],
                region_name=told["region"],
                aws_access_key_id=credentials["access_key_id"],
                aws_secret_access_key=credentials["access_key_secret"],
                aws_session_token=credentials["security_token"],
                config=Config(s3=style, connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}),
            )
            return cls(told["bucket"], told.get("object_key_prefix", ""), client)
        except (KeyError, ValueError, BotoCoreError) as error:
            raise UploadFailed(f"unusable storage: {error}") from None

    def key(self, *parts: str) -> str:
        """The key of a file under the prefix, which the cloud may end with a slash or not."""
        return "/".join(filter(None, (self.prefix.rstrip("/"), *parts)))

    async def put(self, key: str, content: bytes) -> None:
        """Upload. Raises UploadFailed."""
        try:
            await asyncio.to_thread(self.client.put_object, Bucket=self.name, Key=key, Body=content)
        except (ClientError, BotoCoreError) as error:
            raise UploadFailed(f"{key}: {error}") from None
