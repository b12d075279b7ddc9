"""Error codes: all documented ones have words of ours, the others stay readable."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dji import errors
from dji.error_table import _TABLES, ENTRIES
from dji.errors import Fault, lookup

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "dji" / "error_codes.json"


def test_every_documented_code_is_known_and_its_module_named() -> None:
    if not REFERENCE.exists():
        pytest.skip("reference data is not here")
    reference = json.loads(REFERENCE.read_text())
    for code in reference["codes"]:
        found = lookup(code)
        assert found.known, code
        assert found.module != "unknown", code
    assert {int(module) for module in reference["modules"]} <= set(errors.MODULES)


def test_no_code_stands_in_two_tables() -> None:
    assert sum(len(table.CODES) for table in _TABLES) == len(ENTRIES)


def test_every_code_says_what_happened_in_one_short_sentence() -> None:
    for found in errors.codes():
        assert found.meaning.endswith("."), found
        assert len(found.text) < 200, found
        if found.code > 2:
            assert found.cure or not found.retry_helps, f"{found.code}: says to retry but not how"


@pytest.mark.parametrize(
    ("code", "fault", "retry_helps"),
    [
        (312015, Fault.DOCK, True),
        (312027, Fault.OPERATOR, False),
        (312030, Fault.OPERATOR, False),
        (312704, Fault.AIRCRAFT, True),
        (314003, Fault.CLOUD, False),
        (319016, Fault.DOCK, True),
        (325004, Fault.AIRCRAFT, True),
        (514120, Fault.NETWORK, False),
        (514135, Fault.ENVIRONMENT, True),
        (514304, Fault.CLOUD, False),
        (210242, Fault.OPERATOR, False),
        (210231, Fault.OPERATOR, False),
    ],
)
def test_fault_and_retry_are_those_of_the_cause(code: int, fault: Fault, retry_helps: bool) -> None:
    found = lookup(code)
    assert (found.fault, found.retry_helps) == (fault, retry_helps)


def test_a_code_can_be_text_and_prints_as_one_line() -> None:
    assert lookup("514121") == lookup(514121)
    assert str(lookup(" 514121 ")) == "514121: The emergency stop is pressed. Release the button on site."
    assert lookup(0).meaning == "Accepted."


def test_an_unknown_code_is_readable_by_its_module() -> None:
    found = lookup(314999)
    assert not found.known
    assert not found.retry_helps
    assert found.fault is Fault.UNKNOWN
    assert found.meaning == (
        "Code 314999 is not documented; its number belongs to: flight task: handing out and preparing."
    )
    assert lookup(999999).module == "unknown"


def test_a_code_of_pilot_takes_the_words_of_its_twin() -> None:
    assert lookup(613013).meaning == lookup(513013).meaning
    assert not lookup(613013).known
    assert lookup(414777).module == lookup(314777).module


@given(st.integers() | st.text())
def test_nothing_raises(code: int | str) -> None:
    assert lookup(code).meaning
