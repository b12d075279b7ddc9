"""The live picture: from the bridge's topic to who watches, of the own organisation only."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiomqtt
import orjson
import pytest
import websockets

from api.security import Role, Tokens
from embedded import parts


def publisher(broker: parts.MosquittoBroker) -> aiomqtt.Client:
    return aiomqtt.Client(broker.host, broker.port, username=broker.username, password=broker.password)


async def say(client: aiomqtt.Client, org: str, sn: str, part: str, **data: object) -> None:
    message = {"sn": sn, "part": part, "at": 1, "data": data}
    await client.publish(f"argus/live/{org}/{sn}/{part}", orjson.dumps(message), qos=1)


async def test_a_watcher_gets_its_organisations_docks_and_no_others(
    served: str, tokens: Tokens, org: str, mosquitto: parts.MosquittoBroker
) -> None:
    token = tokens.make("ann", org, Role.viewer, timedelta(minutes=1))
    url = served.replace("http", "ws") + "/v1/live?sn=D1"
    speaking = websockets.connect(url, subprotocols=["bearer", token])  # type: ignore[list-item]
    async with publisher(mosquitto) as client, speaking as socket:
        watching = asyncio.create_task(socket.recv())
        while not watching.done():  # the first ones may come before the API has subscribed
            await say(client, "other", "D1", "dock", secret=True)
            await say(client, org, "D2", "dock", wind=3)
            await say(client, org, "D1", "dock", wind=4)
            await asyncio.wait({watching}, timeout=0.1)
        seen = orjson.loads(watching.result())
        assert (seen["sn"], seen["data"]) == ("D1", {"wind": 4})


async def test_a_late_watcher_gets_the_present_picture(
    served: str, tokens: Tokens, org: str, mosquitto: parts.MosquittoBroker
) -> None:
    token = tokens.make("ann", org, Role.viewer, timedelta(minutes=1))
    url = served.replace("http", "ws") + "/v1/live"
    headers = {"Authorization": f"Bearer {token}"}
    async with publisher(mosquitto) as client, websockets.connect(url, additional_headers=headers) as first:
        watching = asyncio.create_task(first.recv())
        while not watching.done():
            await say(client, org, "D1", "dock", wind=4)
            await asyncio.wait({watching}, timeout=0.1)
        async with websockets.connect(url) as second:
            await second.send(orjson.dumps({"token": token}).decode())
            assert orjson.loads(await asyncio.wait_for(second.recv(), 5))["data"] == {"wind": 4}


async def test_a_socket_without_a_token_is_told_and_closed(served: str) -> None:
    async with websockets.connect(served.replace("http", "ws") + "/v1/live") as socket:
        await socket.send("hello")
        assert "token" in orjson.loads(await socket.recv())["detail"]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
