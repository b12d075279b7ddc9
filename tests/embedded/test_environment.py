"""What the processes of one machine are told."""

from __future__ import annotations

from collections import defaultdict

from embedded.credentials import Credentials
from embedded.environment import Place, for_our_processes


def test_webhooks_may_go_to_this_machine_unless_the_person_has_chosen_otherwise() -> None:
    place, own = Place(defaultdict(lambda: 8700)), Credentials()
    assert for_our_processes(place, own, {})["ARGUS_WEBHOOK_TARGETS"] == "loopback"
    chosen = {"ARGUS_WEBHOOK_TARGETS": "private"}
    assert for_our_processes(place, own, chosen)["ARGUS_WEBHOOK_TARGETS"] == "private"
