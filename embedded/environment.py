"""The environment of the processes that the supervisor starts."""

from __future__ import annotations

import os

# A proxy of the machine must not stand between our own processes; they talk on loopback.
_DROPPED = frozenset(name for word in ("http_proxy", "https_proxy", "all_proxy") for name in (word, word.upper()))


def inherited() -> dict[str, str]:
    """This process's environment without what would reach into a part: proxies, and settings of another stack."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _DROPPED and not name.startswith("ARGUS_") and name != "FIRESTORE_EMULATOR_HOST"
    }
