"""When a process looks for cycles of garbage. Imported by each `__main__` before what is heavy.

Imports leave hundreds of thousands of objects, which all stay. To look through them again and again while they grow in
number took a fifth of the CPU that a worker needs to start; later, each full look at them would stop it for 0.1 s.
"""

from __future__ import annotations

import gc

gc.disable()


def started() -> None:
    """What is there now is looked at no more; what comes is, though less often than by default."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    gc.enable()
