"""Files by link, from the bucket to this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import httpx

from cli.client import CannotAsk

TIMEOUT: Final = httpx.Timeout(30, read=120)  # seconds


def download(url: str, path: Path) -> None:
    """Fetch a file to `path`, and make its folder. What stood under its name stays there until the new one is whole.
    Raises CannotAsk where bucket or disk refuse.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with httpx.stream("GET", url, timeout=TIMEOUT) as answer:
            if not answer.is_success:
                raise CannotAsk(f"{path} could not be fetched: the bucket answers {answer.status_code}; ask again")
            with part.open("wb") as file:
                for piece in answer.iter_bytes():
                    file.write(piece)
        part.replace(path)
    except (OSError, httpx.HTTPError) as error:
        part.unlink(missing_ok=True)
        raise CannotAsk(f"{path} could not be fetched: {error}") from None
