"""The worker as a process: it says what it was told wrongly, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import httpx
import pytest
from pydantic import SecretStr

from embedded import ports
from embedded.parts import FirestoreServer, LivekitServer, MinioServer, MosquittoBroker, TemporalServer
from embedded.wiring import settings_of
from settings import Settings
from settings import settings as settings_read
from worker.__main__ import main


def environment(settings: Settings, **more: str) -> dict[str, str]:
    told = {name: value for name, value in os.environ.items() if not name.startswith("ARGUS_")}
    for name, value in settings:
        if value is not None and not isinstance(value, bool):
            told[f"ARGUS_{name.upper()}"] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return told | more


async def worker(env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ARGUS_TEMPORAL_ADRESS": "127.0.0.1:1"}, "ARGUS_TEMPORAL_ADDRESS"),
        ({"ARGUS_MQTT_PORT": "many"}, "ARGUS_MQTT_PORT"),
        ({"ARGUS_BROKER_KIND": "emqx"}, "EMQX"),
        ({"ARGUS_TIMINGS_JSON": '{"comand_reply": 3}'}, "comand_reply"),
        ({"ARGUS_SEAL_KEY": "short"}, "ARGUS_SEAL_KEY"),
    ],
)
async def test_wrong_settings_end_it_at_once_with_their_name(
    wrong: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    temporal: TemporalServer,
    mosquitto: MosquittoBroker,
    firestore: FirestoreServer,
    minio: MinioServer,
    livekit: LivekitServer,
) -> None:
    env = environment(settings_of(temporal, mosquitto, minio, livekit), FIRESTORE_EMULATOR_HOST=firestore.address)
    for name, value in (env | wrong).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("worker.__main__.log_as", lambda given: None)  # pytest's own logging stays
    settings_read.cache_clear()
    try:
        code: object = await main()
    except SystemExit as ended:
        code = ended.code
    finally:
        settings_read.cache_clear()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
    assert code == 2
    assert said.casefold() in capfd.readouterr().err.casefold()


async def test_asked_to_end_it_ends_well(
    temporal: TemporalServer,
    mosquitto: MosquittoBroker,
    firestore: FirestoreServer,
    minio: MinioServer,
    livekit: LivekitServer,
) -> None:
    settings = settings_of(temporal, mosquitto, minio, livekit)
    port = ports.free(1)[0]
    process = await worker(
        environment(settings, FIRESTORE_EMULATOR_HOST=firestore.address, ARGUS_HEALTH_PORT=str(port))
    )
    try:
        await healthy(port)
        process.send_signal(signal.SIGTERM)
        output, _ = await asyncio.wait_for(process.communicate(), 150)
        assert process.returncode == 0, output.decode()
        assert b"Traceback" not in output, output.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def healthy(port: int) -> None:
    async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)
