"""What each role is offered; that the API enforces it is tested in tests/api/test_roles.py."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from simulator.config import DockConfig
from tests.browser.conftest import Person
from tests.browser.house import House


@pytest.fixture(scope="module")
async def dock(house: House) -> str:
    config = DockConfig(model="dock2", seed=42, awake=True, video=False, latitude=47.06, longitude=8.32)
    return await house.pair(config, "Roles dock")


@pytest.fixture(scope="module")
async def mission(house: House, dock: str) -> str:
    return await house.mission("Roles mission", [dock])


@pytest.mark.parametrize("role", ["viewer", "operator", "commander", "admin"])
async def test_missions_are_made_and_ended_by_who_may(person: Person, mission: str, role: str) -> None:
    somebody = await person(f"m-{role}", role)
    await somebody.go(f"/missions/{mission}")
    await expect(somebody.heading("Roles mission")).to_be_visible()
    end = somebody.button("End mission")
    may = role in ("commander", "admin")
    await expect(end).to_be_enabled(enabled=may)
    if not may:
        await expect(end).to_have_attribute("title", f"This needs the role commander; yours is {role}.")


@pytest.mark.parametrize("role", ["viewer", "operator", "commander", "admin"])
async def test_sticks_are_for_operators_and_force_for_commanders(person: Person, dock: str, role: str) -> None:
    somebody = await person(f"s-{role}", role)
    await somebody.go(f"/docks/{dock}/sticks")
    take = somebody.button("Take the sticks")
    await expect(take).to_be_enabled(enabled=role != "viewer")


@pytest.mark.parametrize("role", ["operator", "admin"])
async def test_people_are_an_admin_s_matter(person: Person, role: str) -> None:
    somebody = await person(f"p-{role}", role)
    await somebody.go("/people")
    await expect(somebody.heading("People")).to_be_visible()
    add = somebody.button("Add a member")
    await expect(add).to_be_enabled(enabled=role == "admin")


async def test_a_role_that_is_lowered_shows_with_the_next_look(house: House, person: Person) -> None:
    leo = await person("leo", "commander")
    await expect(leo.page.get_by_role("navigation", name="Main")).to_contain_text("commander")
    await house.outside.call("PATCH", "/v1/org/members/leo", json={"role": "viewer"})
    await expect(leo.page.get_by_role("navigation", name="Main")).to_contain_text("viewer")
