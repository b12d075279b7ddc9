"""From the first request to online: what a dock asks while it joins, and who hears that it is there."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from settings import Settings
from store.docks import AircraftRepository, Docks
from store.document import now
from store.orgs import Org, Orgs
from store.pairings import Pairing, Pairings, PairingStatus, code_hash
from store.seal import Seal
from tests.bridge.conftest import SpokenDock, bind, heard, listening
from tests.waiting import eventually
from workflows.names import auto_stream_id, dock_id, pairing_id

pytestmark = pytest.mark.usefixtures("bridge")


async def open_pairing(store: AsyncClient, org: Org, status: PairingStatus = "waiting") -> tuple[Pairing, str]:
    code = uuid.uuid4().hex[:12].upper()
    pairing = Pairing(
        id=uuid.uuid4().hex,
        org_id=org.id,
        display_name="Roof",
        requested_by="anna",
        status=status,
        expires_at=now() + timedelta(minutes=15),
        binding_code_hash=code_hash(code),
    )
    await Pairings(store).put(pairing)
    return pairing, code


def bind_data(dock: SpokenDock, code: str, org: Org) -> dict[str, Any]:
    return {
        "bind_devices": [
            {
                "device_binding_code": code,
                "organization_id": org.id,
                "device_callsign": "Roof",
                "sn": sn,
                "device_model_key": key,
            }
            for sn, key in ((dock.sn, "3-3-0"), (dock.aircraft_sn, "0-100-1"))
        ]
    }


async def test_config_is_flat_and_carries_the_application(dock: SpokenDock) -> None:
    answer = await dock.request("config", {"config_type": "json", "config_scope": "product"})
    assert answer["ntp_server_host"]
    assert answer["ntp_server_port"] == 123
    assert {"app_id", "app_key", "app_license"} <= answer.keys()
    assert "output" not in answer


async def test_bind_status_of_a_stranger_and_of_a_bound_dock(bound: SpokenDock, org: Org) -> None:
    answer = await bound.request("airport_bind_status", {"devices": [{"sn": bound.sn}, {"sn": "NOBODY"}]})
    ours, stranger = answer["output"]["bind_status"]
    assert (ours["is_device_bind_organization"], ours["organization_name"]) == (True, org.name)
    assert ours["device_callsign"] == "Roof"
    assert (stranger["sn"], stranger["is_device_bind_organization"]) == ("NOBODY", False)


async def test_the_saga_answers_get_and_bind(dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client) -> None:
    pairing, code = await open_pairing(store, org)
    saga = await listening(
        sagas,
        pairing_id(pairing.id),
        {
            "organization_get": {"result": 0, "organization_name": org.name},
            "organization_bind": {
                "result": 0,
                "organization_name": org.name,
                "errors": [{"sn": dock.sn, "err_code": 0}, {"sn": dock.aircraft_sn, "err_code": 0}],
            },
        },
    )
    asked = {"device_binding_code": code, "organization_id": org.id}
    answer = await dock.request("airport_organization_get", asked)
    assert answer == {"result": 0, "output": {"organization_name": org.name}}
    answer = await dock.request("airport_organization_bind", bind_data(dock, code, org))
    assert answer["result"] == 0
    assert answer["output"]["err_infos"] == [
        {"sn": dock.sn, "err_code": 0},
        {"sn": dock.aircraft_sn, "err_code": 0},
    ]
    updates = dict(await saga.query("asked"))
    assert code not in str(updates)
    assert updates["organization_bind"]["devices"][0] == {"sn": dock.sn, "model_key": "3-3-0", "callsign": "Roof"}


async def test_a_refusal_of_the_saga_reaches_the_dock_for_each_device(
    dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    pairing, code = await open_pairing(store, org)
    await listening(sagas, pairing_id(pairing.id), {"organization_bind": {"result": 210242}})
    answer = await dock.request("airport_organization_bind", bind_data(dock, code, org))
    assert answer["result"] == 210242
    assert {error["err_code"] for error in answer["output"]["err_infos"]} == {210242}


@pytest.mark.parametrize(("status", "result"), [("expired", 210240), ("paired", 210241), ("cancelled", 210229)])
async def test_a_pairing_that_has_ended_says_how(
    dock: SpokenDock, store: AsyncClient, org: Org, status: PairingStatus, result: int
) -> None:
    _, code = await open_pairing(store, org, status)
    asked = {"device_binding_code": code, "organization_id": org.id}
    assert (await dock.request("airport_organization_get", asked))["result"] == result


async def test_an_unknown_code_and_a_dock_of_another_organisation_are_refused(
    bound: SpokenDock, dock: SpokenDock, store: AsyncClient, org: Org
) -> None:
    asked = {"device_binding_code": "WRONG", "organization_id": org.id}
    assert (await dock.request("airport_organization_get", asked))["result"] == 210229
    theirs = {"device_binding_code": "WRONG", "organization_id": "another"}
    assert (await bound.request("airport_organization_get", theirs))["result"] == 210231


async def test_a_pairing_shows_why_the_dock_that_had_its_code_was_refused(
    bound: SpokenDock, store: AsyncClient, org: Org
) -> None:
    others = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue South")
    await Orgs(store).put(others)
    pairing, code = await open_pairing(store, others)
    asked = {"device_binding_code": code, "organization_id": others.id}
    assert (await bound.request("airport_organization_get", asked))["result"] == 210231
    shown = await Pairings(store).get(pairing.id)
    assert shown is not None
    assert shown.refusal is not None
    assert (shown.refusal.sn, shown.refusal.code) == (bound.sn, 210231)
    assert shown.refusal.cure == "Have that organisation unpair it first."


async def test_the_application_is_that_of_who_waits_for_this_very_dock(
    dock: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    seal = Seal.of(settings)
    own = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue East", dji_app_id="142357")
    own.dji_app_key_sealed, own.dji_app_license_sealed = seal.close("key"), seal.close("licence")
    await Orgs(store).put(own)
    await open_pairing(store, org)
    pairing, _ = await open_pairing(store, own)
    await Pairings(store).patch(pairing.id, {"expectedSn": dock.sn})
    answer = await dock.request("config", {"config_type": "json", "config_scope": "product"})
    assert (answer["app_id"], answer["app_key"], answer["app_license"]) == ("142357", "key", "licence")


async def test_binding_again_is_a_success_without_a_saga(dock: SpokenDock, store: AsyncClient, org: Org) -> None:
    pairing, code = await open_pairing(store, org, "paired")
    await bind(dock, store, org, pairing_id=pairing.id)
    asked = {"device_binding_code": code, "organization_id": org.id}
    assert (await dock.request("airport_organization_get", asked))["result"] == 0
    assert (await dock.request("airport_organization_bind", bind_data(dock, code, org)))["result"] == 0


async def test_a_slow_saga_costs_an_error_in_time_and_its_answer_stands_for_the_next_ask(
    dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    pairing, code = await open_pairing(store, org)
    saga = await listening(
        sagas, pairing_id(pairing.id), {"delay": 1.5, "organization_get": {"result": 0, "organization_name": "N"}}
    )
    asked = {"device_binding_code": code, "organization_id": org.id}
    assert (await dock.request("airport_organization_get", asked))["result"] == 299999
    assert len(await saga.query("asked")) == 1


async def test_what_we_do_not_serve_is_refused_at_once(dock: SpokenDock) -> None:
    assert await dock.request("some_new_method", {"a": 1}) == {"result": 210003}
    assert await dock.request("flight_areas_get", None) == {"result": 0}
    assert await dock.request("offline_map_get", {}) == {"result": 0}


async def test_topology_is_answered_also_for_a_stranger_who_gets_no_document(
    dock: SpokenDock, store: AsyncClient
) -> None:
    reply = await dock.topology()
    assert reply["data"] == {"result": 0}
    assert reply["topic"] == f"sys/product/{dock.sn}/status_reply"
    assert await Docks(store).get(dock.sn) is None


async def test_a_bound_dock_comes_online_and_whoever_waits_hears_of_it(
    dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    pairing, _ = await open_pairing(store, org, "bound")
    await bind(dock, store, org, pairing_id=pairing.id, paired_at=None, mission_id="m1")
    pairs = await listening(sagas, pairing_id(pairing.id))
    streams = await listening(sagas, auto_stream_id(dock.sn))
    await dock.topology(awake=True)

    document = await eventually(lambda: _online(store, dock.sn))
    assert (document.product, document.model, document.aircraft_sn) == ("3-3-0", "dock3", dock.aircraft_sn)
    assert document.aircraft_online
    assert document.org_id == org.id
    for saga in (pairs, streams, sagas.get_workflow_handle(dock_id(dock.sn))):
        facts = await eventually(lambda saga=saga: heard(saga, "presence"))  # type: ignore[misc]
        assert facts[-1]["online"] is True
        assert facts[-1]["aircraft_online"] is True
    aircraft = await AircraftRepository(store).get(dock.aircraft_sn)
    assert aircraft is not None
    assert (aircraft.dock_sn, aircraft.product, aircraft.online) == (dock.sn, "0-100-1", True)

    await dock.topology(awake=False)

    async def asleep() -> bool:
        facts = await heard(streams, "presence")
        return bool(facts[-1]["online"] and not facts[-1]["aircraft_online"])

    await eventually(asleep)

    async def told() -> bool:
        document = await Docks(store).get(dock.sn)
        return document is not None and document.presence_told

    await eventually(told)


async def test_a_pairing_hears_of_a_dock_that_was_online_all_the_time(
    dock: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    pairing, _ = await open_pairing(store, org, "bound")
    earlier = now() - timedelta(days=1)
    await bind(dock, store, org, pairing_id=pairing.id, paired_at=earlier, bound_at=now(), online=True)
    saga = await listening(sagas, pairing_id(pairing.id))
    await dock.topology()
    (fact,) = await eventually(lambda: heard(saga, "presence"))
    assert fact["online"] is True


async def _online(store: AsyncClient, sn: str) -> Any:
    document = await Docks(store).get(sn)
    return document if document is not None and document.online else None
