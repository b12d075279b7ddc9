"""`python -m bench [NAME ...] [OPTION ...]`: run the benchmarks that are named, or all of them, one after another.

Options are those of the benchmarks that are named, like `python -m bench history --minutes 5`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def names() -> list[str]:
    """Every module of this folder that is a benchmark."""
    return sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))


def main() -> int:
    words = sys.argv[1:]
    first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    options = words[first:]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="one of: " + ", ".join(names()))
    failed = []
    for name in parser.parse_args(words[:first] or options[:1]).name or names():
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.stderr.write(f"bench: did not run to the end: {', '.join(failed)}\n")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main())
