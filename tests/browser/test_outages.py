"""Parts and networks that go and come back while somebody looks."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from simulator.config import DockConfig
from tests.browser.conftest import Person
from tests.browser.house import House

FRAMES = (
    """[...document.querySelectorAll("video")].reduce((n, v) => n + v.getVideoPlaybackQuality().totalVideoFrames, 0)"""
)


@pytest.fixture(scope="module")
async def dock(house: House) -> str:
    config = DockConfig(model="dock3", seed=43, awake=True, latitude=47.07, longitude=8.33)
    return await house.pair(config, "Outage dock")


@pytest.fixture(scope="module")
async def mission(house: House, dock: str) -> str:
    return await house.mission("Outage mission", [dock])


async def test_an_api_that_dies_is_said_and_comes_back(house: House, person: Person, dock: str) -> None:
    olaf = await person("olaf", "operator")
    await expect(olaf.page.get_by_text("Outage dock").first).to_be_visible()
    banner = olaf.page.get_by_text("No live pictures since")
    await expect(banner).to_be_hidden()
    await house.stack.kill("api")
    await expect(banner).to_be_visible()
    await house.stack.wait_ready("api")
    await expect(banner).to_be_hidden()
    await expect(olaf.page.get_by_text("Outage dock").first).to_be_visible()


async def test_a_network_that_is_lost_is_said_and_comes_back(person: Person, dock: str, mission: str) -> None:
    nina = await person("nina", "operator")
    await nina.go(f"/missions/{mission}")
    await nina.until("the video runs", f"({FRAMES}) > 10")
    await nina.context.set_offline(True)
    # An open WebSocket outlives Chromium's emulated outage: what is asked for does not.
    await expect(nina.page.get_by_text("does not answer").first).to_be_visible()
    await nina.context.set_offline(False)
    await expect(nina.page.get_by_text("does not answer").first).to_be_hidden()
    await nina.until("the video runs again", f"({FRAMES}) > 10")


async def test_a_media_process_that_dies_is_said_and_the_picture_comes_back(
    house: House, person: Person, mission: str
) -> None:
    mona = await person("mona", "viewer")
    await mona.go(f"/missions/{mission}")
    before = await mona.until("the video runs", f"({FRAMES}) > 10 && ({FRAMES})")
    assert before > 10
    await house.stack.kill("media")
    await expect(mona.page.get_by_text("lost").first).to_be_visible()
    await house.stack.wait_ready("media")
    await mona.until("the video runs again", f"({FRAMES}) > 10", 90)
    await expect(mona.page.get_by_text("lost").first).to_be_hidden()
