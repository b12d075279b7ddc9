"""`python -m media` as a real process, with Firestore, Temporal, Mosquitto and LiveKit, killed while it streams."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient
from temporalio.client import Client, WorkflowHandle

from embedded import ports
from embedded.parts import FirestoreServer, LivekitServer, MosquittoBroker, TemporalServer
from media.rooms import Rooms
from process import DATA_CONVERTER
from simulator.video.publisher import WhipPublisher
from simulator.video.source import CameraSource
from simulator.video.viewer import RoomViewer
from store.docks import Dock, Docks
from store.facts import PushState
from store.flights import FlightTask, FlightTasks, Progress
from store.ingresses import Ingress, Ingresses, key_hash
from store.missions import Mission, Missions
from tests.media.world import SMALL, fresh_name

ROOT = Path(__file__).parents[2]
TOKEN = "control-token-of-the-process"


class MediaProcess:
    """The process, at one address over any number of lives."""

    def __init__(self, environment: dict[str, str], port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "media", cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(30), httpx.AsyncClient() as http:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"{self.url}/health")).status_code == 200:
                        return
                assert self._process.returncode is None, self._log.read_text()
                await asyncio.sleep(0.05)

    async def end(self, *, kill: bool) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            (self._process.kill if kill else self._process.terminate)()
        return await self._process.wait()


@pytest.fixture
def store(firestore: FirestoreServer, monkeypatch: pytest.MonkeyPatch) -> AsyncClient:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore.address)
    return AsyncClient(project=firestore.project, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]


@pytest.fixture
async def media(
    tmp_path: Path,
    livekit: LivekitServer,
    mosquitto: MosquittoBroker,
    firestore: FirestoreServer,
    temporal: TemporalServer,
) -> AsyncIterator[MediaProcess]:
    port = ports.free(1)[0]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARGUS_")} | {
        "FIRESTORE_EMULATOR_HOST": firestore.address,
        "ARGUS_FIRESTORE_PROJECT": firestore.project,
        "ARGUS_TEMPORAL_ADDRESS": temporal.address,
        "ARGUS_MQTT_HOST": mosquitto.host,
        "ARGUS_MQTT_PORT": str(mosquitto.port),
        "ARGUS_MQTT_USERNAME": mosquitto.username,
        "ARGUS_MQTT_PASSWORD": mosquitto.password,
        "ARGUS_LIVEKIT_URL": livekit.url,
        "ARGUS_LIVEKIT_API_KEY": livekit.api_key,
        "ARGUS_LIVEKIT_API_SECRET": livekit.api_secret,
        "ARGUS_OBJECTS_SECRET_KEY": "not-used-here",
        "ARGUS_SEAL_KEY": "A" * 43 + "=",
        "ARGUS_MEDIA_ID": fresh_name("media"),
        "ARGUS_MEDIA_PORT": str(port),
        "ARGUS_MEDIA_CONTROL_TOKEN": TOKEN,
    }
    process = MediaProcess(environment, port, tmp_path / "media.log")
    await process.start()
    yield process
    await process.end(kill=True)
    print(process._log.read_text())


async def _states(saga: WorkflowHandle[object, object], wanted: list[str], timeout: float = 20) -> None:
    """Wait until the saga's history holds these push states, in this order."""
    async with asyncio.timeout(timeout):
        while True:
            states = []
            async for event in saga.fetch_history_events():
                signal = event.workflow_execution_signaled_event_attributes
                if signal.signal_name == "push_state":
                    (fact,) = await DATA_CONVERTER.decode(signal.input.payloads, [PushState])
                    states.append(fact.state)
            if states == wanted:
                return
            await asyncio.sleep(0.1)


