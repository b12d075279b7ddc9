"""One stack a data directory: two would write one database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from embedded.part import StackError

LOCK: Final = "lock"


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the directory. Raises StackError that names the process which has it.

    The kernel drops the lock with its holder, however that ends, so that there is no stale one to clean up.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StackError(
                f"{directory} is in use by process {holder}; end that one, or choose another with --data"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
