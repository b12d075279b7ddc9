"""A relay of ten docks, beside the same ten flights dispatched alone, one after another.

    python -m bench.relay [--docks 10] [--speed 20]

The same docks fly the same files by the same whole stack, so that the difference is what the relay itself costs: to
lend a lease, to hear that a leg has ended, to send the next one. With an overlap the next dock leaves while the one
before it flies. The docks' clocks run faster than ours, which makes that cost count for more than it would outside.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import mean
from typing import Any

from demo.life import TERMINAL, World
from demo.proof import until
from demo.report import Report
from demo.routes import Place
from demo.run import stage
from demo.simulation import Simulation
from embedded.stack import Stack
from simulator.config import DockConfig
from store.relays import RELAY_OVER
from timings import Timings

GOAL = 1.2  # times the seconds of the flights alone
APART = 100.0  # m between two docks
BESIDE = 30.0  # m from the docks to the route
FIRST = Place(47.0502, 8.3093)
# The streams of docks without a camera are no subject here: they are tried once
TIMINGS = Timings(stream_first_frame=5, stream_retry_first=600, stream_retry_most=600)


def configs(count: int) -> list[DockConfig]:
    places = [FIRST.moved(0, APART * number) for number in range(count)]
    return [
        DockConfig(seed=number, awake=True, video=False, latitude=place.latitude, longitude=place.longitude)
        for number, place in enumerate(places, start=1)
    ]


def route(count: int) -> list[dict[str, float]]:
    """Along all docks, a waypoint before each."""
    places = [FIRST.moved(BESIDE, APART * number) for number in range(count)]
    return [{"lat": place.latitude, "lon": place.longitude, "height": 40} for place in places]


@asynccontextmanager
async def line(count: int, speed: float) -> AsyncIterator[tuple[World, list[str]]]:
    """A whole stack with so many docks in one mission, and their serials."""
    chosen = configs(count)
    with tempfile.TemporaryDirectory(prefix="argus-bench-") as folder:
        stack = Stack(Path(folder) / "data", ports="auto", env={"ARGUS_TIMINGS_JSON": TIMINGS.model_dump_json()})
        async with stage(Path(folder), Report(), stack, Simulation(Path(folder) / "docks", chosen)) as world:
            world.mission = (await world.outside.call("POST", "/v1/missions", json={"name": "Bench"}))["id"]
            for config in chosen:
                await _join(world, config.sn, speed)
            yield world, [config.sn for config in chosen]


async def _join(world: World, sn: str, speed: float) -> None:
    """Have a dock paired and in the mission, fast from then on."""
    started = await world.outside.call("POST", "/v1/pairings", json={"displayName": sn})
    await world.simulation.show_qr(sn, started["qr"])

    async def there() -> bool:
        pairing = await world.outside.document(f"pairings/{started['id']}")
        dock = await world.outside.document(f"dji_docks/{sn}") or {}
        placed = "latitude" in dock.get("osd", {})
        return pairing is not None and pairing["status"] == "paired" and dock.get("aircraftOnline") is True and placed

    await until("paired, and online with its aircraft", there, 60)
    await world.simulation.tell(sn, "speed", speed=speed, osd_speed=4)
    await world.outside.call("POST", f"/v1/missions/{world.mission}/docks", json={"sn": sn})


async def relayed(world: World, sns: list[str], **more: Any) -> tuple[dict[str, Any], float]:
    """A relay at its end, and its seconds."""
    began = time.monotonic()
    body = {"docks": sns, "route": route(len(sns)), "rthAltitude": 60, **more}
    relay = await world.outside.call("POST", "/v1/relays", json=body)

    async def over() -> dict[str, Any] | None:
        shown: dict[str, Any] = await world.outside.call("GET", f"/v1/relays/{relay['id']}")
        return shown if shown["status"] in RELAY_OVER or shown["question"] else None

    ended = await until("the relay's end", over, 600)
    if ended["status"] != "completed":
        raise RuntimeError(f"the relay is {ended['status']}: {ended['reason'] or ended['question']}")
    return ended, time.monotonic() - began


async def alone(world: World, legs: list[dict[str, Any]]) -> tuple[list[str], float]:
    """The same files from the same docks, one flight after another; their ids, and their seconds."""
    began, flights = time.monotonic(), []
    for leg in legs:
        body = {"dockSn": leg["dockSn"], "waylineId": leg["waylineId"], "rthAltitude": 60}
        flight = (await world.outside.call("POST", "/v1/flights", json=body))["id"]

        async def over(flight: str = flight) -> str | None:
            status = (await world.outside.call("GET", f"/v1/flights/{flight}"))["status"]
            return str(status) if status in TERMINAL else None

        if (status := await until("the flight's end", over, 120)) != "ok":
            raise RuntimeError(f"flight {flight} is {status}")
        flights.append(flight)
    return flights, time.monotonic() - began


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, default=10)
    parser.add_argument("--speed", type=float, default=20, help="of the docks' clocks")
    given = parser.parse_args()
    write = sys.stdout.write
    async with line(given.docks, given.speed) as (world, sns):
        relay, seconds = await relayed(world, sns)
        flights, baseline = await alone(world, relay["legs"])
        both, overlapped = await relayed(world, sns, overlap=50)
        events = {name: len(await world.outside.history(f"relay/{one['id']}")) for name, one in
                  (("relay", relay), ("relay, overlap 50", both))}  # fmt: skip
        led = [len(await world.outside.history(f"flight/{leg['flightId']}")) for leg in relay["legs"]]
        single = [len(await world.outside.history(f"flight/{flight}")) for flight in flights]
    legs = len(relay["legs"])
    write(f"{legs} legs of {relay['lengthM']:.0f} m\n{'':<24}{'s':>8}{'s a leg':>10}{'events':>9}{'of a flight':>13}\n")
    for name, took, own, of_flight in (
        ("relay", seconds, events["relay"], mean(led)),
        ("relay, overlap 50", overlapped, events["relay, overlap 50"], mean(led)),
        ("flights alone", baseline, 0, mean(single)),
    ):
        write(f"{name:<24}{took:>8.1f}{took / legs:>10.2f}{own:>9}{of_flight:>13.0f}\n")
    ratio, gained = seconds / baseline, overlapped / baseline
    write(f"{events['relay'] / legs:.0f} events of the relay a leg; with overlap {gained:.2f} of the time\n")
    write(f"relay against flights alone: {ratio:.2f} (goal at most {GOAL}): {'ok' if ratio <= GOAL else 'MISSED'}\n")


if __name__ == "__main__":
    asyncio.run(main())
