"""Events in the histories of the sagas: a flight of 30 minutes whose dock tells its progress each second.

    python -m bench.history [--minutes 30] [--speed 20]

The dock's clock runs faster than ours, so that a flight of 30 minutes takes two; what is counted does not depend on it,
since the bridge writes progress to the store and tells the saga only what may change a decision. The baseline is what a
saga would have that takes each word of the dock as a signal: the signal, and the workflow task that looks at it.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import time

from bench._crew import Crew, crew
from bench._figures import verdict
from demo.life import TERMINAL
from demo.proof import until
from demo.routes import Place
from dji import wpml

GOAL = 150
LEG = 900.0  # m: within every limit of a route, and far enough from home for half an hour
SPEED = 10.0  # m/s
EVENTS_A_WORD = 4  # signaled, and a workflow task scheduled, started, completed


def route(home: Place, aircraft: str, minutes: float) -> bytes:
    """A KMZ of so many minutes: to and fro beside the dock, with a photo at each turn."""
    legs = max(2, math.ceil(minutes * 60 * SPEED / LEG))
    points = []
    for number in range(legs + 1):
        place = home.moved(20 if number % 2 == 0 else 20 + LEG, 20 + 15 * number)
        actions = [wpml.take_photo()]
        points.append(wpml.Waypoint(lat=place.latitude, lon=place.longitude, height=60, actions=actions))
    return wpml.write_kmz(wpml.build_kmz(points, aircraft_key=aircraft, name="half an hour", speed=SPEED))


async def dispatch(dock: Crew, minutes: float) -> str:
    """Have the dock fly it; the id of the flight."""
    life = dock.life
    files = {"file": ("route.kmz", route(life.home, life.aircraft_key, minutes))}
    wayline = await dock.call("POST", "/v1/waylines", files=files, data={"aircraft": life.aircraft_key})
    body = {"dockSn": life.sn, "waylineId": wayline["id"], "rthAltitude": 80}
    flight: str = (await dock.call("POST", "/v1/flights", json=body))["id"]
    return flight


async def fly(dock: Crew, minutes: float, speed: float) -> str:
    """Fly it to its end; the id of the flight."""
    flight = await dispatch(dock, minutes)

    async def ended() -> bool:
        return (await dock.call("GET", f"/v1/flights/{flight}"))["status"] in TERMINAL

    await until("flight ended", ended, 120 + 2 * minutes * 60 / speed)
    return flight


async def measure(dock: Crew, minutes: float, speed: float) -> None:
    """Fly so long, end the mission, and count; the figures are written out. The dock is assigned."""
    began = time.monotonic()
    flight = await fly(dock, minutes, speed)
    words = (time.monotonic() - began) * speed
    shown = await dock.call("GET", f"/v1/flights/{flight}")
    await dock.call("POST", f"/v1/missions/{dock.mission}/end", json={"outcome": "completed"})
    await dock.life.end()
    pairings = await dock.call("GET", "/v1/pairings")
    sagas = {
        "pairing": f"pairing/{pairings['items'][0]['id']}",
        "dock": f"dock/{dock.life.sn}",
        "mission": f"mission/{dock.mission}",
        "auto-stream": f"auto-stream/{dock.life.sn}",
        "flight": f"flight/{flight}",
    }
    counts = {name: len(await dock.world.outside.history(saga)) for name, saga in sagas.items()}
    write = sys.stdout.write
    write(f"a flight of {words / 60:.0f} simulated minutes, ended {shown['status']}\n{'saga':<14}{'events':>8}\n")
    for name, count in counts.items():
        write(f"{name:<14}{count:>8}\n")
    told = int(words) * EVENTS_A_WORD
    ratio = counts["flight"] / told
    write(f"flight: {ratio:.3f} of the {told} events that a signal for each word would make\n")
    verdict(f"flight: {counts['flight']} events", counts["flight"], GOAL)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--speed", type=float, default=20, help="of the dock's clock")
    given = parser.parse_args()
    async with crew(speed=given.speed) as dock:
        await dock.assign()
        await dock.life.auto_stream()
        await measure(dock, given.minutes, given.speed)


if __name__ == "__main__":
    asyncio.run(main())
