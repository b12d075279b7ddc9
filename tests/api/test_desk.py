"""The organisation's desk: members, roles, tokens and the audit log, and that what is ended there ends at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import websockets
from google.cloud.firestore import AsyncClient

from api.security import Role, Tokens
from store.access import Member, MemberList, member_id
from store.access import Tokens as OrgTokens
from store.audit import Audit, AuditEntry
from store.authority import Asker, Authorities
from store.commands import Command, Commands
from store.document import now
from store.events import Events
from store.orgs import Org, Orgs
from timings import Timings

Json = dict[str, Any]
ANN, CLEO = "ann@example", "cleo@example"


@pytest.fixture(autouse=True)
async def ann(database: AsyncClient, org: str) -> None:
    """An organisation with one admin, as `python -m api.seed` makes it."""
    await Orgs(database).put(Org(id=org, name="Rescue"))
    await MemberList(database).put(
        Member(id=member_id(org, ANN), org_id=org, user=ANN, role="admin", status="active", added_by="seed")
    )


@contextlib.asynccontextmanager
async def by_token(served: str, token: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        yield http


@pytest.fixture
async def desk(served: str, tokens: Tokens, org: str) -> AsyncIterator[httpx.AsyncClient]:
    """Ann, by a signed token."""
    async with by_token(served, tokens.make(ANN, org, Role.admin, timedelta(minutes=5))) as http:
        yield http


async def done(answer: httpx.Response, status: int = 200) -> Json:
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def kind(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, kind and field of a problem, which has a cure."""
    problem = answer.json()
    assert problem["cure"], problem
    return answer.status_code, problem["type"].rpartition("/")[2], problem.get("field")


async def added(desk: httpx.AsyncClient, role: str = "operator", user: str = CLEO) -> Json:
    return await done(await desk.post("/v1/org/members", json={"user": user, "role": role}), 201)


async def test_a_member_comes_by_the_first_token_and_makes_others(
    desk: httpx.AsyncClient, served: str, org: str, database: AsyncClient
) -> None:
    made = await added(desk)
    assert (made["status"], made["role"], made["addedBy"]) == ("invited", "operator", ANN)
    assert made["token"].startswith("argus_")
    async with by_token(served, made["token"]) as cleo:
        me = await done(await cleo.get("/v1/me"))
        assert (me["user"], me["org"], me["role"], me["member"]) == (CLEO, org, "operator", True)
        assert (await done(await desk.get(f"/v1/org/members/{CLEO}")))["status"] == "active"
        own = await done(await cleo.post("/v1/org/tokens", json={"name": "tablet", "role": "viewer", "days": 1}), 201)
        async with by_token(served, own["token"]) as tablet:
            assert (await done(await tablet.get("/v1/me")))["role"] == "viewer"
            assert kind(await tablet.post("/v1/flights", json={})) == (403, "role-too-small", "role")
            # A token never makes a greater one than itself
            greater = await tablet.post("/v1/org/tokens", json={"name": "x", "role": "operator"})
            assert kind(greater) == (422, "role-too-great", "role")
        listed = (await done(await cleo.get("/v1/org/tokens")))["items"]
        assert {each["name"] for each in listed} == {"tablet", "invitation"}
        assert all("token" not in each and "hash" not in each for each in listed)
    stored = await OrgTokens(database).get(own["id"])
    assert stored is not None
    assert own["token"].rpartition("_")[2] not in stored.model_dump_json()
    assert kind(await desk.post("/v1/org/members", json={"user": CLEO, "role": "viewer"})) == (
        409, "member-exists", "user",
    )  # fmt: skip


