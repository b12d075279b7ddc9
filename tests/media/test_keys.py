"""Who gets in: stream keys, offers, the control token; and how a key is retired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from tests.media.world import MediaWorld, fresh_name

SDP = {"Content-Type": "application/sdp"}


@pytest.fixture
async def dock(world: MediaWorld, control: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client with nothing but the address that a dock is given."""
    async with httpx.AsyncClient(base_url=world.url) as client:
        yield client


async def _offer(profile: str = "42e01f", mime_type: str = "video/H264", audio: bool = False) -> str:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if audio:
        peer.addTransceiver("audio", direction="sendonly")
    transceiver = peer.addTransceiver("video", direction="sendonly")
    transceiver.setCodecPreferences(
        [
            codec
            for codec in RTCRtpSender.getCapabilities("video").codecs
            if codec.mimeType == mime_type and codec.parameters.get("profile-level-id") in (None, "42e01f")
        ]
    )
    offer = await peer.createOffer()
    await peer.setLocalDescription(offer)
    text: str = peer.localDescription.sdp
    await peer.close()
    return text.replace("profile-level-id=42e01f", f"profile-level-id={profile}")


@pytest.mark.parametrize(
    "query", ["app=live&stream=unknown", "app=live&stream=", "app=live", "app=other&stream=key-1", "stream=key-1", ""]
)
async def test_a_url_without_a_known_key_opens_nothing(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient, query: str
) -> None:
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    reply = await dock.post(f"/rtc/v1/whip/?{query}", content=await _offer(), headers=SDP)
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert (await control.get("/ingresses")).json() == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"not an offer", "application/sdp", 400),
        (b"v=0\r\nm=video\r\n", "application/sdp", 400),
        (b"", "application/sdp", 400),
        (b"\xff\xfe\x00", "application/sdp", 400),
        (b"x" * 70_000, "application/sdp", 413),
        (b"{}", "application/json", 415),
    ],
)
async def test_what_is_no_offer_is_refused_and_leaves_nothing(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=body, headers={"Content-Type": kind})
    assert reply.status_code == status
    assert reply.json()["status"] == status
    assert (await control.get("/ingresses")).json() == []


async def test_an_offer_without_h264_is_refused(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient
) -> None:
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    offer = await _offer(mime_type="video/VP8")
    reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=offer, headers=SDP)
    assert reply.status_code == 400
    assert "H.264" in reply.json()["detail"]


@pytest.mark.parametrize("profile", ["42e01f", "42001f", "4d0032", "640032", "640c1f"])
async def test_every_common_profile_is_taken(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient, profile: str
) -> None:
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    offer = await _offer(profile)
    reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=offer, headers=SDP)
    assert reply.status_code == 201
    assert "packetization-mode=1" in reply.text


async def test_sound_is_answered_as_inactive(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient
) -> None:
    """A dock has none; a client that offers it is not refused for it, and nothing is decoded."""
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=await _offer(audio=True), headers=SDP)
    assert reply.status_code == 201
    audio, video = (part for part in reply.text.split("m=") if part.startswith(("audio", "video")))
    assert "a=inactive" in audio
    assert "a=recvonly" in video


async def test_a_whip_resource_takes_candidates_and_is_deleted_once(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient
) -> None:
    world.store.add("in-1", fresh_name("mission"), "DOCK-1", key="key-1")
    reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=await _offer(), headers=SDP)
    RTCSessionDescription(reply.text, "answer")
    resource = reply.headers["location"]
    assert "key-1" not in resource
    assert (await dock.patch(resource, content="a=candidate")).status_code == 204
    assert (await dock.delete(resource)).status_code == 200
    assert (await dock.delete(resource)).status_code == 404
    assert (await dock.delete("/rtc/v1/whip/guessed")).status_code == 404


async def test_a_closed_ingress_ends_its_push_and_its_key_opens_nothing_more(
    world: MediaWorld, control: httpx.AsyncClient, dock: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn) as publisher:
        await viewer.wait_for_sight(spec.identity)
        assert (await control.delete("/ingresses/in-1")).status_code == 204
        await viewer.wait_until(lambda: spec.identity not in viewer.participants)
        await publisher.wait_for_state("waiting")
        assert world.store.documents["in-1"].state == "closed"
        assert (await control.get("/ingresses")).json() == []
        reply = await dock.post("/rtc/v1/whip/?app=live&stream=key-1", content=await _offer(), headers=SDP)
        assert reply.status_code == 404
        assert spec.identity not in [each.identity for each in await world.rooms.list_participants(room)]
    assert (await control.delete("/ingresses/in-1")).status_code == 204  # however often it is asked
    assert (await control.delete("/ingresses/never-was")).status_code == 204
    assert ("in-1", "lost") not in world.sagas.told  # it was asked for: nothing was lost


async def test_an_ingress_closed_behind_our_back_ends_with_its_first_frame(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    """The document was closed by another process after the key had been looked up."""
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    world.store.add("in-1", room, sn, key="key-1")
    found = world.store.by_key_hash

    async def overtaken(hashed: str) -> object:
        spec = await found(hashed)
        await world.store.mark("in-1", "closed")
        return spec

    world.store.by_key_hash = overtaken  # type: ignore[assignment, method-assign]
    async with world.dock("key-1", sn) as publisher:
        await publisher.wait_for_state("live")
        await publisher.wait_for_state("waiting")
    assert (await control.get("/ingresses")).json() == []
    assert world.sagas.told == []


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic YTpi"])
async def test_control_needs_its_token(
    world: MediaWorld, control: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    async with httpx.AsyncClient(base_url=world.url, headers=headers) as stranger:
        for method, path in [
            ("GET", "/ingresses"),
            ("GET", "/ingresses/in-1"),
            ("GET", "/ingresses/in-1/first-frame"),
            ("DELETE", "/ingresses/in-1"),
            ("POST", "/peers/reconcile"),
            ("POST", "/rooms/m/expect"),
            ("GET", "/peers"),
        ]:
            reply = await stranger.request(method, path)
            assert reply.status_code == 401, path
            assert reply.headers["content-type"] == "application/problem+json"
        assert (await stranger.get("/health")).json()["status"] == "ok"


async def test_the_first_frame_is_waited_for_before_and_after_the_dock_comes(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    world.store.add("in-1", room, sn, key="key-1")
    assert (await control.get("/ingresses/in-1/first-frame?timeout=0.2")).status_code == 408
    waiting = asyncio.create_task(control.get("/ingresses/in-1/first-frame?timeout=15"))
    async with world.dock("key-1", sn):
        reply = await waiting
        assert reply.status_code == 200
        assert reply.json()["frames"] >= 1
        assert reply.json()["forwarded"] >= 1
        assert (await control.get("/ingresses/in-1/first-frame?timeout=1")).status_code == 200
