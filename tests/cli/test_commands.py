"""`argus` against a served API with a real dock behind it: what people read, what programs get, and what is refused."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from cli.output import console, errors
from dji.wpml import Waypoint, build_kmz, take_photo, write_kmz
from embedded.parts import LivekitServer, MinioServer
from simulator.dock import SimDock
from store.orgs import Org
from tests.served import Served, serving
from tests.waiting import eventually
from tests.workflows.world import World, opened
from timings import Timings


class Argus:
    """The command line of one person. `said` has what it printed last; `columns` is how wide the terminal is."""

    def __init__(self, url: str, token: str) -> None:
        self._shared = ["--api", url, "--token", token]
        self.columns = 120

    async def __call__(self, *words: str, code: int = 0) -> str:
        """What it prints. The consoles are caught themselves, since our own servers log to stdout beside it."""
        return await asyncio.to_thread(self._run, words, code)

    async def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(await self(*words, "--json", code=code))

    def _run(self, words: tuple[str, ...], code: int) -> str:
        said = io.StringIO()
        for each in (console, errors):
            each.file, each.width = said, self.columns
        try:
            result = CliRunner().invoke(app, [*self._shared, *words])
        finally:
            for each in (console, errors):
                each.file = None  # type: ignore[assignment]  # rich's own word for stdout and stderr
        assert result.exit_code == code, (words, said.getvalue(), result.output, result.exception)
        return said.getvalue()


@pytest.fixture(scope="module")
async def world(minio: MinioServer, livekit: LivekitServer) -> AsyncIterator[World]:
    async with opened(minio, livekit) as world:
        yield world


@pytest.fixture(scope="module")
async def served(world: World) -> AsyncIterator[Served]:
    async with serving(world) as served:
        yield served


@pytest.fixture(scope="module")
async def org(world: World) -> Org:
    return await world.org()


@pytest.fixture(scope="module")
def argus(served: Served, org: Org) -> Argus:
    return Argus(served.url, served.token(org.id, Role.admin, "ann@example"))


@pytest.fixture(scope="module")
async def dock(argus: Argus, world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SimDock]:
    """A dock that was paired by the command line."""
    folder = tmp_path_factory.mktemp("pairing")
    text, png = folder / "qr.txt", folder / "qr.png"
    pairing = asyncio.create_task(argus("pair", "start", "North shore", "--model", "dock3", "--text", str(text),
                                        "--png", str(png)))  # fmt: skip
    while not text.exists() or not text.read_text():
        assert not pairing.done(), pairing.result()
        await asyncio.sleep(0.05)
    async with world.sim(text.read_text(), "dock3") as sim:
        said = await asyncio.wait_for(pairing, 30)
        assert f"paired: dock {sim.sn}" in said
        assert png.read_bytes().startswith(b"\x89PNG")
        await world.until_online(sim.sn)
        yield sim


@pytest.fixture(scope="module")
async def mission(argus: Argus, dock: SimDock) -> str:
    created = await argus.json("missions", "create", "Missing hiker, north ridge", "--dock", dock.sn)
    assert created["dockSns"] == [dock.sn]
    return str(created["id"])


def route(folder: Path, sim: SimDock, points: int = 3, **more: Any) -> str:
    """A KMZ beside the dock that flies on without a link."""
    home = sim.home
    at = [Waypoint(home.latitude + 0.0003 * (n + 1), home.longitude, 40, actions=[take_photo()]) for n in range(points)]
    file = folder / "ridge.kmz"
    file.write_bytes(write_kmz(build_kmz(at, aircraft_key=sim.aircraft_key, name="ridge", speed=10, **more)))
    return str(file)


async def test_a_flight_from_file_to_landing(
    argus: Argus, world: World, dock: SimDock, mission: str, tmp_path: Path
) -> None:
    wayline = await argus.json("waylines", "upload", route(tmp_path, dock, rc_lost_action=None))
    assert "flies on" in await argus("waylines", "list")
    said = await argus("fly", dock.sn, wayline["id"])
    assert ": ok" in said
    (flight,) = await argus.json("flights", "list", "--dock", dock.sn)
    assert (flight["status"], flight["missionId"]) == ("ok", mission)
    shown = await argus("flights", "show", flight["id"])
    assert "wind" in shown
    assert "passed" in shown
    (prepared,) = await world.sent(dock.sn, "flighttask_prepare")
    assert prepared.data["exit_wayline_when_rc_lost"] == 0  # as the file says; the dock compared both
    over = await argus("flights", "pause", flight["id"], code=1)
    assert "has ended" in over


async def test_the_desk_sets_what_is_kept_and_what_the_organisation_brings(
    world: World, served: Served, tmp_path: Path
) -> None:
    argus = Argus(served.url, served.token((await world.org()).id, Role.admin, "ann@example"))  # without docks
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    assert "the organisation's" in await argus("org", "retention", "--media", "30", "--audit", "1825")
    await argus("org", "retention", "--media", "default")
    kept = {each["kind"]: each["days"] for each in (await argus.json("org", "retention"))["kinds"]}
    assert kept == {"media": 90, "logs": 90, "alerts": 90, "custom_data": 30, "audit": 1825}
    assert "greater than or equal to 90" in await argus("org", "retention", "--audit", "3", code=1)
    await argus("org", "retention", "--logs", "soon", code=2)
    files = ["--key-file", str(secret), "--license-file", str(secret)]
    assert "application 142357" in await argus("org", "dji", "142357", *files)
    at = ["mqtt.example", "--password-file", str(secret), "--admin-file", str(secret)]
    assert "ssl://mqtt.example:8883, of the organisation's own" in await argus("org", "broker", *at)
    assert "shared" in await argus("org", "broker", "--shared")
    await argus("org", "broker", code=2)
    shown = await argus("org", "show")
    assert "142357" in shown
    assert "s3cret" not in shown
    said = await argus("org", "export", "start", "--reason", "We move")
    assert "is ready" in said
    (listed,) = await argus.json("org", "export", "list")
    assert listed["id"] in said
    archive = tmp_path / "argus.tar"
    await argus("org", "export", "get", listed["id"], str(archive))
    with tarfile.open(archive) as tar:
        assert "manifest.json" in tar.getnames()
    assert archive.stat().st_size == listed["size"]
    assert "is ready" in await argus("org", "export", "cancel", listed["id"], code=1)
    assert "Repeat it as it is written" in await argus("org", "deletion", "start", "Rescu", code=1)
    said = await argus("org", "deletion", "start", "Rescue", "--reason", "Merged")
    assert "begins in 7 d" in said
    assert (await argus.json("org", "deletion", "show"))["reason"] == "Merged"
    assert "called off by ann@example" in await argus("org", "deletion", "call-off")


async def test_programs_get_json_of_everything(argus: Argus, dock: SimDock, mission: str) -> None:
    (listed,) = await argus.json("docks", "list", "--online", "--mission", mission)
    assert dock.sn in {each["sn"] for each in await argus.json("docks", "list", "--status", listed["status"])}
    assert dock.sn not in {each["sn"] for each in await argus.json("docks", "list", "--status", "upgrading")}
    assert "in_operation" in await argus("docks", "list", "--status", "busy", code=1)
    shown = await argus.json("docks", "show", dock.sn)
    assert listed["sn"] == shown["dock"]["sn"] == shown["aircraft"]["dockSn"] == dock.sn
    assert mission in [item["id"] for item in await argus.json("missions", "list")]
    assert [item["dockSn"] for item in await argus.json("pair", "list")] == [dock.sn]
    assert {item["dockSn"] for item in await argus.json("sagas", "list", "--dock", dock.sn)} == {dock.sn}
    entity = await argus.json("sagas", "show", f"dock/{dock.sn}")
    assert (entity["status"], entity["dockSn"]) == ("Running", dock.sn)
    assert isinstance(await argus.json("streams"), list)
    assert [item["name"] for item in await argus.json("timings")] == list(Timings.model_fields)


async def test_doctor_finds_what_runs_here(argus: Argus) -> None:
    findings = {finding["name"]: finding for finding in await argus.json("doctor")}
    assert findings["temporal"]["ok"]
    assert findings["Python packages"]["version"]
    argus.columns = 80
    assert findings["temporal"]["where"].split()[0] in (await argus("doctor")).replace(" ", "").replace("\n", "")


TABLES = (
    ("docks", "list"), ("missions", "list"), ("pair", "list"), ("flights", "list"), ("waylines", "list"), ("streams",),
    ("timings",), ("sagas", "list"), ("media", "list"), ("media", "reports"),
)  # fmt: skip


@pytest.mark.parametrize("columns", [80, 120])
async def test_no_table_is_cut(argus: Argus, dock: SimDock, mission: str, columns: int) -> None:
    argus.columns = columns
    for words in TABLES:
        said = await argus(*words)
        assert "…" not in said, said
        assert max(map(len, said.splitlines())) <= columns, said
    assert dock.sn in await argus("docks", "list")
    assert mission in await argus("missions", "list")  # in one piece, to be copied
    assert f"dock/{dock.sn}" in await argus("sagas", "list")


@pytest.mark.parametrize(
    ("words", "field", "cure"),
    [
        (("docks", "show", "NOSUCHDOCK1"), "sn", "Check the id."),
        (("missions", "assign", "nothing", "NOSUCHDOCK1"), "id", "Check the id."),
        (("fly", "NOSUCHDOCK1", "nothing"), "dockSn", "Check the id."),
        (("fly", "NOSUCHDOCK1"), "body", "Correct the named fields; /v1/docs describes them."),
        (("flights", "stop", "nothing"), "id", "Check the id."),
        (("sagas", "show", "flight/nothing"), "workflowId", "Check the id."),
        (("pair", "start", "x", "--model", "dock9"), "expectedModel", "Correct the named fields; /v1/docs describes"),
        (("missions", "list", "--status", "asleep"), "status", "Correct the named fields; /v1/docs describes them."),
    ],
)
async def test_a_refusal_names_field_and_cure(argus: Argus, words: tuple[str, ...], field: str, cure: str) -> None:
    said = await argus(*words, code=1)
    assert f"[field {field}]" in said
    assert cure in said
    problem = await argus.json(*words, code=1)
    assert (problem["field"], problem["status"] in (404, 422)) == (field, True)


async def test_a_mistyped_command_costs_nothing(argus: Argus, dock: SimDock) -> None:
    for words in (
        ("fly", dock.sn, "--to", "up"),
        ("docks", "stream", dock.sn, "--quality", "9"),
        ("missions", "paint"),
    ):
        await argus(*words, code=2)


def size_of(path: str) -> int:
    return Path(path).stat().st_size


async def test_logs_are_listed_uploaded_and_fetched(argus: Argus, dock: SimDock, tmp_path: Path) -> None:
    said = await argus("logs", "list", dock.sn)
    assert "1004" in said
    assert "no logs were chosen" in await argus("logs", "upload", dock.sn, code=1)
    assert "numbers with commas" in await argus("logs", "upload", dock.sn, "--dock", "newest", code=1)
    assert "has no log 17" in await argus("logs", "upload", dock.sn, "--dock", "17", code=1)
    done = await argus.json("logs", "upload", dock.sn, "--dock", "1003,1004", "--reason", "It landed hard")
    assert done["status"] == "ok"
    assert done["id"] in await argus("logs", "uploads", "--dock", dock.sn)
    assert "dock: ok" in await argus("logs", "follow", done["id"])
    (path,) = await argus.json("logs", "fetch", done["id"], "--folder", str(tmp_path))
    assert size_of(path) == done["files"][0]["size"]
    assert "is over" in await argus("logs", "cancel", done["id"], code=1)


async def test_a_mission_ends(argus: Argus, mission: str, dock: SimDock) -> None:
    assert "told" in await argus("docks", "stream", dock.sn, "--stop")
    said = await argus("missions", "end", mission)
    assert f"{mission} is completed" in said
    assert (await argus.json("docks", "show", dock.sn))["dock"]["missionId"] is None
    refused = await argus("docks", "stream", dock.sn, "--start", code=1)
    assert "Assign it to a mission" in refused


async def test_who_is_not_known_is_told_so(served: Served, tmp_path: Path) -> None:
    said = await Argus(served.url, "garbage")("docks", "list", code=1)
    assert "Get a new token." in said
    away = await Argus("http://127.0.0.1:9", "x")("docks", "list", code=1)
    assert "does not answer" in away


async def test_alerts_are_listed_shown_and_acknowledged(argus: Argus, dock: SimDock) -> None:
    dock.state.emergency_stop = 1
    dock.hms.look()
    found = await eventually(lambda: argus.json("alerts", "list", "--open", "--dock", dock.sn, "--kind", "hms"))
    dock.state.emergency_stop = 0
    dock.hms.look()
    alert = found[0]["id"]
    argus.columns = 160
    said = await argus("alerts", "list", "--unseen", "--level", "warning")
    argus.columns = 120
    assert alert in said
    assert "The emergency stop button is pressed" in said
    assert "Pulled it out" in await argus("alerts", "ack", alert, "--note", "Pulled it out")
    assert "ann@example: Pulled it out" in await argus("alerts", "show", alert)
    assert alert not in {each["id"] for each in await argus.json("alerts", "list", "--unseen")}
    assert "nothing" in await argus("alerts", "ack", "nothing", code=1)


async def test_properties_are_listed_and_set(argus: Argus, dock: SimDock) -> None:
    argus.columns = 160
    listed = await argus("property", "list", dock.sn)
    argus.columns = 120
    assert "20 to 500 m" in listed
    assert "not in flight" in listed
    assert "1 (on)" in await argus("property", "set", dock.sn, "silent_mode", "1", "--reason", "Night")
    assert (await argus.json("property", "set", dock.sn, "air_transfer_enable", "true"))["confirmed"]
    assert "silent_mode" in await argus("property", "set", dock.sn, "rc_lost_action", "1", code=1)
    assert "Quiet" in str((await argus.json("property", "list", dock.sn))["properties"])


async def test_custom_data_is_sent_and_listed(argus: Argus, dock: SimDock) -> None:
    assert f"taken by dock {dock.sn}" in await argus("custom-data", "send", dock.sn, "lamp on", "--to", "esdk")
    listed = await eventually(lambda: argus.json("custom-data", "list", dock.sn, "--from", "esdk"))
    assert [(each["end"], each["value"]) for each in listed] == [("esdk", "lamp on")]  # the program sends it back
    assert "lamp on" in await argus("custom-data", "list", dock.sn)
    assert "at most 255" in await argus("custom-data", "send", dock.sn, "x" * 256, code=1)