async def test_a_revoked_token_opens_nothing_and_the_others_still_do(desk: httpx.AsyncClient, served: str) -> None:
    made = await added(desk)
    async with by_token(served, made["token"]) as cleo:
        other = await done(await cleo.post("/v1/org/tokens", json={"name": "laptop"}), 201)
        revoked = await done(await cleo.delete(f"/v1/org/tokens/{other['id']}"))
        assert revoked["revokedBy"] == CLEO
        async with by_token(served, other["token"]) as laptop:
            assert kind(await laptop.get("/v1/docks")) == (401, "token-revoked", None)
        assert (await cleo.get("/v1/docks")).status_code == 200
        assert (await done(await cleo.delete(f"/v1/org/tokens/{other['id']}")))["revokedAt"] == revoked["revokedAt"]
        anns = await done(await desk.post("/v1/org/tokens", json={"name": "program"}), 201)
        assert kind(await cleo.delete(f"/v1/org/tokens/{anns['id']}")) == (404, "no-such-token", "id")
        assert kind(await cleo.get(f"/v1/org/tokens/{anns['id']}")) == (404, "no-such-token", "id")
    async with by_token(served, f"argus_{other['id']}_{'x' * 43}") as forged:
        assert kind(await forged.get("/v1/docks")) == (401, "token-invalid", None)


async def test_an_expired_token_says_so(desk: httpx.AsyncClient, served: str, database: AsyncClient) -> None:
    made = await added(desk)
    (token,) = (await done(await desk.get("/v1/org/tokens", params={"user": CLEO})))["items"]
    await OrgTokens(database).patch(token["id"], {"expiresAt": now() - timedelta(seconds=1)})
    async with by_token(served, made["token"]) as cleo:
        assert kind(await cleo.get("/v1/docks")) == (401, "token-expired", None)


async def test_a_smaller_role_holds_at_once_for_tokens_of_both_kinds(
    desk: httpx.AsyncClient, served: str, tokens: Tokens, org: str
) -> None:
    made = await added(desk, "commander")
    signed = tokens.make(CLEO, org, Role.admin, timedelta(minutes=5))
    async with by_token(served, made["token"]) as own, by_token(served, signed) as other:
        for http in (own, other):
            assert (await done(await http.get("/v1/me")))["role"] == "commander"
        await done(await desk.patch(f"/v1/org/members/{made['id']}", json={"role": "viewer"}))
        for http in (own, other):
            assert (await done(await http.get("/v1/me")))["role"] == "viewer"
            assert kind(await http.post("/v1/missions", json={"name": "x"})) == (403, "role-too-small", "role")


async def test_a_removed_member_is_out_with_everything_and_can_be_let_in_again(
    desk: httpx.AsyncClient, served: str, tokens: Tokens, org: str, database: AsyncClient
) -> None:
    made = await added(desk)
    signed = tokens.make(CLEO, org, Role.operator, timedelta(minutes=5))
    authorities = Authorities(database, Events(database, _nobody, Timings()))
    await authorities.take("SN1", org, "flight", Asker(CLEO, "operator"), until=now() + timedelta(minutes=5))
    await authorities.take("SN2", org, "flight", Asker(ANN, "admin"), until=now() + timedelta(minutes=5))
    async with by_token(served, made["token"]) as own, by_token(served, signed) as other:
        assert (await own.get("/v1/docks")).status_code == (await other.get("/v1/docks")).status_code == 200
        gone = await done(await desk.delete(f"/v1/org/members/{CLEO}"))
        assert (gone["status"], gone["removedBy"]) == ("removed", ANN)
        assert kind(await own.get("/v1/docks")) == (401, "token-revoked", None)
        assert kind(await other.get("/v1/docks")) == (401, "member-removed", None)
        assert await authorities.get("SN1") is None
        assert await authorities.get("SN2") is not None
        again = await desk.patch(f"/v1/org/members/{CLEO}", json={"role": "viewer"})
        assert kind(again) == (409, "member-removed", "id")
        assert (await done(await desk.delete(f"/v1/org/members/{CLEO}")))["removedAt"] == gone["removedAt"]

        anew = await added(desk, "viewer")
        async with by_token(served, anew["token"]) as back:
            assert (await done(await back.get("/v1/me")))["role"] == "viewer"
        # What was signed before the removal stays shut
        assert kind(await other.get("/v1/docks")) == (401, "member-removed", None)
        assert kind(await own.get("/v1/docks")) == (401, "token-revoked", None)


