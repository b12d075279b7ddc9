"""The operator's page as it is served: its files, its headers, and what is left to the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api import page
from api.app import routes
from settings import Settings


@pytest.fixture
def settings() -> Settings:
    return Settings(
        mqtt_password="x", objects_secret_key="x", livekit_api_secret="x" * 32, media_control_token="x" * 32,
        seal_key="x" * 43, livekit_public_url="wss://rooms.example", objects_public_endpoint="https://files.example",
        drc_public_url="wss://fly.example", map_tiles="https://tiles.example/{z}/{x}/{y}.png", map_attribution="T",
    )  # fmt: skip


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = routes()
    page.install(app, settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
        yield client


async def test_every_path_that_is_not_the_api_is_the_page(http: httpx.AsyncClient) -> None:
    for path in ("/", "/docks/ABC", "/missions"):
        got = await http.get(path)
        assert got.status_code == 200
        assert got.headers["content-type"].startswith("text/html")
        assert '<div id="page">' in got.text
        assert got.headers["cache-control"] == "no-cache"


async def test_its_scripts_come_compressed_and_stay_in_caches(http: httpx.AsyncClient) -> None:
    script = re.search(r'src="(/assets/[^"]+\.js)"', (await http.get("/")).text)
    assert script is not None
    got = await http.get(script[1], headers={"Accept-Encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"
    assert got.headers["content-type"].startswith("text/javascript")
    assert "immutable" in got.headers["cache-control"]
    plain = await http.get(script[1], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == got.text


async def test_the_policy_names_the_page_s_own_and_what_it_talks_to(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/")).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert set(rules["connect-src"].split()) == {
        "'self'", "wss://rooms.example", "https://rooms.example", "wss://fly.example", "https://files.example",
    }  # fmt: skip
    assert "https://tiles.example" in rules["img-src"].split()
    assert rules["frame-ancestors"] == "'none'"


async def test_it_is_told_where_it_is(http: httpx.AsyncClient, settings: Settings) -> None:
    assert (await http.get("/page.json")).json() == {
        "temporalUi": settings.temporal_ui_url,
        "mapTiles": "https://tiles.example/{z}/{x}/{y}.png",
        "mapAttribution": "T",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("POST", "/v1/me", 405), ("POST", "/docks", 404), ("GET", "/assets/gone.js", 404)],
)
async def test_what_is_neither_is_refused(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    got = await http.request(method, path)
    assert got.status_code == status
    assert "<html" not in got.text


@pytest.mark.parametrize("path", ["/../../settings.py", "/%2e%2e/package.json", "/assets/../../package.json"])
async def test_nothing_but_the_built_page_is_served(http: httpx.AsyncClient, path: str) -> None:
    got = await http.get(path)
    assert "argus-dock-console" not in got.text
    assert "pydantic" not in got.text


async def test_a_page_that_is_not_built_says_how(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "DIST", tmp_path)
    got = await http.get("/")
    assert got.status_code == 503
    assert "scripts/console-build" in got.text
