"""What is logged in an activity, by us or by a library, names the saga, the activity and the attempt."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from settings import Settings
from worker.logs import log_as

NOT_USED = SecretStr("not used here")


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What a worker with logs for machines would print."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        log_as(
            Settings(
                mqtt_password=NOT_USED,
                livekit_api_secret=NOT_USED,
                media_control_token=NOT_USED,
                seal_key=NOT_USED,
                objects_secret_key=NOT_USED,
                log_format="json",
                log_level="INFO",
            )
        )
    yield printed
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_a_line_of_an_activity_names_its_saga(said: io.StringIO) -> None:
    @activity.defn
    async def work() -> None:
        # As in a task or thread that a library starts for it
        await asyncio.create_task(asyncio.to_thread(logging.getLogger("a.library").warning, "slow"))

    environment = ActivityEnvironment()
    await environment.run(work)
    line, info = json.loads(said.getvalue()), environment.info
    assert (line["event"], line["logger"], line["level"]) == ("slow", "a.library", "warning")
    assert (line["saga"], line["activity"], line["attempt"]) == (info.workflow_id, info.activity_type, info.attempt)


def test_a_line_of_nobody_names_none(said: io.StringIO) -> None:
    logging.getLogger("worker").info("polling")
    line = json.loads(said.getvalue())
    assert line["event"] == "polling"
    assert not {"saga", "activity", "attempt"} & line.keys()
