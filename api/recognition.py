"""On-aircraft AI (Dock 3): switched on, told what to look for and what to follow; shown as the aircraft says it.

Each change is commands on the dock's live link. They need the payload, which is taken for the moment unless the caller
has it. Boxes are part `detections` of `/v1/live`, and of the mission's room.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit, urlunsplit

import httpx
from fastapi import APIRouter
from pydantic import Field, model_validator

import dji
from api.authority import held_by_another
from api.body import Body, View
from api.deps import Operator, Parts, PartsDep, Viewer
from api.problems import Refused
from api.security import Principal
from dji.remote_control_ai import TRACKING_REASON
from dji.topics import Kind as Topic
from drc.dock import notice_topic
from drc.ticket import Ticket, issue
from process import trust
from store.authority import Asker, Held, Kind
from store.docks import Dock
from store.document import now
from store.recognition import Recognition

router = APIRouter(prefix="/v1/docks/{sn}/ai", tags=["on-aircraft AI"])

ANSWER_WITHIN: Final = 60.0  # s; the dock may have to open its live link first
PUSH: Final = "drc_ai_info_push"
PAYLOAD: Final[tuple[Kind, ...]] = ("payload",)
STATES: Final = ("idle", "choosing", "confirming", "following")
SCORE_MODES: Final = {"counting": 1, "search": 2, "custom": 3}

Commands = list[tuple[str, str, dict[str, Any]]]
"""Field of the body, method and data of each command."""
Part10000 = Annotated[float, Field(ge=0, le=1)]


class ChangeAi(Body):
    """What is left out stays as it is."""

    on: bool | None = Field(None, description="Recognise targets")
    model: int | None = Field(None, ge=0, description="Index of one of `models`")
    filters: list[int] | None = Field(None, max_length=100, description="Kinds to show, by index of the model's labels")
    score_mode: Literal["counting", "search", "custom"] | None = Field(None, description="How sure is sure enough")
    score: int | None = Field(None, ge=0, le=100, description="How sure it has to be, in percent")
    reset_score: bool = Field(False, description="Set the score back")
    spotlight: bool | None = Field(None, description="Spotlight zoom: lets a target be followed")

    @model_validator(mode="after")
    def _something(self) -> ChangeAi:
        if not self.commands():
            raise ValueError("give something to change: on, model, filters, scoreMode, score, resetScore, spotlight")
        if self.score is not None and self.reset_score:
            raise ValueError("score and resetScore exclude each other")
        return self

    def commands(self) -> Commands:
        """In the order in which an aircraft takes them: the model before what belongs to it."""
        mode = SCORE_MODES.get(self.score_mode or "")
        wanted: list[tuple[str, str, dict[str, Any] | None]] = [
            ("on", "drc_ai_identify_set", None if self.on is None else {"on": int(self.on)}),
            ("model", "drc_ai_model_select", None if self.model is None else {"index": self.model}),
            ("filters", "drc_ai_identify_filter_set", None if self.filters is None else {"filters": self.filters}),
            ("scoreMode", "drc_ai_identify_score_mode_set", None if mode is None else {"score_mode": mode}),
            ("resetScore", "drc_ai_identify_score_reset", {} if self.reset_score else None),
            ("score", "drc_ai_identify_score_set", None if self.score is None else {"score": self.score}),
            ("spotlight", "drc_ai_spotlight_zoom_set", None if self.spotlight is None else {"on": int(self.spotlight)}),
        ]
        return [(field, method, data) for field, method, data in wanted if data is not None]


class Frame(Body):
    """A part of the picture: its middle and its size, as parts of the picture's width and height."""

    x: Part10000
    y: Part10000
    width: Part10000
    height: Part10000


class Follow(Body):
    """One of both: a target that was recognised is followed at once, a frame is confirmed first."""

    target: int | None = Field(None, ge=0, description="`id` of a box of `detections`")
    frame: Frame | None = None

    @model_validator(mode="after")
    def _one(self) -> Follow:
        if (self.target is None) == (self.frame is None):
            raise ValueError("give either target or frame")
        return self

    def commands(self) -> Commands:
        if self.target is not None:
            return [("target", "drc_ai_spotlight_zoom_track", {"target_index": self.target})]
        assert self.frame is not None
        frame = {name: round(value * 10_000) for name, value in self.frame.model_dump().items()}
        data = {"center_x": frame["x"], "center_y": frame["y"], "width": frame["width"], "height": frame["height"]}
        return [("frame", "drc_ai_spotlight_zoom_select", data)]


