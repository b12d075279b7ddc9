"""`argus up` as a person uses it: a process of its own, all parts, ended by a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from embedded.catalogue import WITH_DEMO_DOCK


@dataclass
class Up:
    """A running `argus up`: its process and its directory."""

    process: subprocess.Popen[str]
    data: Path

    @property
    def endpoints(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "endpoints.json").read_text())
        return found

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def argus(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("argus")), *words]


def start(data: Path) -> Up:
    process = subprocess.Popen(
        argus("up", "--data", str(data), "--ports", "auto"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "everything is ready" in line:
            return Up(process, data)
    raise AssertionError("argus up ended:\n" + "".join(said))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = start(tmp_path_factory.mktemp("up") / "data")
    yield running
    if running.process.poll() is None:
        running.process.kill()  # the kernel ends its parts
        running.process.wait(10)


@pytest.mark.e2e
def test_every_part_is_ready(up: Up) -> None:
    assert set(up.endpoints["parts"]) == set(WITH_DEMO_DOCK)
    assert all(part["ready"] for part in up.endpoints["parts"].values())


@pytest.mark.e2e
def test_the_admin_token_of_the_endpoints_opens_the_api(up: Up) -> None:
    at = up.endpoints
    answer = httpx.get(f"{at['api']}/v1/docks", headers={"Authorization": f"Bearer {at['admin_token']}"})
    assert answer.status_code == 200
    assert httpx.get(f"{at['api']}/v1/docks").status_code == 401


@pytest.mark.e2e
def test_the_demo_dock_is_there_again_after_a_kill_of_its_simulator(up: Up) -> None:
    at = up.endpoints
    headers = {"Authorization": f"Bearer {at['admin_token']}"}
    with httpx.Client(base_url=at["api"], headers=headers, timeout=30) as http:
        on = http.post("/v1/demo-dock", json={"enabled": True})
        assert on.status_code == 202, on.text
        os.kill(at["parts"]["simulator"]["pid"], signal.SIGKILL)

        def is_paired() -> bool:
            found = http.get("/v1/demo-dock")
            return found.status_code == 200 and bool(found.json()["enabled"] and found.json()["online"])

        until = time.monotonic() + 60
        while not is_paired():
            assert time.monotonic() < until, http.get("/v1/demo-dock").text
            time.sleep(0.2)
        assert up.endpoints["parts"]["simulator"]["restarts"] == 1


@pytest.mark.e2e
def test_a_second_up_on_the_same_data_is_refused_with_a_sentence(up: Up) -> None:
    second = subprocess.run(argus("up", "--data", str(up.data), "--ports", "auto"), capture_output=True, text=True)
    assert second.returncode == 1
    assert f"is in use by process {up.process.pid}; end that one, or choose another with --data" in second.stderr
    assert "Traceback" not in second.stderr
    assert up.endpoints["parts"]


@pytest.mark.e2e
def test_a_signal_ends_everything_and_leaves_no_process(up: Up) -> None:
    family = up.family()
    assert len(family) >= len(WITH_DEMO_DOCK)
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(40) == 0
    _, alive = psutil.wait_procs(family, timeout=1)
    assert alive == []
    assert not (up.data / "endpoints.json").exists()
    assert {entry.name for entry in (up.data / "logs").iterdir()} == {f"{name}.log" for name in WITH_DEMO_DOCK}


def test_bad_configuration_ends_up_with_its_name(tmp_path: Path) -> None:
    run = subprocess.run(
        argus("up", "--data", str(tmp_path / "data"), "--ports", "auto"),
        capture_output=True,
        text=True,
        env={**os.environ, "ARGUS_BRIDGE_SLOTS": "0", "ARGUS_OBJECT_BUCKET": "x"},
    )
    assert run.returncode == 1
    assert "ARGUS_BRIDGE_SLOTS: Input should be greater than or equal to 1" in run.stderr
    assert "ARGUS_OBJECT_BUCKET is not a setting; did you mean ARGUS_OBJECTS_BUCKET?" in run.stderr
    assert not (tmp_path / "data/logs").exists()
