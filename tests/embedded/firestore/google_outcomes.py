"""A pytest plugin that writes the outcome of each test as a line of JSON to the file named by GOOGLE_OUTCOMES.

Parts of a test (subtests) count on their own: one that is skipped does not make its test a skipped one.
"""

import json
import os
from pathlib import Path
from typing import Any

FILE = Path(os.environ["GOOGLE_OUTCOMES"])


def pytest_runtest_logreport(report: Any) -> None:
    """Note a failure of any phase, every skip, and what passed."""
    part = hasattr(report, "context")
    if report.passed and (report.when != "call" or part):
        return
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    line = {"test": report.nodeid, "part": part, "outcome": report.outcome, "reason": reason.removeprefix("Skipped: ")}
    with FILE.open("a") as file:
        file.write(json.dumps(line) + "\n")
