"""The demo dock: a simulated Dock 3 on this machine that an admin switches on, and that is paired like any other."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import httpx
from fastapi import APIRouter, Response
from pydantic import Field

from api.body import Body, View
from api.deps import Admin, Parts, PartsDep
from api.docks import unpair_dock
from api.pairing import StartPairing, begin_pairing, cancel_pairing, qr_content
from api.problems import Refused
from api.security import Principal
from process import trust

router = APIRouter(prefix="/v1/demo-dock", tags=["docks"])

SN: Final = "DEMO-DOCK-001"
AIRCRAFT_SN: Final = "DEMO-AIRCRAFT-001"
PLACE: Final = {"latitude": 47.0502, "longitude": 8.3093}
ANSWER_WITHIN: Final = 15.0  # s; a dock that is switched on encodes its first picture on a busy machine


class Switch(Body):
    enabled: bool = Field(examples=[True])


class DemoDockView(View):
    """`enabled`: the simulated dock is powered on. It is of use once it is `paired` and `online`."""

    sn: str = Field(examples=[SN])
    enabled: bool
    paired: bool
    online: bool
    pairing_id: str | None = None


class Simulator:
    """The control API of the simulator. Raises Refused 409 where there is none, 503 where it does not answer."""

    def __init__(self, url: str | None) -> None:
        if url is None:
            raise Refused(
                409, "no-simulator", "There is no simulator beside this system.", field="enabled",
                cure="Use `argus up`; or run `python -m simulator` and set ARGUS_SIMULATOR_URL.",
            )  # fmt: skip
        self._url = url

    async def runs(self) -> bool:
        return (await self._ask("GET", f"/docks/{SN}")).status_code == 200

    async def add(self, qr: str) -> None:
        """Power the dock on with this code, as new as from the factory."""
        await self.remove()
        config = {"model": "dock3", "sn": SN, "aircraft_sn": AIRCRAFT_SN, "awake": True, "qr": qr, **PLACE}
        answer = await self._ask("POST", "/docks", config)
        if answer.is_error:
            raise _silent(f"it answers {answer.status_code}")

    async def remove(self) -> None:
        await self._ask("DELETE", f"/docks/{SN}")

    async def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            async with httpx.AsyncClient(
                base_url=self._url, timeout=ANSWER_WITHIN, trust_env=False, verify=trust()
            ) as http:
                return await http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise _silent(str(error) or type(error).__name__) from None


def _silent(why: str) -> Refused:
    return Refused(503, "simulator-unavailable", f"The simulator cannot be used: {why}.", cure="Try again in a moment.")


@router.get("")
async def demo_dock(parts: PartsDep, caller: Admin) -> DemoDockView:
    """Whether the demo dock is powered on, paired and online."""
    return await _view(parts, caller, await Simulator(parts.settings.simulator_url).runs())


@router.post("", status_code=202)
async def switch(parts: PartsDep, caller: Admin, body: Switch, response: Response) -> DemoDockView:
    """Switch the demo dock on or off. Switched on, it pairs itself within seconds, and takes a seat.

    Switched off, it is unpaired; one that flies, or is in a mission, stays on.
    """
    simulator = Simulator(parts.settings.simulator_url)
    if not body.enabled:
        await _switch_off(parts, caller, simulator)
        response.status_code = 200
        return await _view(parts, caller, False)
    found = await _view(parts, caller, await simulator.runs())
    if found.enabled and found.pairing_id is not None:
        response.status_code = 200
        return found
    await _cancel_pairings(parts, caller)
    begun = StartPairing(display_name="Demo dock", expected_model="dock3", expected_sn=SN)
    pairing = await begin_pairing(parts, caller, begun, uuid4().hex)
    try:
        await simulator.add(qr_content(parts, pairing))
    except Refused:
        await cancel_pairing(parts, caller, pairing.id)
        raise
    return await _view(parts, caller, True)


async def _switch_off(parts: Parts, caller: Principal, simulator: Simulator) -> None:
    await _cancel_pairings(parts, caller)
    dock = await parts.docks.get(SN)
    if dock is not None and dock.org_id == caller.org:
        await unpair_dock(parts, caller, dock)
    elif dock is not None:
        raise Refused(
            409, "dock-of-other-org", f"{SN} is switched on for another organisation.", field="enabled",
            cure="It must be switched off there first.",
        )  # fmt: skip
    await simulator.remove()


async def _cancel_pairings(parts: Parts, caller: Principal) -> None:
    """Those that wait for the demo dock: what it was told is forgotten with it."""
    for status in ("waiting", "bound"):
        for pairing in await parts.pairings.find(orgId=caller.org, expectedSn=SN, status=status):
            await cancel_pairing(parts, caller, pairing.id)


async def _view(parts: Parts, caller: Principal, enabled: bool) -> DemoDockView:
    dock = await parts.docks.get(SN)
    ours = dock if dock is not None and dock.org_id == caller.org else None
    waiting = await parts.pairings.find(orgId=caller.org, expectedSn=SN, status="waiting", limit=1)
    return DemoDockView(
        sn=SN,
        enabled=enabled and (dock is None or ours is not None),
        paired=ours is not None and ours.paired_at is not None,
        online=ours is not None and ours.online,
        pairing_id=ours.pairing_id if ours is not None else waiting[0].id if waiting else None,
    )