class Named(View):
    index: int | None
    name: str | None


class AiView(View):
    """As the aircraft last said; nulls where it has not said anything yet. `dji` is all of it, under DJI's names."""

    sn: str
    at: datetime | None = Field(description="Since when it is so; null: it never said anything")
    on: bool | None
    models: list[Named]
    model: int | None
    labels: list[Named] = Field(description="What the model can recognise")
    filters: list[int] = Field(description="Of these, what is shown")
    score: int | None
    score_mode: Literal["none", "counting", "search", "custom"] | None
    spotlight: bool | None
    following: Literal["idle", "choosing", "confirming", "following"] | None
    reason: str | None = Field(description="Why nothing is followed any more, or not well")
    dji: dict[str, Any]


@router.get("")
async def ai(parts: PartsDep, caller: Viewer, sn: str) -> AiView:
    """Show what the aircraft's AI looks for and follows, as the aircraft last said."""
    await parts.dock_of(caller, sn)
    return _view(sn, await _known(parts, caller, sn))


@router.patch("")
async def change_ai(parts: PartsDep, caller: Operator, sn: str, body: ChangeAi) -> AiView:
    """Switch recognition, model, filters, score or spotlight zoom. Answers with what the aircraft says then."""
    await _fit(parts, caller, sn, body.commands())
    found = await _known(parts, caller, sn)
    models = found.info.get("ai_model_list") or [] if found is not None else []
    if body.model is not None and models and body.model not in [each.get("index") for each in models]:
        names = ", ".join(f"{each.get('index')} ({each.get('signed_name')})" for each in models)
        raise Refused(
            422, "ai-model-unknown", f"The aircraft has no model {body.model}.", field="model", cure=f"Give {names}."
        )
    return await _order(parts, caller, sn, body.commands())


@router.post("/follow")
async def follow(parts: PartsDep, caller: Operator, sn: str, body: Follow) -> AiView:
    """Follow a recognised target with camera and zoom, or choose one by a frame, to be confirmed."""
    return await _order(parts, caller, sn, body.commands())


@router.post("/follow/confirm")
async def confirm_follow(parts: PartsDep, caller: Operator, sn: str) -> AiView:
    """Follow what was chosen by a frame."""
    return await _order(parts, caller, sn, [("sn", "drc_ai_spotlight_zoom_confirm", {})])


@router.delete("/follow")
async def stop_follow(parts: PartsDep, caller: Operator, sn: str) -> AiView:
    """Follow nothing any more."""
    return await _order(parts, caller, sn, [("sn", "drc_ai_spotlight_zoom_stop", {})])


async def _fit(parts: Parts, caller: Principal, sn: str, commands: Commands) -> Dock:
    """The dock, if all of it can be sent to it now. Raises Refused before anything is sent."""
    dock = await parts.dock_of(caller, sn)
    for field, method, _ in commands:
        if not dji.supports(dock.product, method, Topic.DRC_DOWN):
            name = dji.products.product(dock.product or "").name
            raise Refused(
                409, "not-supported", f"{name} has no {method}.", field=field, cure="Use a dock whose model has it."
            )
    if not dock.online:
        raise Refused(409, "dock-offline", f"Dock {sn} is offline.", field="sn", cure="Wait until it is online.")
    if not dock.aircraft_online:
        raise Refused(
            409, "aircraft-off", f"The aircraft of dock {sn} is off.", field="sn",
            cure="Take off first, or switch it on: POST /v1/docks/{sn}/jobs.",
        )  # fmt: skip
    return dock


async def _order(parts: Parts, caller: Principal, sn: str, commands: Commands) -> AiView:
    """Have it done, up to the first that the aircraft refuses. Raises Refused."""
    await _fit(parts, caller, sn, commands)
    async with _payload(parts, caller, sn) as ticket:
        said = await _asked(parts, sn, ticket, [{"method": method, "data": data} for _, method, data in commands])
    for (field, method, _), answer in zip(commands, said["answers"], strict=False):
        _check(field, method, answer)
    info = said["then"]
    found = await _known(parts, caller, sn)
    if info is not None and (found is None or found.info != info):  # the document comes a moment later
        found = Recognition(sn=sn, org_id=caller.org, info=info)
    return _view(sn, found)


