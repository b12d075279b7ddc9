"""The operator's page: the files that console/ is built into, and where the page finds what is not this API."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from settings import Settings

DIST: Final = Path(__file__).resolve().parents[1] / "console" / "dist"
UNBUILT: Final = "The operator's page is not built. Run `make setup`, or `scripts/console-build`, and load this again."
A_YEAR: Final = "public, max-age=31536000, immutable"

mimetypes.add_type("text/javascript", ".js")  # some systems' tables have it wrong, and browsers refuse such a script


def policy(settings: Settings) -> str:
    """The content security policy: our own scripts and styles, and the addresses that the page talks to.

    Those are this API, LiveKit, manual flight, the bucket (uploads, pictures) and the map's tiles.
    """
    livekit = settings.livekit_public_url or settings.livekit_url
    bucket = _origin(settings.objects_public_endpoint or settings.objects_endpoint)
    tiles = [_origin(settings.map_tiles)] if settings.map_tiles else []
    connect = ["'self'", *_both(livekit), _origin(settings.drc_public_url), bucket]
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", bucket, *tiles],
        "media-src": ["'self'", "blob:", bucket],
        "worker-src": ["'self'"],
        "connect-src": connect,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(sources))}" for name, sources in rules.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _both(url: str) -> list[str]:
    """LiveKit's client asks by HTTP why a WebSocket was refused."""
    origin = _origin(url)
    return [origin, origin.replace("ws", "http", 1) if origin.startswith("ws") else origin.replace("http", "ws", 1)]


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the page at `/` and below, beside the API; to be called after all other routes are there."""
    headers = {
        "Content-Security-Policy": policy(settings),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), gamepad=(self)",
    }
    said = {
        "temporalUi": settings.temporal_ui_url,
        "mapTiles": settings.map_tiles,
        "mapAttribution": settings.map_attribution,
    }

    @app.get("/page.json", include_in_schema=False)
    async def place() -> JSONResponse:
        return JSONResponse(said, headers={"Cache-Control": "no-cache"})

    nothing_here = app.router.default

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever no route takes: a file of the page, or the page itself, which knows its views by their paths."""
        path = scope["path"].removeprefix("/")
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or path.startswith("v1/"):
            await nothing_here(scope, receive, send)
            return
        compressed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await _file(path, compressed, headers)(scope, receive, send)

    app.router.default = page


def _file(path: str, compressed: bool, headers: dict[str, str]) -> Response:
    file = (DIST / path).resolve()
    if not path or not file.is_relative_to(DIST) or not file.is_file():
        if path.startswith("assets/"):  # of an older page that is still open somewhere: it loads itself anew
            return PlainTextResponse(f"There is no {path}.", status_code=404, headers=headers)
        path, file = "index.html", DIST / "index.html"
        if not file.is_file():
            return PlainTextResponse(UNBUILT, status_code=503, headers=headers)
    # Names under assets/ hold a hash of what is in them.
    own = {"Cache-Control": A_YEAR if path.startswith("assets/") else "no-cache", "Vary": "Accept-Encoding"}
    kind = mimetypes.guess_type(path)[0]
    packed = file.with_name(file.name + ".gz")
    if compressed and packed.is_file():
        return FileResponse(packed, media_type=kind, headers={**headers, **own, "Content-Encoding": "gzip"})
    return FileResponse(file, media_type=kind, headers={**headers, **own})
