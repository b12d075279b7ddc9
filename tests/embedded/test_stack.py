"""A stack of real outside parts: its files, its locks, and what stands in its way."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from embedded.credentials import load_or_create
from embedded.part import StackError
from embedded.stack import Stack

FEW = ("mosquitto", "livekit")


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("stack"), ports="auto", parts=FEW) as running:
        yield running


def endpoints(stack: Stack) -> dict[str, object]:
    return json.loads((stack.directory / "endpoints.json").read_text())  # type: ignore[no-any-return]


async def test_endpoints_are_written_for_the_owner_only(stack: Stack) -> None:
    file = stack.directory / "endpoints.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert endpoints(stack) == stack.endpoints
    assert set(stack.endpoints["parts"]) == set(FEW)


async def test_a_restart_is_seen_in_the_endpoints(stack: Stack) -> None:
    before = stack.pid("livekit")
    await stack.kill("livekit")
    await stack.wait_ready("livekit")
    told = stack.endpoints["parts"]["livekit"]
    assert told["pid"] == stack.pid("livekit") != before
    assert told["restarts"] == 1
    assert endpoints(stack)["parts"] == stack.endpoints["parts"]


async def test_a_second_stack_on_the_same_directory_is_refused(stack: Stack) -> None:
    with pytest.raises(StackError, match=r"is in use by process \d+; end that one, or choose another with --data"):
        async with Stack(stack.directory, ports="auto", parts=FEW):
            pass


async def test_a_taken_port_is_named_with_who_has_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            StackError, match=rf"port {port} \(mqtt\) is taken by \S+ \(pid \d+\); free it, or .* --port mqtt="
        ):
            async with Stack(tmp_path, ports="auto", given_ports={"mqtt": port}, parts=FEW):
                pass


async def test_an_unknown_port_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no port is called 'mqqt'"):
        async with Stack(tmp_path, given_ports={"mqqt": 1}, parts=FEW):
            pass


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ARGUS_LOG_LEVLE", "INFO", "ARGUS_LOG_LEVLE is not a setting; did you mean ARGUS_LOG_LEVEL"),
        ("ARGUS_LOG_LEVEL", "LOUD", "ARGUS_LOG_LEVEL: Input should be"),
        ("ARGUS_MQTT_PORT", "1883", "ARGUS_MQTT_PORT is decided by the stack itself"),
    ],
)
async def test_bad_configuration_is_named_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StackError, match=told):
        async with Stack(tmp_path, ports="auto", parts=FEW):
            pass
    assert not (tmp_path / "logs").exists()


async def test_data_and_accounts_survive_a_restart(tmp_path: Path) -> None:
    async with Stack(tmp_path, ports="auto", parts=("mosquitto",)) as first:
        port = first.endpoints["mqtt"].rpartition(":")[2]
        async with _client(first) as client:
            await client.publish("argus/kept", b"still here", qos=1, retain=True)
    assert load_or_create(tmp_path).mqtt_password == first.endpoints["mqtt_password"]
    async with (
        Stack(tmp_path, ports="auto", given_ports={"mqtt": int(port)}, parts=("mosquitto",)) as second,
        _client(second) as client,
    ):
        await client.subscribe("argus/kept")
        message = await asyncio.wait_for(anext(client.messages), 5)
    assert message.payload == b"still here"


def _client(stack: Stack) -> aiomqtt.Client:
    at = stack.endpoints
    host, _, port = at["mqtt"].removeprefix("tcp://").partition(":")
    return aiomqtt.Client(host, int(port), username=at["mqtt_username"], password=at["mqtt_password"])


async def test_damaged_secrets_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(StackError, match=r"secrets.json is damaged \(1 faults\)"):
        async with Stack(tmp_path, ports="auto", parts=FEW):
            pass
    assert (tmp_path / "secrets.json").read_text() == "{"
