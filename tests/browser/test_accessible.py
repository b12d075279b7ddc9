"""Every view that can be reached without an id, by axe, light and dark and on a tablet, and by the keyboard alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import expect

from demo.routes import Place, kmz
from simulator.config import DockConfig
from simulator.models import MODELS
from tests.browser.conftest import Person
from tests.browser.house import House

ROUTES = (Path(__file__).parents[2] / "console" / "src" / "routes.ts").read_text()
VIEWS = [path for path in re.findall(r'path: "([^"]+)"', ROUTES) if ":" not in path]


@pytest.fixture(scope="module")
async def views(house: House) -> list[str]:
    """All views, with a dock and its mission to be seen in them."""
    config = DockConfig(model="dock3", seed=41, awake=True, video=False, latitude=47.05, longitude=8.31)
    dock = await house.pair(config, "Axe north")
    mission = await house.mission("Ridge for axe", [dock])
    home = Place(config.latitude, config.longitude)
    file = kmz(home, MODELS["dock3"].aircraft, "Axe route")
    route = await house.outside.call("POST", "/v1/waylines", files={"file": ("Axe.kmz", file)})
    at = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
    body = {"dockSn": dock, "waylineId": route["id"], "rthAltitude": 100, "executeAt": at}
    flight = await house.outside.call("POST", "/v1/flights", json=body)
    of_one = [
        f"/flights/{flight['id']}",
        f"/docks/{dock}",
        f"/docks/{dock}/sticks",
        f"/missions/{mission}",
        f"/missions/{mission}/areas",
    ]
    return [*VIEWS, *of_one]


def test_the_routes_are_read_right() -> None:
    assert "/" in VIEWS
    assert len(VIEWS) > 5


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1440, 900)), ("dark", (1440, 900)), ("light", (800, 1100))], ids=str
)
async def test_no_view_breaks_a_rule(
    person: Person, views: list[str], scheme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    ada = await person("ada", "admin", scheme=scheme, size=size)
    found: list[str] = []
    for view in views:
        await ada.go(view)
        await expect(ada.page.locator("main h1").first).to_be_visible()
        await ada.page.wait_for_timeout(300)  # axe judges a moment, and fades end
        found += [f"{view}: {each}" for each in await ada.axe()]
        wide = await ada.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{view}: is {wide} px wider than the window")
    assert not found


async def test_the_keyboard_alone_goes_anywhere(person: Person) -> None:
    kay = await person("kay", "viewer")
    await kay.page.keyboard.press("Tab")
    await expect(kay.page.get_by_role("link", name="Skip to content")).to_be_focused()
    missions = kay.page.get_by_role("navigation", name="Main").get_by_role("link", name="Missions")
    for _ in range(20):
        await kay.page.keyboard.press("Tab")
        if await missions.evaluate("link => link === document.activeElement"):
            break
    await kay.page.keyboard.press("Enter")
    await expect(kay.heading("Missions")).to_be_visible()
