"""What one machine needs in place of the cluster: finds, starts, supervises and ends every part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embedded.part import StackError
    from embedded.stack import Stack

__all__ = ["Stack", "StackError"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: `embedded.firestore` is a process of its own that need not wait for what a stack needs.
    if name == "Stack":
        from embedded.stack import Stack

        return Stack
    if name == "StackError":
        from embedded.part import StackError

        return StackError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
