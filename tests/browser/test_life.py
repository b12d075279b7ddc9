"""The life cycle by clicks alone: pair, assign, see, fly, take the sticks, push firmware, retry, end the mission."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from demo.routes import Place, kmz
from simulator.config import DockConfig
from simulator.models import MODELS
from tests.browser.conftest import Person
from tests.browser.house import WITHIN, House
from tests.browser.operator import Operator
from tests.browser.test_outages import FRAMES

FLOWN = 240_000  # ms: a flight of two minutes at twelve times its speed, on a busy machine
SPEED = 12.0

pytestmark = pytest.mark.timeout(900)


async def paired_by_clicks(admin: Operator, house: House, config: DockConfig, name: str) -> None:
    await admin.page.get_by_role("navigation", name="Main").get_by_role("link", name="Docks").click()
    await admin.page.get_by_role("link", name=re.compile("^Pair a dock")).first.click()
    await admin.page.get_by_label("Name").fill(name)
    async with admin.page.expect_response(lambda answer: answer.url.endswith("/v1/pairings")) as starting:
        await admin.button("Start pairing").click()
    started = await (await starting.value).json()
    await expect(admin.page.get_by_role("region", name=f"Pairing of {name}").get_by_role("img")).to_be_visible()
    house.docks.configs[config.sn] = config
    await house.docks.show_qr(config.sn, started["qr"])
    await expect(admin.page.get_by_text("is paired and online")).to_be_visible(timeout=WITHIN * 1000)


async def chosen(form: Locator, label: str, begins: str) -> None:
    """Choose what begins so from a list, once it is there."""
    box = form.get_by_label(label, exact=True)
    option = box.get_by_role("option", name=re.compile(begins)).first
    await expect(option).to_be_attached()
    await box.select_option(value=await option.get_attribute("value"))


async def test_a_newcomer_does_it_all(house: House, person: Person, tmp_path: Path) -> None:
    seed = random.randrange(1000, 1_000_000)  # another try has another dock, route and package
    name, ridge = f"North shore {seed}", f"Ridge {seed}"
    config = DockConfig(model="dock3", seed=seed, awake=True, speed=SPEED, latitude=47.0502, longitude=8.3093)
    ada = await person("ada", "admin")
    page = ada.page
    await paired_by_clicks(ada, house, config, name)

    # A mission with the dock: its room shows the video by itself
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Missions").click()
    await ada.button("New mission").click()
    new = page.get_by_role("dialog")
    await new.get_by_label("Name").fill("Missing hiker")
    await new.get_by_label(re.compile(name)).check()
    await ada.button("Create", new).click()
    await expect(ada.heading("Missing hiker")).to_be_visible()
    await ada.until("the video runs", f"({FRAMES}) > 10", WITHIN)
    room = page.url

    # A route, uploaded
    route = tmp_path / f"{ridge}.kmz"
    home = Place(config.latitude, config.longitude)
    route.write_bytes(kmz(home, config.aircraft or MODELS["dock3"].aircraft, ridge))
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Routes").click()
    await ada.button("Upload a KMZ…").click()
    form = page.get_by_role("dialog")
    await form.locator("input[type=file]").set_input_files(route)
    await form.get_by_role("button", name="Upload", exact=True).click()
    await expect(page.get_by_role("table", name="Routes").get_by_text(ridge).first).to_be_visible()

    # Flown, paused and resumed on the way
    await ada.go(room.removeprefix(ada.url))
    await ada.button("Dispatch…").click()
    form = page.get_by_role("dialog")
    await form.get_by_label(re.compile(name)).check()
    await chosen(form, "Route", ridge)
    await ada.button("Dispatch", form).click()
    await expect(form.get_by_text("sent:")).to_be_visible()
    await form.get_by_role("button", name="Close", exact=True).last.click()
    flight = page.get_by_role("article", name=re.compile(f"^Flight {ridge}"))
    await expect(flight.get_by_text("executing", exact=True)).to_be_visible(timeout=FLOWN)
    ended = page.get_by_role("table", name="Flights that have ended").get_by_role("row", name=re.compile(ridge))
    await expect(ended).to_contain_text("ok", timeout=FLOWN)
    [flown] = (await house.outside.call("GET", f"/v1/flights?dock={config.sn}"))["items"]
    assert await house.docks.flown(config.sn, flown["id"])

    await firmware_by_clicks(ada, house, config, name, tmp_path)

    # The end, which says what it ends
    await ada.go(room.removeprefix(ada.url))
    await ada.button("End mission").click()
    asked = page.get_by_role("dialog")
    await expect(asked).to_contain_text(name)
    await ada.button("End the mission", asked).click()
    await expect(page.get_by_text(re.compile("This mission was completed"))).to_be_visible(timeout=WITHIN * 1000)
    assert not await house.docks.pushes(config.sn)


async def firmware_by_clicks(ada: Operator, house: House, config: DockConfig, name: str, tmp_path: Path) -> None:
    """A push that fails for good, since the dock comes back with its old version; then it behaves, and is retried."""
    page, sn = ada.page, config.sn
    await house.docks.tell(sn, "scenario", name="stubborn_firmware")
    package = tmp_path / f"WM777_19.{config.seed // 10_000:02}.{config.seed // 100 % 100:02}.{config.seed % 100:02}.zip"
    package.write_bytes(b"firmware" * 40_000)
    await ada.go("/firmware")
    await ada.button("Add a package").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("File").set_input_files(package)
    await chosen(form, "For", "Dock 3")
    await ada.button("Upload", form).click()
    await ada.button(f"Roll out {package.name}").click(timeout=WITHIN * 1000)
    form = page.get_by_role("dialog")
    await form.get_by_label(re.compile(name)).check()
    await form.get_by_label("Tries").fill("1")
    await form.get_by_role("button", name="Start", exact=True).click()
    await page.get_by_role("button", name="Start it").click()
    row = page.get_by_role("row", name=re.compile(name))
    await expect(row).to_contain_text("failed", timeout=FLOWN)
    await house.docks.tell(sn, "scenario")
    await ada.button(f"Retry {sn}").click()
    await page.get_by_role("button", name="Retry it").click()
    await expect(row).to_contain_text("succeeded", timeout=FLOWN)
