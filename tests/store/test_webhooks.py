"""Who is told of what, and that there is no event without a meaning."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

import workflows
from activities.notify import TOLD_BY_BRIDGE
from store.document import now
from store.event_types import EVENTS
from store.events import Event, about
from store.firmware import PushStatus, RolloutStatus
from store.flights import FlightStatus
from store.pairings import PairingStatus
from store.relays import RelayStatus
from store.webhooks import Webhook, matches


@pytest.mark.parametrize(
    ("pattern", "kind", "meant"),
    [
        ("*", "flight.ok", True),
        ("flight.*", "flight.ok", True),
        ("flight.ok", "flight.ok", True),
        ("flight.o", "flight.ok", False),
        ("flight.*", "firmware.push.failed", False),
        ("firmware.*", "firmware.push.failed", True),
        ("firmware.push.*", "firmware.rollout.halted", False),
    ],
)
def test_a_pattern_means_the_events_that_begin_like_it(pattern: str, kind: str, meant: bool) -> None:
    assert matches(pattern, kind) is meant


def test_what_was_before_an_endpoint_is_not_told_to_it() -> None:
    hook = Webhook(id="w", org_id="o", url="https://h", events=["dock.*"], secret_sealed="s", created_by="ann")
    assert hook.wants("dock.online", hook.since)
    assert not hook.wants("dock.online", hook.since - timedelta(seconds=1))


def test_the_secret_before_signs_until_its_end() -> None:
    at = now()
    hook = Webhook(
        id="w", org_id="o", url="https://h", events=["*"], secret_sealed="new", created_by="ann",
        previous_sealed="old", previous_until=at,
    )  # fmt: skip
    assert hook.sealed(at - timedelta(seconds=1)) == ["new", "old"]
    assert hook.sealed(at) == ["new"]


def test_an_event_is_named_by_what_happened_and_ordered_by_when() -> None:
    def event(**changes: str) -> Event:
        given = {"org_id": "o", "kind": "flight.ok", "key": "1"} | changes
        return Event.make(subject=about("flight", "f", dock="SN"), data={}, at=now(), **given)

    first, again = event(), event()
    assert first.id == again.id
    assert first.order < again.order
    assert len({first.id, event(org_id="p").id, event(kind="flight.failed").id, event(key="2").id}) == 4


def test_every_status_that_is_told_has_a_meaning() -> None:
    told = {f"flight.{status}" for status in get_args(FlightStatus)}
    told |= {f"pairing.{status}" for status in get_args(PairingStatus)} - {"pairing.starting"}
    told |= {f"firmware.push.{status}" for status in get_args(PushStatus)} - {"firmware.push.pending"}
    told |= {f"firmware.rollout.{status}" for status in get_args(RolloutStatus)}
    told |= {f"relay.{status}" for status in get_args(RelayStatus)}
    assert told <= EVENTS.keys()


def test_every_alert_of_a_saga_has_a_meaning() -> None:
    codes = set()
    for file in Path(workflows.__path__[0]).glob("*.py"):
        text = file.read_text()
        codes |= set(re.findall(r'code="([a-z-]+)"', text)) | set(re.findall(r'\.alert\("\w+", "([a-z-]+)"', text))
    assert {"firmware-failed", "flight-silent", "dock-taken"} <= codes
    assert {f"alert.{code.replace('-', '_')}" for code in codes - TOLD_BY_BRIDGE} <= EVENTS.keys()


def test_every_family_of_events_is_in_the_documentation() -> None:
    documented = (Path(workflows.__path__[0]).parent / "docs" / "webhooks.md").read_text()
    assert all(f"| `{kind.split('.')[0]}." in documented for kind in EVENTS)


def test_a_meaning_is_one_sentence() -> None:
    for kind, meaning in EVENTS.items():
        assert re.fullmatch(r"[a-z]+(\.[a-z_]+){1,2}", kind), kind
        assert re.fullmatch(r"[A-Z].{10,150}\.", meaning), kind
