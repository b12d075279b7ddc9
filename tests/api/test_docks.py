"""Lists of docks: by mission, by the one word of their status, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from google.cloud.firestore import AsyncClient

from api.security import Role
from store.dock_status import Status
from store.docks import Dock, Docks
from store.document import now
from tests.api.conftest import As

WORDS: tuple[Status, ...] = get_args(Status)


@pytest.fixture
async def docks(database: AsyncClient, org: str) -> None:
    """Two of each status, one of them in a mission; another organisation's are there too."""
    for owner in (org, f"{org}-other"):
        for number, word in enumerate(WORDS):
            for mission in (None, "ridge"):
                sn = f"{owner}-{word}-{mission or 'none'}"
                at = now() - timedelta(minutes=number)
                dock = Dock(sn=sn, org_id=owner, status=word, online=word != "offline", mission_id=mission, bound_at=at)
                await Docks(database).put(dock)


@pytest.mark.parametrize("word", WORDS)
async def test_docks_of_one_status_are_found(as_role: As, docks: None, org: str, word: Status) -> None:
    viewer = as_role(Role.viewer)

    async def listed(**asked: Any) -> set[str]:
        answer = await viewer.get("/v1/docks", params={"status": word} | asked)
        assert answer.status_code == 200, answer.text
        assert {each["status"] for each in answer.json()["items"]} <= {word}
        return {each["sn"] for each in answer.json()["items"]}

    assert await listed() == {f"{org}-{word}-none", f"{org}-{word}-ridge"}
    assert await listed(mission="ridge") == {f"{org}-{word}-ridge"}
    assert len(await listed(online=word != "offline")) == 2
    assert await listed(online=word == "offline") == set()
    first = (await viewer.get("/v1/docks", params={"status": word, "limit": 1})).json()
    second = (await viewer.get("/v1/docks", params={"status": word, "limit": 1, "after": first["next"]})).json()
    assert {each["sn"] for each in first["items"] + second["items"]} == await listed()
    assert second["next"] is None


async def test_a_word_that_is_no_status_is_named_with_those_that_are(as_role: As) -> None:
    refused = await as_role(Role.viewer).get("/v1/docks", params={"status": "busy"})
    assert (refused.status_code, refused.json()["field"]) == (422, "status")
    assert "in_operation" in refused.json()["detail"]
