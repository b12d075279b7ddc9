"""WHIP (RFC 9725) at the address that docks push to: `POST /rtc/v1/whip/?app=live&stream=KEY`."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from media.dock_peer import OfferRefused
from media.registry import Registry, UnknownKey

PATH: Final = "/rtc/v1/whip/"
SDP: Final = "application/sdp"
OFFER_MOST: Final = 64 * 1024  # bytes; an offer has two or three

router = APIRouter(tags=["whip"])


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


@router.post(PATH)
@router.post(PATH.rstrip("/"), include_in_schema=False)
async def push(request: Request, stream: Annotated[str, Query()] = "", app: Annotated[str, Query()] = "") -> Response:
    """A dock's offer. 201 with the answer; 404 for a key that opens nothing; 400, 413, 415 for what is no offer."""
    if app != "live" or not stream:
        return problem(404, "No such stream", "The URL must name app=live and a stream")
    if (kind := request.headers.get("content-type", SDP).partition(";")[0].strip()) != SDP:
        return problem(415, "Not an SDP offer", f"Content-Type is {kind}; it must be {SDP}")
    offer = b""
    async for chunk in request.stream():
        offer += chunk
        if len(offer) > OFFER_MOST:
            return problem(413, "Offer too large", f"An offer has at most {OFFER_MOST} bytes")
    try:
        resource, answer = await _registry(request).push(stream, offer.decode("utf-8", "replace"))
    except UnknownKey:
        return problem(404, "No such stream", "The stream key is not known, or its stream has ended")
    except OfferRefused as refused:
        return problem(400, "Offer refused", str(refused))
    return Response(answer, status_code=201, media_type=SDP, headers={"Location": PATH + resource})


@router.patch(PATH + "{resource}")
async def trickle(resource: str) -> Response:
    """Further candidates. The answer waits for none: the dock's own checks show where it is, so these are let go."""
    return Response(status_code=204)


@router.delete(PATH + "{resource}")
async def hang_up(request: Request, resource: str) -> Response:
    """The dock ends its push. The id of the resource is the only key to it, and 128 bits or more of chance."""
    if not await _registry(request).hang_up(resource):
        return problem(404, "No such push", "It has ended, or has been replaced by a newer one")
    return Response(status_code=200)