async def _nobody(_webhook: str, _org: str) -> None: ...


async def test_the_last_admin_stays_whoever_asks_and_however_many_at_once(desk: httpx.AsyncClient, served: str) -> None:
    assert kind(await desk.delete(f"/v1/org/members/{ANN}")) == (409, "last-admin", "id")
    assert kind(await desk.patch(f"/v1/org/members/{ANN}", json={"role": "viewer"})) == (409, "last-admin", "id")
    made = await added(desk, "admin")
    async with by_token(served, made["token"]) as cleo:
        # Each removes the other at the same moment: one of them is left
        answers = await asyncio.gather(desk.delete(f"/v1/org/members/{CLEO}"), cleo.delete(f"/v1/org/members/{ANN}"))
        assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409]), [a.text for a in answers]
        left = desk if answers[0].status_code == 200 else cleo
        admins = (await done(await left.get("/v1/org/members", params={"role": "admin"})))["items"]
        assert [each["status"] for each in admins].count("active") == 1


@pytest.mark.parametrize("role", [Role.viewer, Role.operator, Role.commander])
async def test_only_an_admin_changes_the_desk(
    desk: httpx.AsyncClient, served: str, tokens: Tokens, org: str, role: Role
) -> None:
    made = await added(desk, role.name)
    async with by_token(served, made["token"]) as http:
        assert {each["user"] for each in (await done(await http.get("/v1/org/members")))["items"]} == {ANN, CLEO}
        for method, path, body in (
            ("POST", "/v1/org/members", {"user": "x", "role": "viewer"}),
            ("PATCH", f"/v1/org/members/{made['id']}", {"role": "admin"}),
            ("DELETE", f"/v1/org/members/{made['id']}", None),
            ("POST", "/v1/org/tokens", {"name": "x", "user": ANN}),
            ("GET", "/v1/audit", None),
            ("GET", "/v1/org", None),
            ("PATCH", "/v1/org", {"name": "Mine"}),
        ):
            answer = await http.request(method, path, json=body)
            assert kind(answer) == (403, "role-too-small", "role"), (method, path)
    # Another organisation's admin finds nobody here
    async with by_token(served, tokens.make("eve", f"{org}-other", Role.admin, timedelta(minutes=1))) as eve:
        assert kind(await eve.delete(f"/v1/org/members/{made['id']}")) == (404, "no-such-member", "id")
        assert kind(await eve.post("/v1/org/tokens", json={"name": "x", "user": CLEO})) == (
            409, "not-a-member", "user",
        )  # fmt: skip


async def test_open_connections_end_with_the_token(desk: httpx.AsyncClient, served: str) -> None:
    made = await added(desk, "viewer")
    socket = await websockets.connect(
        f"{served.replace('http', 'ws')}/v1/live", additional_headers={"Authorization": f"Bearer {made['token']}"}
    )
    async with by_token(served, made["token"]) as cleo, cleo.stream("GET", "/v1/live/sse", timeout=40) as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ": connected"
        await done(await desk.delete(f"/v1/org/members/{CLEO}"))
        async with asyncio.timeout(40):  # at once by the broker; without it with the next look
            said = await socket.recv()
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
            rest = [line async for line in lines if line and not line.startswith(":")]
    assert "revoked" in str(said)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert rest == []