@asynccontextmanager
async def _payload(parts: Parts, caller: Principal, sn: str) -> AsyncIterator[str]:
    """A ticket of the caller's session that holds the payload, for as long as it takes. Raises Refused."""
    found = await parts.authorities.get(sn)
    before = found.holder("payload") if found is not None else None
    timings = parts.timings
    until = now() + timedelta(seconds=timings.drc_release + timings.drc_renew)
    asker = Asker(caller.user, caller.role.name, "on-aircraft AI")
    try:
        taking = await parts.authorities.take(sn, caller.org, "payload", asker, until=until)
    except Held as error:
        raise held_by_another(sn, error.kind, error.holder) from None
    try:
        ticket = Ticket(
            sn=sn, org=caller.org, user=caller.user, role=caller.role.name, session=taking.holder.session
        )  # fmt: skip
        yield issue(parts.settings, ticket, timings.drc_ticket)[0]
    finally:
        if before is None or before.user != caller.user:
            await parts.authorities.release(sn, taking.holder.session, PAYLOAD, why="given back")
            await parts.live.tell(notice_topic(sn))


async def _asked(parts: Parts, sn: str, ticket: str, commands: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers of the drc process. Raises Refused 503 where there is none."""
    place = urlsplit(parts.settings.drc_public_url)
    scheme = "https" if place.scheme in ("wss", "https") else "http"
    url = urlunsplit((scheme, place.netloc, f"{place.path.rstrip('/')}/v1/drc/{sn}/commands", "", ""))
    try:
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN, verify=trust()) as http:
            answer = await http.post(
                url, json={"commands": commands, "then": PUSH}, headers={"Authorization": f"Bearer {ticket}"}
            )
            answer.raise_for_status()
            said: dict[str, Any] = answer.json()
            return said
    except httpx.HTTPError as error:
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE, "drc-unavailable", f"The process of manual flight does not answer: {error}",
            cure="Try again soon.",
        ) from None  # fmt: skip


def _check(field: str, method: str, answer: dict[str, Any]) -> None:
    """Raises Refused for a command that was not carried out."""
    if answer["type"] == "refused":
        detail = f"{method}: {answer['detail']}" + (f" ({answer['why']})" if answer.get("why") else "")
        raise Refused(409, answer["reason"], detail, field=field, cure=answer["cure"])
    if answer["result"] is None:
        raise Refused(
            504, "no-reply", f"Dock did not answer {method}.", field=field, cure="See to its network, then try again."
        )
    if not answer["ok"]:
        raise Refused(
            502, "dock-refused", f"{method}: {answer['meaning']}", field=field, code=answer["result"],
            cure="Look at the state, then try again.",
        )  # fmt: skip


async def _known(parts: Parts, caller: Principal, sn: str) -> Recognition | None:
    found = await parts.recognitions.get(sn)
    return found if found is not None and found.org_id == caller.org else None


def _view(sn: str, found: Recognition | None) -> AiView:
    info = found.info if found is not None else {}
    chosen = _map(info.get("selected_ai_model"))
    spotlight = _map(info.get("ai_spotlight_zoom"))
    state, reason = spotlight.get("state"), spotlight.get("state_reason")
    modes = {0: "none", **{number: name for name, number in SCORE_MODES.items()}}
    return AiView(
        sn=sn,
        at=found.at if found is not None else None,
        on=_switch(info.get("identify_on")),
        models=[Named(index=each.get("index"), name=each.get("signed_name")) for each in _maps(info, "ai_model_list")],
        model=chosen.get("index"),
        labels=[Named(index=each.get("index"), name=each.get("name")) for each in _maps(chosen, "labels")],
        filters=[each for each in chosen.get("filters") or [] if isinstance(each, int)],
        score=chosen.get("score"),
        score_mode=modes.get(chosen.get("score_mode")),  # type: ignore[arg-type]
        spotlight=_switch(info.get("spotlight_zoom_on")),
        following=STATES[state] if isinstance(state, int) and 0 <= state < len(STATES) else None,
        reason=TRACKING_REASON.get(reason, f"reason {reason}") if reason else None,
        dji=info,
    )


def _switch(said: Any) -> bool | None:
    return None if said is None else bool(said)


def _map(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _maps(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in said.get(name) or [] if isinstance(each, dict)]
