"""Docks that are held: looked up again before it is time, and gone on with as the store has them."""

from __future__ import annotations

import uuid

from google.cloud.firestore import AsyncClient

from bridge.devices import EARLY, RELOOK, Devices
from bridge.projection import Projector
from store.docks import AircraftRepository, Dock, Docks
from timings import Timings

SOON = RELOOK - EARLY + 1


async def test_a_dock_is_looked_up_again_in_time_and_its_picture_kept(store: AsyncClient) -> None:
    docks, at = Docks(store), [1000.0]
    devices = Devices(docks, AircraftRepository(store), Projector(Timings(), lambda: at[0]), lambda: at[0])
    sns = [f"T{uuid.uuid4().hex[:13].upper()}" for _ in range(3)]
    stays, moves, leaves = [Dock(sn=sn, org_id="one", osd={"mode_code": 0}) for sn in sns]
    for dock in (stays, moves, leaves):
        await docks.put(dock)
        known = await devices.dock(dock.sn)
        assert known is not None
        known.projection.picture.take("osd", {"wind_speed": 3.0})
        known.heard_here = at[0] + 1
    await docks.patch(stays.sn, {"aircraftSn": "A1", "online": True})
    await docks.patch(moves.sn, {"orgId": "two"})
    await docks.delete(leaves.sn)
    at[0] += SOON
    await devices.look_again()
    at[0] += EARLY  # more than `RELOOK` since the first look
    here, there = devices.dock_at_hand(stays.sn), devices.dock_at_hand(moves.sn)
    assert here is not None
    assert here.projection.picture.osd == {"mode_code": 0, "wind_speed": 3.0}
    assert (here.aircraft_sn, here.online) == ("A1", True)
    assert there is not None
    assert (there.org_id, there.projection.picture.osd) == ("two", {"mode_code": 0})
    assert devices.held_dock(leaves.sn) is None
    assert devices.is_unknown(leaves.sn) is False  # for a moment only; then it may have been paired anew
