"""Objects in a bucket: S3 and STS by boto3, each call in a thread, since boto3 waits for the network where it stands.

Two clients: one for our own calls, and one that only signs links, for the endpoint as docks and people reach it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from settings import Settings
from store.links import SharedLinks

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

T = TypeVar("T")

# Bounds of AssumeRole, the same at AWS and MinIO for a role without limits of its own.
SHORTEST_CREDENTIALS = 900
LONGEST_CREDENTIALS = 43_200
# A presigned link of signature version 4 opens for a week at most.
LONGEST_LINK = 604_800

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_CHANGED = frozenset({"412", "PreconditionFailed"})
_NO_UPLOAD = "NoSuchUpload"
_OURS_ALREADY = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What the bucket says of an object. `md5` is hex; None where the ETag is no MD5 (an upload in parts)."""

    key: str
    size: int
    md5: str | None
    etag: str
    content_type: str | None
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a listing: enough to read just this one."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadCredentials:
    """Temporary credentials that may put objects under `prefix` and do nothing else. `expire` in seconds from now."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(repr=False)
    expire: int
    expires_at: datetime
    prefix: str

    def to_wire(self) -> dict[str, Any]:
        """As `storage_config_get` and `fileupload_start` want them in `credentials`."""
        return {
            "access_key_id": self.access_key_id,
            "access_key_secret": self.access_key_secret,
            "security_token": self.security_token,
            "expire": self.expire,
        }


class Objects:
    """One bucket. Errors of the store come through as botocore's: `ClientError`, `BotoCoreError`."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.objects_bucket
        self.region = settings.objects_region
        self.provider = settings.objects_provider
        self.endpoint = settings.objects_endpoint
        self.public_endpoint = settings.objects_public_endpoint or settings.objects_endpoint
        self._links = SharedLinks()
        self._role = settings.objects_sts_role_arn
        self._session = boto3.session.Session(
            aws_access_key_id=settings.objects_access_key,
            aws_secret_access_key=settings.objects_secret_key.get_secret_value(),
            region_name=self.region,
        )

    def to_wire(self) -> dict[str, Any]:
        """The bucket as docks are told of it, without credentials."""
        return {
            "bucket": self.bucket,
            "region": self.region,
            "endpoint": self.public_endpoint,
            "provider": self.provider,
        }

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The bucket of the settings. Connects with the first call."""
        return cls(settings)

    async def ensure_bucket(self) -> None:
        """Make the bucket where it is not there yet."""

        def make() -> None:
            try:
                self._s3.create_bucket(Bucket=self.bucket)
            except ClientError as error:
                if _code(error) not in _OURS_ALREADY:
                    raise

        await _in_thread(make)

    async def put(self, key: str, content: bytes, content_type: str = "application/octet-stream") -> None:
        await _in_thread(
            lambda: self._s3.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=content_type)
        )

    async def head(self, key: str) -> ObjectInfo | None:
        """Size, MD5 and type of an object without its content; None where there is none."""

        def look() -> ObjectInfo | None:
            try:
                said = self._s3.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
            etag = said["ETag"].strip('"')
            return ObjectInfo(
                key, said["ContentLength"], _md5_of(etag), etag, said.get("ContentType"), said["LastModified"]
            )

        return await _in_thread(look)

    async def get(self, key: str) -> bytes | None:
        """The whole content, for objects that fit in memory; None where there is none."""

        def fetch() -> bytes | None:
            try:
                return self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise

        return await _in_thread(fetch)

    async def delete(self, key: str) -> None:
        """Remove an object; no error where there is none."""
        await _in_thread(lambda: self._s3.delete_object(Bucket=self.bucket, Key=key))

    async def delete_under(self, prefix: str) -> int:
        """Remove all objects whose keys begin with `prefix`, which ends with a slash; how many there were."""
        if not prefix.endswith("/"):
            raise ValueError(f"{prefix!r} does not end with a slash: it would take others' objects along")

        def remove() -> int:
            removed = 0
            for found in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for each in found.get("Contents", ()):
                    self._s3.delete_object(Bucket=self.bucket, Key=each["Key"])
                    removed += 1
            return removed

        return await _in_thread(remove)

    async def list_under(self, prefix: str, after: str = "", limit: int = 1000) -> list[Listed]:
        """Objects whose keys begin with `prefix`, in the order of the keys, from the one behind `after` on."""

        def look() -> list[Listed]:
            found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, StartAfter=after, MaxKeys=limit)
            return [Listed(each["Key"], each["Size"], each["ETag"].strip('"')) for each in found.get("Contents", ())]

        return await _in_thread(look)

    async def read(self, found: Listed, start: int, length: int) -> bytes | None:
        """A piece of an object that was listed; None where it is gone, or another one by now."""

        def fetch() -> bytes | None:
            try:
                said = self._s3.get_object(
                    Bucket=self.bucket, Key=found.key, IfMatch=found.etag,
                    Range=f"bytes={start}-{start + length - 1}",
                )  # fmt: skip
                return said["Body"].read()
            except ClientError as error:
                if _code(error) in _ABSENT | _CHANGED:
                    return None
                raise

        return await _in_thread(fetch)

    async def begin_parts(self, key: str, content_type: str) -> str:
        """Begin an object that is put in parts of 5 MiB or more, but for the last; the id of the upload."""
        said = await _in_thread(
            lambda: self._s3.create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=content_type)
        )
        return said["UploadId"]

    async def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> str | None:
        """Put a part, from 1 on, in place of one with that number; its ETag. None where there is no such upload."""

        def put() -> str | None:
            try:
                said = self._s3.upload_part(
                    Bucket=self.bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=content
                )
            except ClientError as error:
                if _code(error) == _NO_UPLOAD:
                    return None
                raise
            return said["ETag"].strip('"')

        return await _in_thread(put)

    async def finish_parts(self, key: str, upload_id: str, etags: list[str]) -> bool:
        """Make the object of its parts. False where the upload, or a part as it was put, is not there."""

        def finish() -> bool:
            parts: Any = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
            try:
                self._s3.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
                )
            except ClientError as error:
                if _code(error) in (_NO_UPLOAD, "InvalidPart"):
                    return False
                raise
            return True

        return await _in_thread(finish)

    async def drop_parts(self, prefix: str) -> None:
        """Give up all uploads in parts of keys that begin so; no error where there is none.

        MinIO lists those of a whole key only, or all of the bucket that were begun since it started; what is older it
        removes by itself after a day (`api stale_uploads_expiry`).
        """
        asked = (prefix, "") if self.provider == "minio" else (prefix,)

        def drop() -> None:
            pages = self._s3.get_paginator("list_multipart_uploads")
            uploads = {
                (upload["Key"], upload["UploadId"])
                for each in asked
                for page in pages.paginate(Bucket=self.bucket, Prefix=each)
                for upload in page.get("Uploads", ())
                if upload["Key"].startswith(prefix)
            }
            for key, upload_id in uploads:
                try:
                    self._s3.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload_id)
                except ClientError as error:
                    if _code(error) != _NO_UPLOAD:
                        raise

        await _in_thread(drop)

    def presign_get(self, key: str, seconds: float, *, download_as: str | None = None) -> str:
        """A link that reads one object for `seconds` (1 to a week), without a call to the store."""
        params: dict[str, Any] = {"Bucket": self.bucket, "Key": key}
        if download_as is not None:
            params["ResponseContentDisposition"] = f'attachment; filename="{download_as}"'
        return self._signer.generate_presigned_url("get_object", Params=params, ExpiresIn=_bounded(seconds))

    def shared_link(self, key: str, seconds: float) -> str:
        """As `presign_get`, but it may have been signed for another, a hundredth of `seconds` ago and a minute at most.
        For many docks that are to fetch the same.
        """
        return self._links.given((key, seconds), _bounded(seconds), lambda: self.presign_get(key, seconds))

    def presign_put(self, key: str, seconds: float, *, size: int | None = None, md5: str | None = None) -> str:
        """A link that writes one object. With `size` (bytes) or `md5` (hex) the store takes just that content: the
        uploader has to send the headers Content-Length and Content-MD5 (base64) to match.
        """
        params: dict[str, Any] = {"Bucket": self.bucket, "Key": key}
        if size is not None:
            params["ContentLength"] = size
        if md5 is not None:
            params["ContentMD5"] = base64.b64encode(bytes.fromhex(md5)).decode()
        return self._signer.generate_presigned_url("put_object", Params=params, ExpiresIn=_bounded(seconds))

    async def upload_credentials(self, prefix: str, seconds: float) -> UploadCredentials:
        """Credentials for `storage_config_get`: put under `prefix` and nothing else, for `seconds` (15 min to 12 h).

        By STS AssumeRole with an inline policy, as MinIO and AWS know it. Alibaba's STS speaks another protocol:
        ValueError.
        """
        if self.provider == "ali":
            raise ValueError("ARGUS_OBJECTS_PROVIDER=ali: its STS does not speak AssumeRole of AWS; use aws or minio")
        expire = int(min(max(seconds, SHORTEST_CREDENTIALS), LONGEST_CREDENTIALS))
        said = await _in_thread(
            lambda: self._sts.assume_role(
                RoleArn=self._role,
                RoleSessionName="argus-dock",
                Policy=upload_policy(self.bucket, prefix),
                DurationSeconds=expire,
            )
        )
        given = said["Credentials"]
        left = int((given["Expiration"] - datetime.now(UTC)).total_seconds())
        return UploadCredentials(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], left, given["Expiration"], prefix
        )

    def _config(self) -> Config:
        # MinIO is addressed by path, the clouds by host name; both sign with version 4. Checksums that S3 added in
        # 2025 are left out where they are optional: other stores refuse them.
        return Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if self.provider == "minio" else "virtual"},
            connect_timeout=2,
            read_timeout=20,
            retries={"max_attempts": 2, "mode": "standard"},
            max_pool_connections=32,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )

    @cached_property
    def _s3(self) -> S3Client:
        return self._session.client("s3", endpoint_url=self.endpoint, config=self._config())

    @cached_property
    def _signer(self) -> S3Client:
        return self._session.client("s3", endpoint_url=self.public_endpoint, config=self._config())

    @cached_property
    def _sts(self) -> STSClient:
        endpoint = self.endpoint if self.provider == "minio" else None
        config = Config(connect_timeout=2, read_timeout=5, retries={"max_attempts": 1})
        return self._session.client("sts", endpoint_url=endpoint, config=config)


def upload_policy(bucket: str, prefix: str) -> str:
    """An inline policy: put objects under `prefix`, whole or in parts, and nothing else."""
    statement = {
        "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        "Resource": [f"arn:aws:s3:::{bucket}/{prefix.rstrip('/')}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def _in_thread(call: Callable[[], T]) -> T:
    return await asyncio.to_thread(call)


def _bounded(seconds: float) -> int:
    return int(min(max(seconds, 1), LONGEST_LINK))


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _md5_of(etag: str) -> str | None:
    # An object uploaded in parts has an ETag like "{hash of hashes}-{parts}".
    return etag if len(etag) == 32 and all(c in "0123456789abcdef" for c in etag) else None
