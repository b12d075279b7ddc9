"""Whatever is sent to whatever route by whatever role: an answer that the description has, and never a 5xx.

Requests are made from the API's own description, right ones and wrong ones. Half of them name what is there: the things
of the description's examples, which this test puts into the store, so that they come past the first look-up.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import Any, Final

import hypothesis
import pytest
import requests
import schemathesis
from google.cloud.firestore import AsyncClient
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import examples
from api.security import Role, Tokens
from settings import Settings
from store.docks import Dock, Docks
from store.document import now
from store.flights import FlightTask, FlightTasks, Wayline, Waylines, kmz_key
from store.missions import Mission, Missions
from store.objects import Objects
from store.orgs import Org, Orgs
from store.relays import Relay, Relays
from tests.api.test_openapi import DESCRIBED
from tests.api.test_waylines import kmz

ORG: Final = "fuzz"
REQUESTS: Final = int(os.environ.get("FUZZ_REQUESTS", "6"))  # of a route
ENDLESS: Final = "/v1/live/sse"
CHECKS: Final = [not_a_server_error, content_type_conformance, status_code_conformance, response_schema_conformance]
LAST: Final = ("delete",)  # what is taken away is taken last
NAMES: Final = ("sn", "dockSn", "docks", "waylineId", "packages", "mission", "missionId")


@pytest.fixture(scope="module")
async def things(settings: Settings, database: AsyncClient) -> None:
    """A mission with two docks that are offline, a wayline, a flight that broke off and a relay."""
    data = kmz()
    key = kmz_key(ORG, examples.WAYLINE)
    await Objects.of(settings).put(key, data)
    await Orgs(database).put(Org(id=ORG, name="Fuzz", seats=1000))
    for sn in (examples.DOCK, examples.NEXT_DOCK):
        await Docks(database).put(
            Dock(sn=sn, org_id=ORG, product="3-3-0", model="dock3", mission_id=examples.MISSION, bound_at=now())
        )
    mission = Mission(id=examples.MISSION, org_id=ORG, name="Fuzz", room=examples.MISSION, created_by="x")
    await Missions(database).put(mission)
    await Waylines(database).put(
        Wayline(id=examples.WAYLINE, org_id=ORG, name="ridge", object_key=key, md5="0" * 32, size=len(data),
                aircraft="0-100-1", waypoints=2, length_m=100, exit_wayline_when_rc_lost=1, uploaded_by="x")
    )  # fmt: skip
    await FlightTasks(database).put(
        FlightTask(id=examples.FLIGHT, org_id=ORG, mission_id=examples.MISSION, dock_sn=examples.DOCK, name="ridge",
                   wayline_id=examples.WAYLINE, status="canceled", break_point={"index": 1}, requested_by="x")
    )  # fmt: skip
    await Relays(database).put(
        Relay(id=examples.RELAY, org_id=ORG, mission_id=examples.MISSION, name="ridge", docks=[examples.DOCK],
              length_m=100, rth_altitude=100, legs=[], requested_by="x")
    )  # fmt: skip


def named(body: Any) -> Any:
    """The same with the names of things that are there."""
    if isinstance(body, dict):
        return {
            key: examples.FIELDS.get(key, value) if key in NAMES and type(value) in (str, list) else named(value)
            for key, value in body.items()
        }
    return body


def operations() -> list[Any]:
    every: Any = schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()
    found = [result.ok() for result in every if result.ok().path != ENDLESS]
    return sorted(found, key=lambda operation: operation.method in LAST)


def fuzz(operation: Any, url: str, tokens: dict[Role, str], session: requests.Session) -> None:
    """Raises what schemathesis found wrong with an answer."""
    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=REQUESTS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=right | wrong, role=st.sampled_from(Role), known=st.booleans())
    def one(case: Any, role: Role, known: bool) -> None:
        if known:
            case.body = named(case.body)
            case.path_parameters |= {name: examples.IDS[name] for name in case.path_parameters if name in examples.IDS}
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        answer = case.call(base_url=url, session=session, headers=headers, timeout=20)
        case.validate_response(answer, checks=CHECKS)

    one()


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
async def test_no_request_is_too_odd(operation: Any, served: str, worker: None, things: None, tokens: Tokens) -> None:
    made = {role: tokens.make(f"{role.name}@example", ORG, role, timedelta(minutes=5)) for role in Role}
    with requests.Session() as session:
        await asyncio.to_thread(fuzz, operation, served, made, session)
