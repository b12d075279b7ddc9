"""`python -m bench [NAME ...]`: run the benchmarks that are named, or all of them, one after another."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def names() -> list[str]:
    """Every module of this folder that is a benchmark."""
    return sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="one of: " + ", ".join(names()))
    failed = []
    for name in parser.parse_args().name or names():
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.stderr.write(f"bench: did not run to the end: {', '.join(failed)}\n")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main())
