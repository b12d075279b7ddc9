"""The page of timings says what the code has."""

from __future__ import annotations

from pathlib import Path

from timings import Timings, page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "timings.md"


def test_the_page_is_as_the_code_is() -> None:
    assert PAGE.read_text() == page(), "python -m timings > docs/timings.md"


def test_every_wait_has_its_reason() -> None:
    for name, field in Timings.model_fields.items():
        assert field.description, name
        assert field.description in page()
