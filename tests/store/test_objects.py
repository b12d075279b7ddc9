"""The bucket as docks, people and our own processes use it, on a real MinIO."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import UTC, datetime

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import SecretStr

from embedded.parts import MinioServer
from settings import Settings
from store.objects import Objects, UploadCredentials

CONTENT = b"a wayline, say"
NOT_USED = SecretStr("not used here")


@pytest.fixture
def objects(minio: MinioServer) -> Objects:
    return Objects.of(settings_for(minio))


def settings_for(minio: MinioServer, public_endpoint: str | None = None) -> Settings:
    return Settings(
        mqtt_password=NOT_USED,
        livekit_api_secret=NOT_USED,
        media_control_token=NOT_USED,
        seal_key=NOT_USED,
        objects_endpoint=minio.endpoint,
        objects_access_key=minio.access_key,
        objects_secret_key=SecretStr(minio.secret_key),
        objects_bucket=minio.bucket,
        objects_public_endpoint=public_endpoint,
    )


def some_key(name: str = "file.bin") -> str:
    return f"tests/{uuid.uuid4().hex}/{name}"


async def test_an_object_is_put_seen_read_and_deleted(objects: Objects) -> None:
    key = some_key()
    assert await objects.head(key) is None
    assert await objects.get(key) is None
    await objects.put(key, CONTENT, "application/zip")
    seen = await objects.head(key)
    assert seen is not None
    assert (seen.size, seen.md5, seen.content_type) == (
        len(CONTENT),
        hashlib.md5(CONTENT, usedforsecurity=False).hexdigest(),
        "application/zip",
    )
    assert await objects.get(key) == CONTENT
    await objects.delete(key)
    await objects.delete(key)
    assert await objects.head(key) is None


async def test_making_the_bucket_twice_is_no_error(objects: Objects) -> None:
    await objects.ensure_bucket()
    await objects.ensure_bucket()


async def test_a_link_reads_the_object_without_credentials(objects: Objects) -> None:
    key = some_key()
    await objects.put(key, CONTENT)
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(objects.presign_get(key, 60, download_as="it.kmz"))
        assert answer.content == CONTENT
        assert 'filename="it.kmz"' in answer.headers["content-disposition"]
        assert (await http.get(f"{objects.endpoint}/{objects.bucket}/{key}")).status_code == 403


async def test_links_carry_the_public_endpoint(minio: MinioServer) -> None:
    objects = Objects.of(settings_for(minio, "https://objects.example.org"))
    assert objects.presign_get("a/b", 60).startswith(f"https://objects.example.org/{minio.bucket}/a/b?")


async def test_docks_that_fetch_the_same_at_once_are_given_the_same_link(objects: Objects) -> None:
    key = some_key()
    await objects.put(key, CONTENT)
    link = objects.shared_link(key, 3600)
    assert "X-Amz-Expires=3600" in link
    assert objects.shared_link(key, 3600) == link
    assert objects.shared_link(some_key(), 3600) != link
    assert objects.shared_link(key, 7200) != link
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(link)).content == CONTENT


async def test_an_upload_link_takes_the_content_it_was_signed_for_and_no_other(objects: Objects) -> None:
    key = some_key()
    md5 = hashlib.md5(CONTENT, usedforsecurity=False)
    link = objects.presign_put(key, 60, size=len(CONTENT), md5=md5.hexdigest())
    headers = {"Content-MD5": base64.b64encode(md5.digest()).decode()}
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.put(link, content=CONTENT + b"!", headers=headers)).status_code in (400, 403)
        other = CONTENT[:-1] + b"!"
        assert (await http.put(link, content=other, headers=headers)).status_code == 400
        assert await objects.head(key) is None
        assert (await http.put(link, content=CONTENT, headers=headers)).status_code == 200
    assert await objects.get(key) == CONTENT


async def test_a_docks_credentials_put_under_its_prefix_and_do_nothing_else(objects: Objects) -> None:
    prefix = f"media/org/{uuid.uuid4().hex}"
    given = await objects.upload_credentials(f"{prefix}/", 3600)
    assert given.prefix == f"{prefix}/"
    assert 3500 < given.expire <= 3600
    dock = as_dock(objects, given)
    dock.put_object(Bucket=objects.bucket, Key=f"{prefix}/a.jpg", Body=CONTENT)
    assert (await objects.get(f"{prefix}/a.jpg")) == CONTENT
    with pytest.raises(ClientError, match="AccessDenied"):
        dock.put_object(Bucket=objects.bucket, Key=f"{prefix}-other/a.jpg", Body=CONTENT)
    with pytest.raises(ClientError, match="AccessDenied"):
        dock.get_object(Bucket=objects.bucket, Key=f"{prefix}/a.jpg")
    with pytest.raises(ClientError, match="AccessDenied"):
        dock.list_objects_v2(Bucket=objects.bucket, Prefix=prefix)
    with pytest.raises(ClientError, match="AccessDenied"):
        dock.delete_object(Bucket=objects.bucket, Key=f"{prefix}/a.jpg")


async def test_an_upload_in_parts_works_and_has_no_md5(objects: Objects) -> None:
    prefix = f"media/org/{uuid.uuid4().hex}"
    dock = as_dock(objects, await objects.upload_credentials(prefix, 900))
    key = f"{prefix}/video.mp4"
    upload = dock.create_multipart_upload(Bucket=objects.bucket, Key=key)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": dock.upload_part(
                Bucket=objects.bucket, Key=key, UploadId=upload, PartNumber=number, Body=b"x" * size
            )["ETag"],
        }
        for number, size in ((1, 5 << 20), (2, 10))
    ]
    dock.complete_multipart_upload(
        Bucket=objects.bucket,
        Key=key,
        UploadId=upload,
        MultipartUpload={"Parts": parts},
    )
    seen = await objects.head(key)
    assert seen is not None
    assert (seen.size, seen.md5) == ((5 << 20) + 10, None)


@pytest.mark.parametrize("asked", ["org-1/", "org-1/DOCK/video.mp4"])
async def test_uploads_in_parts_are_given_up_by_prefix_or_key_and_no_others(objects: Objects, asked: str) -> None:
    root = some_key("")
    keys = [f"{root}{name}" for name in ("org-1/DOCK/video.mp4", "org-10/DOCK/video.mp4")]
    ours, theirs = [(key, await objects.begin_parts(key, "video/mp4")) for key in keys]
    for upload in (ours, theirs):
        assert await objects.put_part(*upload, 1, CONTENT)
    for _ in range(2):
        await objects.drop_parts(root + asked)
    assert await objects.put_part(*ours, 2, CONTENT) is None
    assert await objects.put_part(*theirs, 2, CONTENT)
    await objects.drop_parts(theirs[0])


def test_secrets_do_not_show_in_a_log_line(minio: MinioServer) -> None:
    given = UploadCredentials("id", "the-secret", "the-token", 900, datetime.now(UTC), "p/")
    assert "the-" not in repr(given)
    assert given.to_wire()["security_token"] == "the-token"


def as_dock(objects: Objects, given: UploadCredentials):  # type: ignore[no-untyped-def]  # boto3-stubs' S3Client
    return boto3.client(
        "s3",
        endpoint_url=objects.endpoint,
        aws_access_key_id=given.access_key_id,
        aws_secret_access_key=given.access_key_secret,
        aws_session_token=given.security_token,
        region_name=objects.region,
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
    )
