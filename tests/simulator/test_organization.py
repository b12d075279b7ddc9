"""Registration: from the text of a QR code to being online."""

from __future__ import annotations

import pytest

import dji
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator.config import QrCode
from simulator.dock import SimDock
from tests.simulator.cloud import CODE, ORG, Cloud
from tests.simulator.conftest import MakeDock

WALK = ["config", "airport_bind_status", "airport_organization_get", "airport_organization_bind"]


def requests(cloud: Cloud, dock: SimDock) -> list[str]:
    return [m.method for m in cloud.heard if m.kind is Kind.REQUESTS and m.sn == dock.sn]


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_a_dock_that_knows_only_its_qr_code_walks_all_steps_and_is_online(
    cloud: Cloud, make_dock: MakeDock, model: DockModel
) -> None:
    dock = await make_dock(model=model)
    topology = await cloud.hear(lambda m: m.kind is Kind.STATUS and m.sn == dock.sn)
    assert requests(cloud, dock) == WALK
    assert topology.raw["sub_devices"] == []
    assert topology.raw["type"] == dock.model.type
    bind = next(m for m in cloud.heard if m.method == WALK[-1] and m.sn == dock.sn)
    devices = bind.raw["bind_devices"]
    assert {d["sn"] for d in devices} == {dock.sn, dock.aircraft_sn}
    assert {d["device_model_key"] for d in devices} == {dock.model.key, dock.aircraft_key}
    assert {(d["organization_id"], d["device_binding_code"]) for d in devices} == {(ORG, CODE)}


async def test_a_bound_dock_2_goes_straight_online_and_a_dock_3_walks_again(cloud: Cloud, make_dock: MakeDock) -> None:
    second = await make_dock(model="dock2", bound=True)
    third = await make_dock(model="dock3", bound=True)
    assert requests(cloud, second) == []
    assert requests(cloud, third) == WALK


async def test_a_lost_connection_is_made_again_in_about_a_second(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(model="dock2")
    cloud.forget()
    dock.link.cut()
    await dock.wait_for(lambda d: d.link.connects == 2 and d.online, timeout=4)
    assert requests(cloud, dock) == []


@pytest.mark.parametrize("method", WALK[1:])
async def test_a_refused_step_stops_the_registration(cloud: Cloud, make_dock: MakeDock, method: str) -> None:
    cloud.results[method] = 210231
    dock = await make_dock(until="refused")
    assert dock.problem == f"{method}: result 210231"
    assert not dock.memory.bound
    assert not cloud.all(Kind.STATUS, "update_topo", dock.sn)


async def test_an_error_for_one_device_stops_the_registration(cloud: Cloud, make_dock: MakeDock) -> None:
    def refuse_first(message: dji.Message) -> dict[str, object]:
        sns = [device["sn"] for device in message.raw["bind_devices"]]
        return {"err_infos": [{"sn": sns[0], "err_code": 210242}, {"sn": sns[1], "err_code": 0}]}

    cloud.answers["airport_organization_bind"] = refuse_first
    dock = await make_dock(until="refused")
    assert "210242" in (dock.problem or "")


async def test_an_unanswered_request_is_made_three_times_three_seconds_apart(cloud: Cloud, make_dock: MakeDock) -> None:
    cloud.answers["config"] = None
    dock = await make_dock(until=None)
    await dock.wait_for(lambda d: d.problem is not None)
    asked = cloud.all(Kind.REQUESTS, "config", dock.sn)
    assert len({m.tid for m in asked}) == 3
    assert len({m.bid for m in asked}) == 1
    assert (asked[2].timestamp or 0) - (asked[0].timestamp or 0) == pytest.approx(6000, abs=500)


async def test_a_dock_with_a_wrong_password_keeps_trying_and_says_so(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(until=None, qr=cloud.qr(password="wrong"))
    await dock.wait_for(lambda d: d.link.last_error is not None)
    assert dock.phase in ("connecting", "off")


def test_a_qr_code_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="device_binding_code"):
        QrCode.read('{"v":1,"mqtt":"tcp://h:1","account":"a","password":"b","organization_id":"c"}')


async def test_a_bound_dock_remembers_it_over_a_restart_of_the_simulator(
    cloud: Cloud, make_dock: MakeDock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("memory")
    first = await make_dock(model="dock1", seed=77, state_dir=folder)
    await first.stop()
    cloud.forget()
    again = await make_dock(model="dock1", seed=77, state_dir=folder)
    assert requests(cloud, again) == []
    assert again.memory.boots == 2
