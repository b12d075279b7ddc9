"""The API as the command line uses it, and where it is found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

DEFAULT_DATA: Final = Path("data")
TIMEOUT: Final = 60.0  # seconds; a queued dispatch or a stop answers when the dock has


class CannotAsk(Exception):
    """There is no API to ask, or it refused; the text is for people."""

    def __init__(self, text: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.problem = problem


@dataclass
class Where:
    """Address and token of an API."""

    url: str
    token: str


def find(url: str | None, token: str | None, data: Path | None) -> Where:
    """From options, else ARGUS_API_URL and ARGUS_TOKEN, else the endpoints.json of a stack on this machine."""
    url, token = url or os.environ.get("ARGUS_API_URL"), token or os.environ.get("ARGUS_TOKEN")
    if url and token:
        return Where(url, token)
    file = (data or Path(os.environ.get("ARGUS_DATA", DEFAULT_DATA))) / "endpoints.json"
    try:
        endpoints = json.loads(file.read_text())
    except FileNotFoundError:
        raise CannotAsk(
            f"no API known: there is no {file}. Start `argus up`, or name one by --api and --token "
            "(or ARGUS_API_URL and ARGUS_TOKEN)"
        ) from None
    except PermissionError:
        raise CannotAsk(f"{file} may not be read by this user: it holds the admin's token") from None
    return Where(url or endpoints["api"], token or endpoints["admin_token"])


class Api:
    """Calls of the API. A problem in the answer becomes `CannotAsk` with its detail and cure."""

    def __init__(self, where: Where) -> None:
        self._http = httpx.Client(
            base_url=where.url, headers={"Authorization": f"Bearer {where.token}"}, timeout=TIMEOUT
        )

    def call(self, method: str, path: str, **given: Any) -> Any:
        """The JSON of the answer."""
        return self.raw(method, path, **given).json()

    def raw(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **given)
        except httpx.TransportError as error:
            raise CannotAsk(f"the API at {self._http.base_url} does not answer: {error}") from None
        if response.is_error:
            raise _refused(response)
        return response

    def events(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Server-sent events, until the other side ends them."""
        try:
            with self._http.stream("GET", path, params=params) as response:
                if response.is_error:
                    response.read()
                    raise _refused(response)
                for line in response.iter_lines():
                    if line.startswith("data: "):
                        yield json.loads(line[6:])
        except httpx.TransportError as error:
            raise CannotAsk(f"the API at {self._http.base_url} does not answer: {error}") from None

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        query = {name: value for name, value in params.items() if value is not None}
        while True:
            page = self.call("GET", path, params=query)
            items += page["items"]
            if page["next"] is None:
                return items
            query["after"] = page["next"]


def _refused(response: httpx.Response) -> CannotAsk:
    try:
        problem = response.json()
    except ValueError:
        return CannotAsk(f"{response.status_code} {response.reason_phrase}")
    text = problem.get("detail", response.reason_phrase)
    if problem.get("field"):
        text += f" [field {problem['field']}]"
    if problem.get("cure"):
        text += f"\n{problem['cure']}"
    return CannotAsk(text, problem)
