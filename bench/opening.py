"""Time until the operator's page can be used, in Chromium on a warm stack: from its address to the dock's tile.

    python -m bench.opening [--rounds 15]

A signed-in person opens the page in a browser that knows nothing of it, and again with what the browser has kept. The
clock is the browser's own, from the navigation's start to the picture in which the tile stands; the map, which comes
after it, is timed too. Baseline, in turns with them: the least that the same server says, shown by the same browser.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
from typing import Any

from playwright.async_api import Page, ViewportSize, async_playwright

from bench._crew import Crew, crew
from bench._figures import beside, verdict

GOAL = 1.0  # s
SIZE: ViewportSize = {"width": 1440, "height": 900}
TILE, MAP, LEAST = ".dock-tile", ".leaflet-container", "pre"
WATCH = """
    const seen = (window.seen = {});
    const look = () => {
        for (const css of %s)
            if (!(css in seen) && document.querySelector(css)) {
                seen[css] = null;
                requestAnimationFrame(() => { seen[css] = performance.now() / 1000; });
            }
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    addEventListener("load", look);
""" % [TILE, MAP, LEAST]  # fmt: skip
FILES = """
    css => performance.getEntriesByType("resource")
        .filter(each => each.responseEnd / 1000 <= window.seen[css] && each.name.includes("/assets/"))
        .map(each => each.encodedBodySize)
"""


async def seconds(page: Page, css: str) -> float:
    """When it was there, from the navigation's start."""
    found: Any = await page.wait_for_function("css => window.seen[css]", arg=css)
    return float(await found.json_value())


async def measure(crew: Crew, rounds: int) -> None:
    """Open the page so often each way; the figures are written out. Raises RuntimeError without Chromium."""
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("there is no chromium: run scripts/chromium-setup")
    endpoints = crew.world.outside.endpoints
    new: list[float] = []
    again: list[float] = []
    maps: list[float] = []
    least: list[float] = []
    files: list[int] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(rounds):
            context = await browser.new_context(viewport=SIZE)
            signed_in = f"sessionStorage.setItem('argus.token', '{endpoints['admin_token']}');"
            await context.add_init_script(signed_in + WATCH)
            page = await context.new_page()
            await page.goto(f"{endpoints['api']}/page.json")
            least.append(await seconds(page, LEAST))
            for into in (new, again):
                await page.goto(endpoints["api"])
                into.append(await seconds(page, TILE))
                if into is new:
                    files = await page.evaluate(FILES, TILE)
                maps.append(await seconds(page, MAP))
            await context.close()
        await browser.close()
    base = ("page.json", least)
    beside(("the dock's tile", new), base, "s", digits=3)
    beside(("with what is kept", again), base, "s", digits=3)
    beside(("the map", maps), base, "s", digits=3)
    sys.stdout.write(f"{sum(files) / 1000:.0f} kB in {len(files)} files until the tile is there, compressed\n")
    verdict("seconds until the page can be used, median", statistics.median(new), GOAL)


async def main(rounds: int) -> None:
    async with crew() as stack:
        await measure(stack, rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    asyncio.run(main(parser.parse_args().rounds))
