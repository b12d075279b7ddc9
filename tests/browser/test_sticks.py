"""Sticks by two people and several windows: who has them, who loses them, and that nothing goes on moving unmeant."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from demo.proof import until
from simulator.config import DockConfig
from tests.browser.conftest import Person
from tests.browser.house import WITHIN, House
from tests.browser.operator import Operator


@pytest.fixture(scope="module")
async def dock(house: House) -> str:
    """A dock whose aircraft is in the air, hovering on a round of its own: sticks count."""
    config = DockConfig(model="dock3", seed=61, awake=True, flying=True, video=False, latitude=47.09, longitude=8.35)
    return await house.pair(config, "Stick dock")


async def sticks_of(house: House, sn: str) -> list[float]:
    """Where the sticks stand that the dock has heard in the last half second: forward, right, up, clockwise."""
    shown: dict[str, Any] = (await house.docks.dock(sn))["drc"]
    return list(shown["sticks"])


async def at_the_sticks(somebody: Operator, sn: str) -> None:
    await somebody.go(f"/docks/{sn}/sticks")
    await expect(somebody.heading("Sticks of Stick dock")).to_be_visible()


async def taken(somebody: Operator, sn: str) -> None:
    await at_the_sticks(somebody, sn)
    await somebody.button("Take the sticks").click()
    await expect(somebody.page.get_by_text("you have it here")).to_be_visible(timeout=WITHIN * 1000)


async def released(somebody: Operator) -> None:
    await somebody.button("Give the sticks back").click()
    await expect(somebody.button("Take the sticks")).to_be_enabled()


async def test_keys_move_it_only_when_bound_and_never_from_a_hidden_tab(
    house: House, person: Person, dock: str
) -> None:
    theo = await person("theo", "operator")
    await taken(theo, dock)
    show = theo.page.get_by_role("region", name="Sticks", exact=True)
    await expect(show).to_contain_text("Nothing is bound", timeout=WITHIN * 1000)
    await theo.button("Use W A S D and arrows").click()
    await expect(show).to_contain_text("Ready")

    async def moves() -> bool:
        await theo.page.keyboard.down("ArrowUp")  # as a keyboard repeats a key that is held
        return any(await sticks_of(house, dock))

    await until("the dock hears sticks", moves, 30)
    await expect(show).to_contain_text("Moving")
    # Another tab in front: the key is still down
    other = await theo.context.new_page()
    await other.goto("about:blank")
    await other.bring_to_front()
    await theo.page.evaluate("window.dispatchEvent(new Event('blur'))")

    async def neutral() -> bool:
        return not any(await sticks_of(house, dock))

    await until("the dock hears neutral sticks", neutral, 5)
    await asyncio.sleep(1.5)  # and it stays so while the key is held
    assert await neutral()
    await other.close()
    await theo.page.keyboard.up("ArrowUp")
    await released(theo)


async def test_a_forced_take_over_is_told_to_the_loser(person: Person, dock: str) -> None:
    first, second = await person("finn", "operator"), await person("cora", "commander")
    await taken(first, dock)
    await at_the_sticks(second, dock)
    await expect(second.page.get_by_text("finn").first).to_be_visible()
    await second.button("Take by force: sticks").click()
    form = second.page.get_by_role("dialog")
    await form.get_by_label("Reason").fill("Rescue helicopter comes in")
    await second.button("Take it by force", form).click()
    await expect(second.page.get_by_text("you have it here")).to_be_visible(timeout=WITHIN * 1000)
    lost = first.page.get_by_role("dialog")
    await expect(lost).to_contain_text("cora")
    await expect(lost).to_contain_text("Rescue helicopter comes in")
    await released(second)


async def test_a_second_window_of_the_same_person_takes_over_and_the_first_stops(person: Person, dock: str) -> None:
    tina = await person("tina", "operator")
    await taken(tina, dock)
    again = Operator(await tina.context.new_page(), tina.url)
    token = await tina.page.evaluate("sessionStorage.getItem('argus.token')")
    await again.sign_in(token)
    await at_the_sticks(again, dock)
    await expect(again.page.get_by_text("not in this window")).to_be_visible()
    await again.button("Take the sticks here").click()
    await expect(again.page.get_by_text("you have it here")).to_be_visible(timeout=WITHIN * 1000)
    await expect(tina.page.get_by_text("you have it here")).to_be_hidden()
    await released(again)
