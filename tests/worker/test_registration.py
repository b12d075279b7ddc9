"""What is written is also registered: a saga or an activity that no worker knows would hang for ever, unseen."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest
from temporalio import activity, workflow
from temporalio.client import Client

import activities
import workflows
from embedded.parts import FirestoreServer, LivekitServer, MinioServer, MosquittoBroker, TemporalServer
from embedded.wiring import settings_of
from process import DATA_CONVERTER
from worker.running import WORKFLOWS, Parts, activities_of
from worker.sandbox import SAGAS
from workflows.names import Workflow


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def name_of(saga: type) -> str | None:
    return workflow._Definition.must_from_class(saga).name


def test_every_saga_is_registered_under_its_name() -> None:
    written = {
        found
        for module in modules(workflows)
        for _, found in inspect.getmembers(module, inspect.isclass)
        if found.__module__ == module.__name__ and workflow._Definition.from_class(found) is not None
    }
    assert set(WORKFLOWS) == written
    assert {name_of(saga) for saga in WORKFLOWS} == {name.value for name in Workflow}


def test_the_sandbox_runs_each_saga_anew_and_shares_all_else() -> None:
    assert {saga.__module__.removeprefix("workflows.") for saga in WORKFLOWS} == SAGAS


async def test_every_activity_is_registered_once(
    monkeypatch: pytest.MonkeyPatch,
    temporal: TemporalServer,
    mosquitto: MosquittoBroker,
    firestore: FirestoreServer,
    minio: MinioServer,
    livekit: LivekitServer,
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore.address)
    settings = settings_of(temporal, mosquitto, minio, livekit)
    client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
    written = {
        definition.name
        for module in modules(activities)
        for _, holder in inspect.getmembers(module, inspect.isclass)
        if holder.__module__ == module.__name__
        for _, method in inspect.getmembers(holder, inspect.isfunction)
        if (definition := activity._Definition.from_callable(method)) is not None
    }
    async with Parts(settings, client=client) as parts:
        registered = [activity._Definition.must_from_callable(each).name for each in activities_of(parts._activities)]
        # Making a worker refuses what is registered twice
        async with parts.worker("registration"):
            pass
    assert set(registered) == written
    assert len(registered) == len(written)
