"""MinIO on a folder, in place of S3 or GCS, with the same STS calls."""

from __future__ import annotations

import asyncio
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from embedded.part import Part
from embedded.tools import Tool

REGION = "us-east-1"


def part(tool: Tool, directory: Path, *, host: str, port: int, access_key: str, secret_key: str, bucket: str) -> Part:
    """The object store on `directory/objects`; ready once its one bucket is there."""
    folder = directory / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    endpoint = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"

    async def probe() -> None:
        await asyncio.to_thread(_make_bucket, endpoint, access_key, secret_key, bucket)

    return Part(
        name="minio",
        argv=(str(tool.path), "server", str(folder), "--address", f"{host}:{port}", "--quiet"),
        env={
            "MINIO_ROOT_USER": access_key,
            "MINIO_ROOT_PASSWORD": secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "MINIO_CALLHOME_ENABLE": "off",
            "HOME": str(directory),  # it keeps a folder of certificates there
        },
        probe=probe,
        ports={"objects": port},
    )


def _make_bucket(endpoint: str, access_key: str, secret_key: str, bucket: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=REGION,
        config=Config(connect_timeout=2, read_timeout=2, retries={"max_attempts": 0}, proxies={}),
    )
    try:
        client.create_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
