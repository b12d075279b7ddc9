"""The files that take longest start first, so that at the end no worker is alone with one.

`durations.txt` says what each file takes, as `make durations` measured it; it need not be exact.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

DURATIONS: Final = Path(__file__).with_name("durations.txt")
RECORD: Final = "RECORD_DURATIONS"
"""Environment variable: where it is set, a run writes `durations.txt`."""
LISTED: Final = 2.0  # s: what takes less is not
NOT_LISTED: Final = 10.0  # s: it is short, or new


def durations() -> dict[str, float]:
    """Seconds by file."""
    lines = (line.split() for line in DURATIONS.read_text().splitlines())
    return {file: float(seconds) for seconds, file in lines}


def file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order what several workers share."""
    if not hasattr(config, "workerinput"):
        return
    took = durations()
    items.sort(key=lambda item: (-took.get(file_of(item.nodeid), NOT_LISTED), file_of(item.nodeid)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write down what each file took; of those that did not run, what is known."""
    if not os.environ.get(RECORD):
        return
    took: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took[file_of(report.nodeid)] += report.duration
    known = {file: seconds for file, seconds in durations().items() if (DURATIONS.parents[1] / file).exists()}
    longest = sorted((known | took).items(), key=lambda each: -each[1])
    DURATIONS.write_text("".join(f"{seconds:.0f} {file}\n" for file, seconds in longest if seconds >= LISTED))
