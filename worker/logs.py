"""Log lines that name the saga: of its own code, and of the activities it runs."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor
from temporalio import activity, workflow

from settings import Settings


def log_as(settings: Settings) -> None:
    """Lines for people, or JSON for machines, on standard output; what libraries log looks the same."""
    render: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _saga_of_activity,
        _saga_of_record,
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                render,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("httpx", "botocore", "google"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The ids are fields of the line, not words in it
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def _saga_of_activity(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Lines that an activity, or a library under it, logs bear the saga, the activity and the attempt. Looked up by the
    line, since most activities log none.
    """
    if activity.in_activity():
        info = activity.info()
        event.update(saga=info.workflow_id, activity=info.activity_type, attempt=info.attempt)
    return event


def _saga_of_record(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Temporal's loggers hang what they know on the record."""
    record = event.get("_record")
    said = getattr(record, "temporal_workflow", None)
    if isinstance(said, dict):
        event["saga"] = said.get("workflow_id")
    return event
