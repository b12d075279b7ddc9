"""The simulator as a process, steered over its control API."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.simulator.cloud import Cloud

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def control(cloud: Cloud, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A running simulator with one bound Dock 2."""
    config = tmp_path / "docks.json"
    dock = {"model": "dock2", "sn": "CONTROLLED-1", "qr": cloud.qr(), "bound": True, "video": False}
    config.write_text(json.dumps({"state_dir": str(tmp_path), "docks": [dock]}))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--config", str(config), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
    assert line.startswith("control on http://127.0.0.1:")
    async with httpx.AsyncClient(base_url=line.split()[-1], timeout=10) as http:
        yield http
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_docks_are_shown_changed_added_and_taken_away(control: httpx.AsyncClient, cloud: Cloud) -> None:
    await cloud.hear(lambda m: m.sn == "CONTROLLED-1" and m.method == "update_topo")
    shown = (await control.get("/docks/CONTROLLED-1")).json()
    assert (shown["model"], shown["bound"]) == ("dock2", True)
    changed = await control.post("/docks/CONTROLLED-1/world", json={"battery": 15, "wind_speed": 18})
    assert changed.json()["battery"] == 15
    assert (await control.post("/docks/CONTROLLED-1/world", json={"batery": 15})).status_code == 422
    added = await control.post("/docks", json={"model": "dock1", "seed": 9, "sn": "ADDED-1", "qr": cloud.qr()})
    assert added.status_code == 201
    assert (await control.post("/docks", json={"seed": 9, "sn": "ADDED-1"})).status_code == 422
    await cloud.hear(lambda m: m.sn == "ADDED-1" and m.method == "update_topo")
    assert (await control.delete("/docks/ADDED-1")).status_code == 204
    assert [dock["sn"] for dock in (await control.get("/docks")).json()] == ["CONTROLLED-1"]


async def test_power_network_and_rules(control: httpx.AsyncClient, cloud: Cloud) -> None:
    await cloud.hear(lambda m: m.sn == "CONTROLLED-1" and m.method == "update_topo")
    assert (await control.post("/docks/CONTROLLED-1/power", json={"action": "cut"})).json()["phase"] == "off"
    cloud.forget()
    await control.post("/docks/CONTROLLED-1/power", json={"action": "on"})
    await cloud.hear(lambda m: m.sn == "CONTROLLED-1" and m.method == "update_topo")
    rule = {"on": "command", "method": "debug_mode_open", "do": "result", "code": 514141}
    assert (await control.post("/docks/CONTROLLED-1/rules", json=rule)).status_code == 200
    assert (await control.post("/docks/CONTROLLED-1/rules", json={"on": "command", "do": "result"})).status_code == 422
    await cloud.hear(lambda m: m.kind == "osd" and m.sn == "CONTROLLED-1")
    assert await cloud.result("CONTROLLED-1", "debug_mode_open") == 514141


async def test_a_misspelt_configuration_is_named(tmp_path: Path) -> None:
    config = tmp_path / "docks.json"
    config.write_text(json.dumps({"docks": [{"modell": "dock2"}]}))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--config", str(config), stderr=asyncio.subprocess.PIPE, cwd=ROOT
    )
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert b"docks[0].modell" in errors
