"""On-aircraft AI by REST and by `argus ai`: what is sent, what is shown, what is refused before anything is sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from simulator.scenario import Rule
from store.audit import AuditEntry
from store.webhooks import Deliveries, Webhook, Webhooks
from tests.drc.conftest import House, connected
from tests.waiting import eventually

Json = dict[str, Any]


async def ask(
    house: House, method: str, sn: str, path: str = "", body: Json | None = None, role: Role = Role.operator
) -> Json:
    """What a route of a dock's AI says, with `httpStatus`."""
    headers = {"Authorization": f"Bearer {house.api.token(house.org, role, 'ann')}"}
    async with httpx.AsyncClient(base_url=house.api.url, headers=headers, trust_env=False, timeout=60) as http:
        answer = await http.request(method, f"/v1/docks/{sn}/ai{path}", json=body)
    return dict(answer.json()) | {"httpStatus": answer.status_code}


async def argus(house: House, *words: str) -> tuple[int, str]:
    before = ["--api", house.api.url, "--token", house.api.token(house.org, Role.operator, "ann")]
    done = await asyncio.to_thread(CliRunner().invoke, app, [*before, "ai", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout + done.stderr


async def test_recognition_is_switched_and_shown_as_the_aircraft_says_it(drc: House) -> None:
    webhooks = Webhooks(drc.store)
    hook = Webhook(
        id=f"hook-{drc.org}", org_id=drc.org, url="http://127.0.0.1:9/", events=["ai.*"], secret_sealed="unused",
        created_by="ann",
    )  # fmt: skip
    await webhooks.put(hook)
    async with drc.dock() as sim, drc.down(sim.sn) as sent:
        before = await ask(drc, "GET", sim.sn, role=Role.viewer)
        assert (before["httpStatus"], before["at"], before["on"]) == (200, None, None)
        said = await ask(
            drc, "PATCH", sim.sn, body={"on": True, "model": 1, "filters": [2, 3], "scoreMode": "search", "score": 66}
        )
        assert said["httpStatus"] == 200, said
        assert (said["on"], said["model"], said["filters"], said["score"]) == (True, 1, [2, 3], 66)
        assert [each["name"] for each in said["models"]] == ["Built-in", "Fire and smoke"]
        assert [message["method"] for message in sent if message["method"].startswith("drc_ai_")] == [
            "drc_ai_identify_set", "drc_ai_model_select", "drc_ai_identify_filter_set",
            "drc_ai_identify_score_mode_set", "drc_ai_identify_score_set",
        ]  # fmt: skip
        assert (sim.ai.on, sim.ai.model, sim.ai.filters, sim.ai.score) == (True, 1, [2, 3], 66)
        assert (await drc.authority(sim.sn)).payload is None, "it was taken for the moment only"
        shown = await ask(drc, "GET", sim.sn, role=Role.viewer)
        assert (shown["on"], shown["score"]) == (True, 66)
        noted = [entry async for entry in drc.audited(sim.sn) if entry.action == "drc.command"]
        assert {_method(entry) for entry in noted} >= {"drc_ai_identify_set", "drc_ai_model_select"}
        assert {entry.user for entry in noted} == {"ann"}
        told = [json.loads(each.payload) for each in await Deliveries(drc.store).find(webhookId=hook.id)]
        assert any(event["type"] == "ai.changed" and event["data"]["identify_on"] == 1 for event in told)
        off = await ask(drc, "PATCH", sim.sn, body={"on": False, "resetScore": True})
        assert (off["on"], off["score"], sim.ai.on) == (False, 50, False)
        unknown = await ask(drc, "PATCH", sim.sn, body={"model": 7})
        assert (unknown["httpStatus"], unknown["field"]) == (422, "model")
        assert "1 (Fire and smoke)" in unknown["cure"]
    await webhooks.delete(hook.id)


async def test_a_target_is_followed_beside_an_open_connection_which_is_left_alone(drc: House) -> None:
    async with drc.dock() as sim:
        taken = await drc.take(sim.sn, "ann", "payload")
        async with connected(taken) as operator:
            refused = await ask(drc, "POST", sim.sn, "/follow", {"target": 3})
            assert (refused["httpStatus"], refused["code"], refused["field"]) == (502, 327022, "target")
            assert (await ask(drc, "PATCH", sim.sn, body={"spotlight": True}))["following"] == "choosing"
            followed = await ask(drc, "POST", sim.sn, "/follow", {"target": 3})
            assert (followed["following"], sim.ai.target) == ("following", 3)
            framed = {"frame": {"x": 0.5, "y": 0.4, "width": 0.1, "height": 0.2}}
            assert (await ask(drc, "POST", sim.sn, "/follow", framed))["following"] == "confirming"
            assert (await ask(drc, "POST", sim.sn, "/follow/confirm"))["following"] == "following"
            assert (await ask(drc, "DELETE", sim.sn, "/follow"))["following"] == "choosing"
            assert operator.closed is None
            assert (await operator.command("drc_ai_spotlight_zoom_set", on=0))["ok"]
        held = (await drc.authority(sim.sn)).payload
        assert held is not None
        assert held.user == "ann", "what she had before stays hers"


@pytest.mark.parametrize("model", ["dock1", "dock2"])
async def test_docks_without_it_say_so_and_are_sent_nothing(drc: House, model: str) -> None:
    async with drc.dock(model) as sim, drc.down(sim.sn) as sent:
        for method, path, body in (
            ("PATCH", "", {"on": True}), ("POST", "/follow", {"target": 1}), ("DELETE", "/follow", None),
        ):  # fmt: skip
            refused = await ask(drc, method, sim.sn, path, body)
            assert refused["httpStatus"] == 409
            assert refused["type"].endswith("/not-supported")
            assert refused["cure"]
        assert sent == []
        assert (await drc.authority(sim.sn)).payload is None


async def test_what_cannot_be_done_now_is_refused_before_anything_is_sent(drc: House) -> None:
    async with drc.dock(flying=False) as sim, drc.down(sim.sn) as sent:
        refused = await ask(drc, "PATCH", sim.sn, body={"on": True})
        assert refused["type"].endswith("/aircraft-off")
        assert (await ask(drc, "PATCH", sim.sn, body={"on": True}, role=Role.viewer))["httpStatus"] == 403
        for body, field in (({}, None), ({"score": 101}, "score"), ({"scoreMode": "best"}, "scoreMode")):
            wrong = await ask(drc, "PATCH", sim.sn, body=body)
            assert wrong["httpStatus"] == 422
            assert field is None or field in json.dumps(wrong)
        assert (await ask(drc, "POST", sim.sn, "/follow", {}))["httpStatus"] == 422
        assert sent == []
    async with drc.dock() as sim:
        await drc.take(sim.sn, "bob", "payload")
        held = await ask(drc, "PATCH", sim.sn, body={"on": True})
        assert (held["httpStatus"], held["type"].rpartition("/")[2]) == (409, "authority-held")
        assert "bob" in held["detail"]
        await drc.authorities.release(sim.sn, None, why="given back")


async def test_a_dock_that_does_not_answer_is_named(drc: House) -> None:
    async with drc.dock() as sim:
        sim.scenario.rules.append(Rule(on="command", method="drc_ai_identify_set", do="silence"))
        silent = await ask(drc, "PATCH", sim.sn, body={"on": True})
        assert (silent["httpStatus"], silent["field"]) == (504, "on")
        assert not sim.ai.on


async def test_argus_ai(drc: House) -> None:
    async with drc.dock() as sim:
        code, said = await argus(drc, "show", sim.sn)
        assert (code, "not said anything" in said) == (0, True)
        code, said = await argus(drc, "set", sim.sn, "--on", "--kind", "2", "--score", "70", "--spotlight")
        assert code == 0, said
        assert "recognition: on" in said
        assert "2 person" in said
        code, said = await argus(drc, "follow", sim.sn, "1", "--json")
        assert (code, json.loads(said)["following"]) == (0, "following")
        code, said = await argus(drc, "follow", sim.sn, "--stop")
        assert (code, sim.ai.target) == (0, None)
        assert (await argus(drc, "follow", sim.sn))[0] == 2
        await eventually(lambda: _free(drc, sim.sn))


async def _free(house: House, sn: str) -> bool:
    return (await house.authority(sn)).payload is None


def _method(entry: AuditEntry) -> str:
    return str(entry.details["method"])
