"""Becomes another program that dies with its parent: `python -I -S launch.py PARENT_PID PROGRAM ARGUMENT...`.

A supervisor that is killed with SIGKILL can end nothing any more, so the kernel does it: PR_SET_PDEATHSIG survives
exec. It is a program of its own, not a preexec_fn, because code between fork and exec is not safe in a process with
threads (gRPC's).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for SIGKILL at the parent's death, then exec the program."""
    parent, argv = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above, so no signal will come
        raise SystemExit(1)
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - becoming that program is its purpose
    except OSError as error:
        sys.stderr.write(f"cannot run {argv[0]}: {error.strerror}\n")
        raise SystemExit(127) from error


if __name__ == "__main__":
    main()
