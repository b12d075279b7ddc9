"""CPU that the operator's page takes in Chromium, with many docks that each tell their pictures once a second.

    python -m bench.console [--docks 200] [--every 1] [--seconds 20] [--rounds 3]

The view is that of all docks: tiles, and the map beside them. All processes of the browser are counted, drawing by
software too. Baseline: the same page with no dock, in turns with it.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvicorn
from playwright.async_api import Page, ViewportSize, async_playwright

from api.page import DIST
from bench._console_docks import Docks, Feed, app_of
from bench._figures import beside, verdict
from embedded.ports import free

GOAL = 0.5  # cores
SETTLE = 4.0  # s until what is read and drawn once is done
LATE = 10  # s; a page that shows older news does not keep up
SIZE: ViewportSize = {"width": 1440, "height": 900}
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Cost:
    cores: float
    messages: float  # a second
    tiles: int


def browser_seconds() -> float:
    """CPU seconds of all processes of the browser so far."""
    spent = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if "chrom" in child.name():
                times = child.cpu_times()
                spent += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return spent


async def measure(page: Page, url: str, feed: Feed, docks: Docks, seconds: float) -> Cost:
    feed.docks = docks
    await page.goto(url)
    if docks.views:
        await page.wait_for_selector(".dock-tile")
        await page.wait_for_selector(".leaflet-container")
    else:
        await page.get_by_role("heading", name="Docks", exact=True).wait_for()
    await asyncio.sleep(SETTLE)
    spent, told, began = browser_seconds(), feed.told, time.monotonic()
    await asyncio.sleep(seconds)
    passed = time.monotonic() - began
    cost = Cost(
        (browser_seconds() - spent) / passed, (feed.told - told) / passed, await page.locator(".dock-tile").count()
    )
    age = await page.locator(".dock-tile time").first.text_content() if docks.views else "0 s ago"
    if age not in {f"{second} s ago" for second in range(LATE)}:
        raise RuntimeError(f"the page shows what was told {age}: it does not keep up")
    return cost


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, default=200)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two pictures of a dock")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


async def main(given: argparse.Namespace, chromium: str) -> None:
    feed = Feed()
    (port,) = free(1)
    server = uvicorn.Server(uvicorn.Config(app_of(feed, given.every), port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    many, none = Docks(given.docks), Docks(0)
    costs: dict[int, list[Cost]] = {0: [], given.docks: []}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await (await browser.new_context(viewport=SIZE)).new_page()
        await page.add_init_script("sessionStorage.setItem('argus.token', 'any')")
        for _ in range(given.rounds):
            for docks in (none, many):
                url = f"http://127.0.0.1:{port}/"
                costs[len(docks.views)].append(await measure(page, url, feed, docks, given.seconds))
        await browser.close()
    server.should_exit = True
    await serving
    ours, base = costs[given.docks], costs[0]
    row = (f"{given.docks} docks", [cost.cores for cost in ours])
    beside(row, ("no dock", [cost.cores for cost in base]), "cores", digits=3)
    rate = sum(cost.messages for cost in ours) / len(ours)
    sys.stdout.write(f"{rate:.0f} pictures a second, {ours[-1].tiles} tiles and the map\n")
    verdict("cores of the page, median", statistics.median(row[1]), GOAL)


if __name__ == "__main__":
    if not (DIST / "index.html").is_file():
        subprocess.run([ROOT / "scripts" / "console-build"], check=True)
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("there is no chromium: run scripts/chromium-setup")
    asyncio.run(main(options(), program))
