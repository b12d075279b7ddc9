"""`argus drc` against a dock that flies."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from simulator.motion import ground_distance
from tests.drc.conftest import House


async def argus(house: House, *words: str) -> tuple[int, Any]:
    """Exit code and JSON of a command, as an admin."""
    before = ["--api", house.api.url, "--token", house.api.token(house.org, Role.admin, "ann"), "--json"]
    done = await asyncio.to_thread(CliRunner().invoke, app, [*before, "drc", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


async def test_a_script_flies_for_a_moment_and_gives_it_back(drc: House) -> None:
    async with drc.dock() as sim:
        before = sim.aircraft.position
        code, said = await argus(drc, sim.sn, "--hold", "0.6", "--pitch", "1400")
        assert (code, said["ok"]) == (0, True), said
        assert ground_distance(before, sim.aircraft.position) > 0.5
        await drc.until_free(sim.sn)
        code, held = await argus(drc, sim.sn, "--take", "payload")
        assert (code, held["payload"]["user"], held["flight"]) == (0, "ann", None)
        code, said = await argus(drc, sim.sn, "--command", "gimbal_reset", "--data", '{"payload_index": "99-0-0"}')
        assert code == 1
        assert "reset_mode" in said["said"]
        await drc.until_free(sim.sn)
