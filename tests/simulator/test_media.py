"""Media: real files in a real bucket, with nothing but the temporary credentials that the dock was given."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import av
import boto3
import pytest
from PIL import Image

import dji
from dji.topics import Kind
from embedded.parts import MinioServer
from tests.simulator.cloud import Cloud
from tests.simulator.conftest import MakeDock
from tests.simulator.flying import fly, offer
from tests.simulator.routes import FileServer, file_server, route

PREFIX = "media/org-1/dock/"


@pytest.fixture
async def files() -> AsyncIterator[FileServer]:
    async with file_server() as server:
        yield server


def client(minio: MinioServer, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=minio.endpoint,
        region_name=minio.region,
        aws_access_key_id=minio.access_key,
        aws_secret_access_key=minio.secret_key,
    )


def credentials(minio: MinioServer) -> dict[str, Any]:
    """Temporary ones that may put under the prefix and do nothing else."""
    resource = f"arn:aws:s3:::{minio.bucket}/{PREFIX}*"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [resource]}],
    }
    got = client(minio, "sts").assume_role(
        RoleArn="arn:aws:iam::000000000000:role/dock", RoleSessionName="dock", Policy=json.dumps(policy)
    )["Credentials"]
    return {
        "access_key_id": got["AccessKeyId"],
        "access_key_secret": got["SecretAccessKey"],
        "security_token": got["SessionToken"],
        "expire": 3600,
    }


def storage(minio: MinioServer) -> dict[str, Any]:
    return {
        "bucket": minio.bucket,
        "region": minio.region,
        "endpoint": minio.endpoint,
        "provider": "minio",
        "object_key_prefix": PREFIX,
        "credentials": credentials(minio),
    }


async def test_photos_video_and_side_files_reach_the_bucket_and_each_is_told_until_it_is_answered(
    cloud: Cloud, make_dock: MakeDock, files: FileServer, minio: MinioServer
) -> None:
    cloud.answers["storage_config_get"] = lambda message: storage(minio)
    dock = await make_dock(speed=20)
    kmz = route(dock)
    offer(cloud, files, kmz)
    cloud.answers_events = False
    flight_id = await fly(cloud, dock, kmz)

    def told() -> list[dji.Message]:
        return [m for m in cloud.heard if m.kind is Kind.EVENTS and m.method == "file_upload_callback"]

    await cloud.hear(lambda m: len(told()) >= 2, timeout=60)
    assert len({(m.tid, m.raw["file"]["object_key"]) for m in told()}) == 1
    cloud.answers_events = True
    await dock.wait_for(lambda d: d.media.done.get(flight_id, -1) == d.media.expected.get(flight_id), 60)
    assert dock.state.remain_upload == 0
    s3 = client(minio, "s3")
    suffixes = set()
    for told_file in dock.media.uploaded:
        content = s3.get_object(Bucket=minio.bucket, Key=told_file["object_key"])["Body"].read()
        assert told_file["object_key"].startswith(f"{PREFIX}{flight_id}/DJI_")
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == told_file["md5"]
        suffixes.add(told_file["name"].rsplit(".", 1)[1])
        if told_file["kind"] == "photo":
            image = Image.open(io.BytesIO(content))
            assert image.format == "JPEG"
            assert image.getexif()[0x0110] == dock.sn
        if told_file["kind"] == "video":
            with av.open(io.BytesIO(content), "r") as video:
                assert video.streams.video[0].codec_context.name == "h264"
                assert len(list(video.decode(video=0))) == 30
    assert suffixes == {"jpeg", "mp4", "obs", "nav", "mrk", "rtk", "bin"}
    everything = len(dock.media.uploaded)
    counts = {"uploaded_file_count": everything, "expected_file_count": everything, "flight_type": 0}
    await cloud.event("file_upload_callback", lambda data: data["flight_task"] == counts)
    assert len(cloud.all(Kind.REQUESTS, "storage_config_get")) == 1
    for message in told():
        assert (message.oddities, message.unknown_fields) == ([], ())


async def test_an_upload_that_breaks_is_taken_up_again_after_a_restart(
    cloud: Cloud, make_dock: MakeDock, files: FileServer, minio: MinioServer
) -> None:
    cloud.answers["storage_config_get"] = lambda message: storage(minio)
    dock = await make_dock(speed=20, model="dock2", scenario={"upload_breaks_after": 3})
    kmz = route(dock)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    await dock.wait_for(lambda d: d.media.done.get(flight_id) == 3, 60)
    assert dock.state.remain_upload > 0
    assert await cloud.result(dock.sn, "upload_flighttask_media_prioritize", {"flight_id": flight_id}) == 0
    assert await cloud.result(dock.sn, "upload_flighttask_media_prioritize", {"flight_id": "other"}) == 324032
    dock.reboot(0.1)
    await dock.wait_for(lambda d: d.media.done[flight_id] == 6, 60)
