"""`/v1/commands`: who told which dock what, when, why, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.firestore import AsyncClient

from api.security import Role
from store.commands import Command, Commands
from tests.api.conftest import As

HOUR = datetime(2026, 3, 1, 12, tzinfo=UTC)


def command(org: str, **given: Any) -> Command:
    known = {
        "tid": uuid4().hex, "bid": "flight-1", "sn": "D1", "method": "flighttask_prepare", "org_id": org,
        "workflow_id": "flight/flight-1", "step": "prepare", "user": "ann", "reason": "survey", "sent_at": HOUR,
    }  # fmt: skip
    return Command(**known | given)


@pytest.fixture
async def sent(database: AsyncClient, org: str) -> list[Command]:
    made = [
        command(org, status="accepted", result=0),
        command(org, method="flighttask_execute", status="refused", result=314000, sent_at=HOUR + timedelta(minutes=1)),
        command(org, sn="D2", bid="flight-2", status="unanswered", sent_at=HOUR + timedelta(minutes=2)),
        command("somebody-else"),
    ]
    for one in made:
        await Commands(database).put(one)
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [2, 1, 0]),
        ({"dock": "D1"}, [1, 0]),
        ({"flight": "flight-2"}, [2]),
        ({"method": "flighttask_execute"}, [1]),
        ({"status": "refused"}, [1]),
        ({"since": "2026-03-01T12:01:00Z"}, [2, 1]),
        ({"until": "2026-03-01T12:01:00Z"}, [0]),
        ({"since": "2026-03-01T12:00:30Z", "until": "2026-03-01T13:01:30+01:00", "dock": "D1"}, [1]),
    ],
)
async def test_commands_are_found_by_dock_flight_method_status_and_time(
    as_role: As, sent: list[Command], asked: dict[str, str], found: list[int]
) -> None:
    answer = await as_role(Role.viewer).get("/v1/commands", params=asked)
    assert answer.status_code == 200, answer.text
    assert [item["tid"] for item in answer.json()["items"]] == [sent[at].tid for at in found]


async def test_a_command_says_who_when_why_and_what_came_of_it(as_role: As, sent: list[Command]) -> None:
    item = (await as_role(Role.viewer).get("/v1/commands", params={"status": "refused"})).json()["items"][0]
    assert (item["user"], item["reason"], item["status"], item["result"]) == ("ann", "survey", "refused", 314000)
    assert datetime.fromisoformat(item["sentAt"]) == HOUR + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"status": "maybe"}, "status"), ({"since": "yesterday"}, "since"), ({"since": "2026-03-01T12:00:00"}, "since"),
     ({"limit": "0"}, "limit"), ({"after": "nowhere"}, "after"), ({"after": "no/name"}, "after")],
)  # fmt: skip
async def test_a_wrong_filter_is_named(as_role: As, asked: dict[str, str], field: str) -> None:
    answer = await as_role(Role.viewer).get("/v1/commands", params=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["cure"]
