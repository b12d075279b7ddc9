"""Google's own system tests of the Python client, run unedited against the server: `python <this file> [--short]`.

They come in the client's source package on PyPI and are kept in a cache, not in this repository. Two passes:

* *as published*: with `FIRESTORE_EMULATOR_HOST`, where some tests skip themselves because the official emulator cannot
  do what they need;
* *as on the real service*: the tests that skipped themselves for the emulator's sake only, with that excuse taken away
  (see `google_real_service.py`) and with the vector documents in place that they expect.

Exit code 0 if nothing failed, 1 if something did, 2 if the package cannot be fetched. Skips
are listed with the tests' own reasons.
"""

import argparse
import collections
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]
CACHE = Path(os.environ.get("ARGUS_CACHE", Path.home() / ".cache" / "argus-dock")) / "google-system-tests"
FILES = ("test_system.py", "test_system_async.py")
PIPELINES = "test_pipeline_acceptance.py"
# What the tests need beside the client; both are small and on PyPI.
NEEDED = ("mock", "google-cloud-testutils")
# With these excuses taken away a test runs as it does against Google.
EXCUSES = re.compile(
    r"not supported in emulator|Require index and seed data|not implemented in emulator|Internal Issue"
)


@dataclass
class Outcome:
    """What a pass came to. `skipped` counts reasons, `parts` those of skipped parts of tests that passed otherwise."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: collections.Counter[str] = field(default_factory=collections.Counter)
    parts: collections.Counter[str] = field(default_factory=collections.Counter)
    excused: list[str] = field(default_factory=list)


def source() -> Path:
    """The folder `tests/system` of the source package of the installed client, fetched once. Raises OSError."""
    version = importlib.metadata.version("google-cloud-firestore")
    folder = CACHE / f"google_cloud_firestore-{version}" / "tests" / "system"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as download:
            package = f"google-cloud-firestore=={version}"
            _run(
                _pip(), "download", "-q", "--no-deps", "--no-binary", "google-cloud-firestore", "-d", download, package
            )
            for archive in Path(download).glob("*.tar.gz"):
                with tarfile.open(archive) as tar:
                    tar.extractall(CACHE, filter="data")
    site = CACHE / "site"
    if not (site / "test_utils").is_dir():
        _run(_pip(), "install", "-q", "--no-deps", "--target", str(site), *NEEDED)
    if not folder.is_dir():
        raise OSError(f"{package} has no tests/system")
    return folder


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    return [sys.executable, "-m", "uv", "tool", "run", "pip"]


def _run(program: list[str], *arguments: str) -> None:
    done = subprocess.run([*program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(arguments)}: {done.stderr.strip()[-500:]}")


@contextmanager
def server() -> Iterator[str]:
    """A server on a fresh file; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "embedded.firestore", "--db", f"{folder}/firestore.db", "--port", "0"]
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("ready on ").strip()
        finally:
            process.terminate()
            process.wait(timeout=10)
            process.stdout.close()


def run(folder: Path, address: str, files: tuple[str, ...], *options: str, tests: list[str] | None = None) -> Outcome:
    """Run test files, or single tests of them, and count."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as report:
        environment = {
            **os.environ,
            "FIRESTORE_EMULATOR_HOST": address,
            "GCLOUD_PROJECT": "system-tests",
            "GOOGLE_OUTCOMES": report.name,
            "PYTHONPATH": f"{CACHE / 'site'}:{HERE}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [
            *(sys.executable, "-m", "pytest", "-q", "--tb=native", "-p", "no:cacheprovider", "--timeout=120"),
            # The tests were written for an event loop per module.
            *("-o", "asyncio_default_fixture_loop_scope=module", "-o", "asyncio_default_test_loop_scope=module"),
            *("-p", "google_outcomes", *options),
            *(tests or files),
        ]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        outcome = _read(report.read().splitlines())
    if done.returncode not in (0, 1) or (done.returncode == 1 and not outcome.failed):
        raise OSError(f"pytest ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return outcome


def _read(lines: list[str]) -> Outcome:
    outcome = Outcome()
    for line in map(json.loads, lines):
        name = line["test"].rpartition("/")[2]
        if line["outcome"] == "failed":
            outcome.failed.append(name)
        elif line["outcome"] == "passed":
            outcome.passed += 1
        elif line["part"]:
            outcome.parts[line["reason"]] += 1
        else:
            outcome.skipped[line["reason"]] += 1
            if EXCUSES.search(line["reason"]) and "enterprise" not in name:
                outcome.excused.append(name)
    return outcome


def show(title: str, outcome: Outcome) -> None:
    """Print a pass."""
    print(f"{title}: {outcome.passed} passed, {len(outcome.failed)} failed, {outcome.skipped.total()} skipped")
    for name in outcome.failed:
        print(f"    FAILED {name}")
    for reason, count in outcome.skipped.most_common():
        print(f"    {count:4} skipped: {reason}")
    for reason, count in outcome.parts.most_common():
        print(f"    {count:4} parts of tests that passed skipped: {reason}")


def main() -> int:
    """Fetch, run, print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--short", action="store_true", help="only the tests of the sync client, as published")
    options = parser.parse_args()
    try:
        folder = source()
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    outcomes = []
    with server() as address:
        excused = []
        for file in FILES[:1] if options.short else (*FILES, PIPELINES):
            outcome = run(folder, address, (file,))
            show(f"{file}, as published", outcome)
            outcomes.append(outcome)
            excused += outcome.excused
        if excused and not options.short:
            outcome = run(folder, address, FILES, "-p", "google_real_service", tests=excused)
            show("what was skipped for the emulator's sake, as on the real service", outcome)
            outcomes.append(outcome)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
