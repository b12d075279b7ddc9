"""The two ingresses that bench.ingress compares, each as a process of its own: `python -m bench._whip_server KIND ...`.

`ours` is media itself, with a store that opens every key. `relay` is what one gets from aiortc's documentation: the
track that comes in is decoded, encoded again and sent on. Both write their address on the first line of output.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Collection
from typing import Any

import aiomqtt
import httpx
import uvicorn
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from fastapi import FastAPI, Request, Response

from media.assignments import Assignment
from media.live_feed import Feed
from media.rooms import Rooms
from media.server import Address, serving
from media.telemetry import Live
from process import HttpServer
from store.ingresses import Ingress, IngressState, key_hash
from store.room_bars import RoomBar

CONTROL_TOKEN = "bench"  # noqa: S105 - of a server on loopback that lives for a minute


class EveryKey:
    """An ingress store that opens every key, in one room; the identity is the first part of the key's hash."""

    def __init__(self, room: str) -> None:
        self._room = room

    def _spec(self, hashed: str) -> Ingress:
        name = hashed[:12]
        return Ingress(
            id=name,
            key_hash=hashed,
            room=self._room,
            identity=name,
            sn=name,
            video_id=name,
            workflow_id=name,
            org_id="bench",
        )

    async def get(self, ingress_id: str) -> Ingress | None:
        return self._spec(ingress_id)

    async def by_key_hash(self, hashed: str) -> Ingress | None:
        return self._spec(hashed)

    async def list_live(self, media_id: str) -> list[Ingress]:
        return []

    async def list_open(self) -> list[Ingress]:
        return []

    async def mark(self, ingress_id: str, state: IngressState, fields: dict[str, Any] | None = None) -> bool:
        return True


class Nobody:
    """Neither sagas nor docks in missions nor a broker."""

    async def push_state(self, spec: Ingress, state: IngressState, at: float) -> None:
        return

    async def of(self, missions: Collection[str]) -> list[Assignment]:
        return []

    async def picture(self, dock: Assignment) -> list[Live]:
        return []

    async def metadata(self, mission: str) -> dict[str, Any] | None:
        return None

    async def bars(self) -> list[RoomBar]:
        return []

    @contextlib.asynccontextmanager
    async def feed(self) -> Any:
        await asyncio.Event().wait()
        yield aiomqtt.Client("127.0.0.1")


class CountedTrack(MediaStreamTrack):
    """Decoded frames on their way to the encoder, counted."""

    kind = "video"

    def __init__(self, track: MediaStreamTrack) -> None:
        super().__init__()
        self._track = track
        self.frames = 0

    async def recv(self) -> Any:
        frame = await self._track.recv()
        self.frames += 1
        return frame


def relay_app(rooms: Rooms, room: str, http: httpx.AsyncClient) -> FastAPI:
    """The baseline, with the same addresses as media's."""
    app = FastAPI()
    peers: list[RTCPeerConnection] = []
    tracks: list[CountedTrack] = []
    tasks: list[asyncio.Task[None]] = []

    async def forward(track: CountedTrack, name: str) -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peers.append(peer)
        transceiver = peer.addTransceiver(track, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType in ("video/H264", "video/rtx")])
        await peer.setLocalDescription(await peer.createOffer())
        headers = {
            "Authorization": f"Bearer {rooms.publisher_token(room, name, {})}",
            "Content-Type": "application/sdp",
        }
        reply = await http.post(rooms.http_url + "/whip/v1", content=peer.localDescription.sdp, headers=headers)
        await peer.setRemoteDescription(RTCSessionDescription(reply.raise_for_status().text, "answer"))

    @app.post("/rtc/v1/whip/")
    async def push(request: Request, stream: str) -> Response:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peers.append(peer)

        @peer.on("track")
        def arrived(track: MediaStreamTrack) -> None:
            tracks.append(CountedTrack(track))
            tasks.append(asyncio.ensure_future(forward(tracks[-1], key_hash(stream)[:12])))

        offer = (await request.body()).decode()
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return Response(peer.localDescription.sdp, status_code=201, media_type="application/sdp")

    @app.get("/ingresses")
    async def ingresses() -> list[dict[str, int]]:
        return [{"forwarded": track.frames} for track in tracks]

    return app


async def serve_relay(rooms: Rooms, room: str, told: Any) -> None:
    async with httpx.AsyncClient() as http:
        config = uvicorn.Config(relay_app(rooms, room, http), host="127.0.0.1", port=0, log_config=None, lifespan="off")
        server = HttpServer(config)
        serve = asyncio.create_task(server.serve())
        host, port = await server.address(serve)
        told(f"http://{host}:{port}")
        await serve


async def serve_ours(rooms: Rooms, room: str, told: Any, broker: list[str] | None) -> None:
    nobody = Nobody()
    feed: Feed = nobody.feed
    if broker is not None:
        host, port, username, password = broker

        def feed() -> aiomqtt.Client:
            return aiomqtt.Client(host, int(port), username=username, password=password)

    async with serving(
        Address("127.0.0.1", 0),
        rooms,
        EveryKey(room),
        nobody,
        nobody,
        feed,
        media_id="bench",
        control_token=CONTROL_TOKEN,
    ) as url:
        told(url)
        await asyncio.Event().wait()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["ours", "relay"])
    for name in ("livekit", "key", "secret", "room"):
        parser.add_argument(name)
    parser.add_argument("--broker", nargs=4, help="host, port, user and password of the broker that ours tells")
    given = parser.parse_args()

    def told(url: str) -> None:
        sys.stdout.write(url + "\n")
        sys.stdout.flush()

    async with Rooms(given.livekit, given.key, given.secret) as rooms:
        if given.kind == "ours":
            await serve_ours(rooms, given.room, told, given.broker)
        else:
            await serve_relay(rooms, given.room, told)


if __name__ == "__main__":
    asyncio.run(main())