async def test_the_audit_log_is_found_by_person_dock_mission_kind_and_time_and_paged(
    desk: httpx.AsyncClient, org: str, database: AsyncClient
) -> None:
    hour = datetime(2026, 3, 1, 12, tzinfo=UTC)
    audit, commands = Audit(database), Commands(database)
    for minute, (user, action, target, details) in enumerate(
        (
            (ANN, "mission.create", "m1", {}),
            (CLEO, "flight.dispatch", "f1", {"dock": "D1", "mission": "m1"}),
            (CLEO, "dock.unpair", "D2", {}),
        )
    ):
        await audit.put(
            AuditEntry(
                id=f"{org}-{minute}",
                org_id=org,
                user=user,
                role="admin",
                action=action,
                target=target,
                details=details,
                at=hour + timedelta(minutes=2 * minute),
            )
        )
        await commands.put(
            Command(
                tid=f"{org}-c{minute}",
                bid="b",
                sn=f"D{minute}",
                method="cover_open",
                org_id=org,
                workflow_id="debug/D1",
                step="1",
                user=CLEO,
                reason="ice",
                status="refused",
                meaning="no",
                mission_id="m1" if minute else None,
                sent_at=hour + timedelta(minutes=2 * minute + 1),
            )
        )
    await audit.put(AuditEntry(id="other", org_id="somebody-else", user=ANN, role="admin", action="x.y", target="z"))

    async def found(**asked: Any) -> list[str]:
        listed = (await done(await desk.get("/v1/audit", params=asked)))["items"]
        return [each["id"].removeprefix(f"{org}-") for each in listed]

    assert await found() == ["c2", "2", "c1", "1", "c0", "0"]
    assert await found(user=CLEO, kind="dock") == ["2"]
    assert await found(kind="command") == ["c2", "c1", "c0"]
    assert await found(dock="D1") == ["c1", "1"]
    assert await found(mission="m1") == ["c2", "c1", "1", "0"]
    assert await found(since="2026-03-01T12:03:00Z", until="2026-03-01T12:05:00Z") == ["2", "c1"]
    paged: list[str] = []
    after: str | None = None
    while True:
        params: Json = {"limit": 1} | ({"after": after} if after else {})
        page = await done(await desk.get("/v1/audit", params=params))
        paged += [each["id"].removeprefix(f"{org}-") for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert paged == ["c2", "2", "c1", "1", "c0", "0"]
    assert kind(await desk.get("/v1/audit", params={"after": "nowhere"})) == (422, "bad-cursor", "after")
    await added(desk)
    (entry,) = (await done(await desk.get("/v1/audit", params={"kind": "member"})))["items"]
    assert (entry["user"], entry["target"], entry["action"], entry["outcome"]) == (ANN, CLEO, "member.added", "done")


async def test_how_long_things_are_kept_is_set_within_bounds_shown_and_noted(
    desk: httpx.AsyncClient, served: str, tokens: Tokens, org: str, database: AsyncClient
) -> None:
    async def kept() -> dict[str, tuple[float, bool]]:
        found = await done(await desk.get("/v1/org/retention"))
        assert found["sweptEvery"] == Timings().retention_sweep
        return {each["kind"]: (each["days"], each["own"]) for each in found["kinds"]}

    system = {"media": (90, False), "logs": (90, False), "alerts": (90, False), "custom_data": (30, False)}
    system["audit"] = (730, False)
    assert await kept() == system
    await done(await desk.patch("/v1/org/retention", json={"media": 30, "audit": 90}))
    assert await kept() == system | {"media": (30, True), "audit": (90, True)}
    await done(await desk.patch("/v1/org/retention", json={"media": None, "audit": 90, "customData": 30}))
    assert await kept() == system | {"audit": (90, True), "custom_data": (30, True)}
    for body, field in (({"media": 0}, "media"), ({"audit": 89}, "audit"), ({"logs": 3651}, "logs"), ({"x": 1}, "x")):
        assert kind(await desk.patch("/v1/org/retention", json=body)) == (422, "bad-request", field)
    stored = await Orgs(database).get(org)
    assert stored is not None
    assert stored.retention.model_dump(exclude_none=True) == {"audit": 90, "custom_data": 30}
    noted = (await done(await desk.get("/v1/audit", params={"kind": "org"})))["items"]
    assert [(each["action"], each["details"]) for each in noted] == [
        ("org.retention", {"days": {"media": None, "custom_data": 30}, "before": {"media": 30, "custom_data": None}}),
        ("org.retention", {"days": {"media": 30, "audit": 90}, "before": {"media": None, "audit": None}}),
    ]
    async with by_token(served, tokens.make(CLEO, org, Role.commander, timedelta(minutes=5))) as cleo:
        assert kind(await cleo.patch("/v1/org/retention", json={"media": 1})) == (403, "role-too-small", "role")
