"""Each outside part starts by itself, with the accounts and settings that the rest of the system relies on."""

from __future__ import annotations

import asyncio
import json

import aiomqtt
import boto3
import jwt
import pytest
from livekit import api
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from embedded import parts
from embedded.temporal import SEARCH_ATTRIBUTES


async def test_temporal_has_our_search_attributes(temporal: parts.TemporalServer) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=temporal.namespace)
    )
    assert set(SEARCH_ATTRIBUTES) <= set(known.custom_attributes)


async def test_mosquitto_lets_our_account_share_a_subscription(mosquitto: parts.MosquittoBroker) -> None:
    async with aiomqtt.Client(
        mosquitto.host, mosquitto.port, username=mosquitto.username, password=mosquitto.password
    ) as client:
        await client.subscribe("$share/parts/thing/product/+/osd", qos=1)
        await client.publish("thing/product/parts-test/osd", b"1", qos=1)
        message = await asyncio.wait_for(anext(client.messages), 5)
    assert message.payload == b"1"


async def test_mosquitto_refuses_who_has_no_account(mosquitto: parts.MosquittoBroker) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(mosquitto.host, mosquitto.port):
            pass


async def test_mosquittos_admin_makes_an_account_that_is_let_in(mosquitto: parts.MosquittoBroker) -> None:
    commands = {"commands": [{"command": "createClient", "username": "parts-dock", "password": "secret"}]}
    async with aiomqtt.Client(
        mosquitto.host, mosquitto.port, username=mosquitto.admin_username, password=mosquitto.admin_password
    ) as client:
        await client.subscribe("$CONTROL/dynamic-security/v1/response")
        await client.publish("$CONTROL/dynamic-security/v1", json.dumps(commands), qos=1)
        answer = json.loads((await asyncio.wait_for(anext(client.messages), 5)).payload)
    assert answer == {"responses": [{"command": "createClient"}]}
    async with aiomqtt.Client(mosquitto.host, mosquitto.port, username="parts-dock", password="secret"):
        pass


async def test_our_account_may_not_manage_accounts(mosquitto: parts.MosquittoBroker) -> None:
    async with aiomqtt.Client(
        mosquitto.host, mosquitto.port, username=mosquitto.username, password=mosquitto.password
    ) as client:
        await client.subscribe("#")
        await client.publish("$CONTROL/dynamic-security/v1", b'{"commands":[{"command":"listClients"}]}', qos=1)
        await client.publish("parts/after", b"", qos=1)
        message = await asyncio.wait_for(anext(client.messages), 5)
    assert str(message.topic) == "parts/after"


async def test_minio_gives_credentials_for_one_prefix(minio: parts.MinioServer) -> None:
    def put(prefix: str) -> int:
        sts = boto3.client(
            "sts",
            endpoint_url=minio.endpoint,
            region_name=minio.region,
            aws_access_key_id=minio.access_key,
            aws_secret_access_key=minio.secret_key,
        )
        statement = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{minio.bucket}/media/dock/*",
        }
        given = sts.assume_role(
            RoleArn="arn:aws:iam::000000000000:role/argus-dock",
            RoleSessionName="parts",
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )["Credentials"]
        s3 = boto3.client(
            "s3",
            endpoint_url=minio.endpoint,
            region_name=minio.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        try:
            return s3.put_object(Bucket=minio.bucket, Key=prefix + "x", Body=b"x")["ResponseMetadata"]["HTTPStatusCode"]
        except s3.exceptions.ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])

    assert await asyncio.to_thread(put, "media/dock/") == 200
    assert await asyncio.to_thread(put, "media/other/") == 403


async def test_livekit_takes_tokens_signed_with_the_secret(livekit: parts.LivekitServer) -> None:
    async with api.LiveKitAPI(livekit.http_url, livekit.api_key, livekit.api_secret) as client:
        room = await client.room.create_room(api.CreateRoomRequest(name="parts"))
    assert room.name == "parts"
    token = api.AccessToken(livekit.api_key, livekit.api_secret).to_jwt()
    assert jwt.decode(token, livekit.api_secret, algorithms=["HS256"])["iss"] == livekit.api_key
