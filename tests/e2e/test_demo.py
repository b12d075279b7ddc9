"""`argus demo --once` as a person runs it: every step of every dock proven, evidence written, nothing left running."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from demo.report import STEPS

ARGUS = str(Path(sys.executable).with_name("argus"))
pytestmark = pytest.mark.timeout(600)
RUN_MOST = 420.0  # s; it takes 60 on 2 free cores
SPEED = 6  # of the docks: at the demonstration's own, a person's, a flight takes 80 s


@dataclass
class Run:
    """A demonstration that has ended."""

    code: int
    said: str
    data: Path
    report: dict[str, Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("demo")
    data, report = place / "data", place / "reports" / "report.json"
    ended = subprocess.run(
        [ARGUS, "demo", "--once", "--report", report, "--data", data, "--ports", "auto", "--speed", str(SPEED)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=RUN_MOST,
    )
    return Run(ended.returncode, ended.stdout, data, json.loads(report.read_text()))


@pytest.mark.e2e
def test_every_step_of_every_dock_is_proven(run: Run) -> None:
    missing = [
        (dock["model"], step["name"], step["outcome"], step["reason"])
        for dock in run.report["docks"]
        for step in dock["steps"]
        if step["outcome"] != "proven"
    ]
    assert (missing, run.code) == ([], 0), run.said
    assert run.report["proven"] is True
    assert [dock["model"] for dock in run.report["docks"]] == ["dock1", "dock2", "dock3"]
    assert run.report["startup_seconds"] > 0


@pytest.mark.e2e
def test_each_step_says_how_long_it_took_and_what_proves_it(run: Run) -> None:
    for dock in run.report["docks"]:
        assert [step["name"] for step in dock["steps"]] == list(STEPS)
        for step in dock["steps"]:
            assert step["seconds"] >= 0
            assert step["evidence"], step["name"]
        evidence = {step["name"]: step["evidence"] for step in dock["steps"]}
        assert all(re.match(r"dji_(docks|aircraft)/", path) for path in evidence["state"]["documents"])
        assert evidence["video"]["frames_seen"] >= 30
        assert {key.split("/")[2] for key in evidence["media"]["objects"]} == {dock["sn"]}


@pytest.mark.e2e
def test_a_person_without_a_terminal_reads_what_happens(run: Run) -> None:
    for model in ("dock1", "dock2", "dock3"):
        for step in STEPS:
            assert f"{model} {step}: proven" in run.said
    assert "█" in run.said
    assert run.said.rstrip().endswith("every step of every dock is proven")


@pytest.mark.e2e
def test_nothing_is_left_running(run: Run) -> None:
    assert [process.pid for process in psutil.process_iter() if _belongs(process, run.data)] == []


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    ended = subprocess.run([ARGUS, "demo", "--once", "--data", str(tmp_path)], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "choose another with --data" in ended.stderr
    assert precious.read_text() == "mine"


def _belongs(process: psutil.Process, data: Path) -> bool:
    try:
        words = [*process.cmdline(), *process.environ().values()]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(str(data) in word for word in words)