async def test_a_dock_streams_on_after_media_was_killed(
    media: MediaProcess, store: AsyncClient, livekit: LivekitServer, temporal: TemporalServer
) -> None:
    room, sn, key = fresh_name("mission"), fresh_name("DOCK"), uuid.uuid4().hex
    ingresses, docks = Ingresses(store), Docks(store)
    spec = Ingress(
        id=uuid.uuid4().hex,
        key_hash=key_hash(key),
        room=room,
        identity=f"dji-dock-{sn}-normal",
        metadata={"source": "dji-cloud", "role": "video", "dock": sn},
        sn=sn,
        video_id=f"{sn}/99-0-0/normal-0",
        org_id="org",
        workflow_id=f"auto-stream/{sn}",
    )
    await ingresses.put(spec)
    await docks.put(
        Dock(sn=sn, org_id="org", mission_id=room, model="dock3", osd={"humidity": 41}, online=True, product="3-3-0")
    )
    await Missions(store).put(Mission(id=room, org_id="org", name="North ridge", room=room, created_by="ann"))
    await FlightTasks(store).put(
        FlightTask(id=f"flight-{sn}", org_id="org", mission_id=room, dock_sn=sn, name="Ridge", requested_by="ann",
                   status="executing", progress=Progress(percent=40))
    )  # fmt: skip
    client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
    # No worker takes it up: its history is all that is wanted of it.
    saga = await client.start_workflow("AutoStream", id=spec.workflow_id, task_queue=fresh_name("nobody"))
    control = httpx.AsyncClient(base_url=media.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    publisher = WhipPublisher(f"{media.url}/rtc/v1/whip/?app=live&stream={key}", CameraSource(sn, SMALL))
    async with control, Rooms(livekit.url, livekit.api_key, livekit.api_secret) as rooms:
        assert (await control.get("/peers")).json()["peers"] == []
        assert f"dji-dock-{sn}" in (await control.post(f"/rooms/{room}/expect")).json()["peers"]
        async with RoomViewer(livekit.url, rooms.viewer_token(room, "viewer", "viewer")) as viewer:
            await publisher.start()
            await viewer.wait_for_sight(spec.identity)
            # Nobody has said anything of the dock: this is what the store knows of it
            known = (await viewer.wait_for_data("dock", identity=f"dji-dock-{sn}")).message["data"]
            assert (known["humidity"], known["online"], known["product"]) == (41, True, "3-3-0")
            flying = (await viewer.wait_for_data("flight", identity=f"dji-dock-{sn}")).message["data"]
            assert (flying["flight_id"], flying["percent"]) == (f"flight-{sn}", 40)
            await _states(saga, ["live"])
            document = await ingresses.get(spec.id)
            assert document is not None
            assert (document.state, document.first_frame_at is not None) == ("live", True)

            assert await media.end(kill=True) < 0
            await media.start()
            await _states(saga, ["live", "lost"])
            sight = await viewer.wait_for_sight(spec.identity, after=time.time(), timeout=30)
            assert sight.marker.sn == sn
            await _states(saga, ["live", "lost", "live"])
            await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants)

            assert (await control.delete(f"/ingresses/{spec.id}")).status_code == 204
            await viewer.wait_until(lambda: spec.identity not in viewer.participants)
        document = await ingresses.get(spec.id)
        assert document is not None
        assert (document.state, document.frames > 0, document.closed_at is not None) == ("closed", True, True)
        await publisher.stop()
    assert await media.end(kill=False) == 0
    assert key not in media._log.read_text()
    await saga.terminate()


async def test_a_stopped_media_says_what_it_had_live(
    media: MediaProcess, store: AsyncClient, temporal: TemporalServer
) -> None:
    sn, key = fresh_name("DOCK"), uuid.uuid4().hex
    ingresses = Ingresses(store)
    spec = Ingress(
        id=uuid.uuid4().hex,
        key_hash=key_hash(key),
        room=fresh_name("mission"),
        identity=f"dji-dock-{sn}-normal",
        sn=sn,
        video_id=f"{sn}/99-0-0/normal-0",
        workflow_id=f"auto-stream/{sn}",
    )
    await ingresses.put(spec)
    publisher = WhipPublisher(f"{media.url}/rtc/v1/whip/?app=live&stream={key}", CameraSource(sn, SMALL))
    await publisher.start()
    async with httpx.AsyncClient(base_url=media.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as http:
        assert (await http.get(f"/ingresses/{spec.id}/first-frame")).status_code == 200
    assert await media.end(kill=False) == 0
    await publisher.stop()
    document = await ingresses.get(spec.id)
    assert document is not None
    assert document.state == "lost"
