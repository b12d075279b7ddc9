"""Payloads go to and from Temporal as they are, and are not visited one by one.

For each task of a saga Temporal's SDK walks through all that comes in, and through all that goes out, three times
each: for a codec, and for a storage that keeps large payloads. Where neither is configured, each walk hands over every
payload for a copy of itself. That is a tenth of what a worker does in a rollout, and no option leaves it out (1.35).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

import temporalio
import temporalio.bridge.worker as sdk
from temporalio.converter import DataConverter

log = logging.getLogger(__name__)

Walk = Callable[..., Awaitable[Any]]
KNOWN: Final = "1.35."
"""Versions of the SDK whose walks are as this module says; `tests/worker/test_payloads.py` is to be asked of others."""
WALKS: Final = ("decode_activation", "encode_completion")


def spare_walks() -> None:
    """From now on, in this process. With another version of the SDK all stays as it is."""
    if not temporalio.__version__.startswith(KNOWN):
        log.warning("temporalio %s is not %s*: payloads are walked through as ever", temporalio.__version__, KNOWN)
        return
    for name in WALKS:
        walk: Walk = getattr(sdk, name)
        if not hasattr(walk, "__wrapped__"):
            setattr(sdk, name, _spared(walk))


def _spared(walk: Walk) -> Walk:
    from temporalio.converter._extstore import StorageOperationMetrics  # not at the top: other versions have none

    @wraps(walk)
    async def perhaps(message: Any, data_converter: DataConverter, **options: Any) -> Any:
        if data_converter.payload_codec is None and data_converter.external_storage is None:
            return StorageOperationMetrics()  # nothing was fetched or stored
        return await walk(message, data_converter, **options)

    return perhaps
