"""What sagas are told and answer is written and read in one way, and what was learnt of a type is learnt once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, cast

import pytest
import temporalio
import temporalio.bridge.worker as sdk
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import GrpcCompression
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, pydantic_data_converter
from temporalio.converter import CompositePayloadConverter, DataConverter, PayloadCodec, WorkflowSerializationContext

from process import DATA_CONVERTER, temporal_client
from settings import Settings
from store.facts import Actor
from worker.as_they_are import KNOWN, spare_walks
from workflows.inputs import PropertyInput

NOT_USED = SecretStr("not used here")
GIVEN = PropertyInput(sn="1", org_id="o", path="silent_mode", value=1, actor=Actor(user="u"))


class Reversed(PayloadCodec):
    """What is encoded is seen to be encoded."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata=payload.metadata, data=payload.data[::-1]) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self.encode(payloads)


def json_of(converter: CompositePayloadConverter) -> PydanticJSONPlainPayloadConverter:
    return cast(PydanticJSONPlainPayloadConverter, converter.converters[b"json/plain"])


async def test_it_is_written_and_read_as_temporals_own_converter_does() -> None:
    values = [GIVEN, None, b"\x00\xff", [Actor(user="u")], 1.5, "ä"]
    types: list[Any] = [PropertyInput, type(None), bytes, list[Actor], float, str]
    ours = await DATA_CONVERTER.encode(values)
    assert ours == await pydantic_data_converter.encode(values)
    assert await DATA_CONVERTER.decode(ours, types) == values


def test_each_run_of_a_saga_knows_the_types_that_any_run_has_seen() -> None:
    first, second = (DATA_CONVERTER.payload_converter_class() for _ in range(2))
    assert isinstance(first, CompositePayloadConverter)
    assert isinstance(second, CompositePayloadConverter)
    written = first.to_payloads([{"a": GIVEN}])
    first.from_payloads(written, [dict[str, PropertyInput]])
    misses = json_of(second)._type_adapter.cache_info().misses
    assert second.from_payloads(written, [dict[str, PropertyInput]]) == [{"a": GIVEN}]
    assert json_of(second)._type_adapter.cache_info().misses == misses


def test_a_context_makes_no_other_converter() -> None:
    assert DATA_CONVERTER.with_context(WorkflowSerializationContext("default", "flight/1")) is DATA_CONVERTER


async def test_payloads_are_walked_through_only_for_a_codec() -> None:
    spare_walks()
    assert temporalio.__version__.startswith(KNOWN), "look at what this version of the SDK does with payloads"
    whole = await DATA_CONVERTER.encode([GIVEN])

    async def out(converter: DataConverter) -> WorkflowActivationCompletion:
        completion = WorkflowActivationCompletion()
        completion.successful.commands.add().complete_workflow_execution.result.CopyFrom(whole[0])
        await sdk.encode_completion(completion, converter, encode_headers=False, storage_concurrency_limit=3)
        return completion

    async def back(result: Payload, converter: DataConverter) -> WorkflowActivation:
        activation = WorkflowActivation()
        activation.jobs.add().resolve_activity.result.completed.result.CopyFrom(result)
        found = await sdk.decode_activation(activation, converter, decode_headers=False, storage_concurrency_limit=3)
        assert found.payload_count == 0
        return activation

    with_codec = dataclasses.replace(DATA_CONVERTER, payload_codec=Reversed())
    for converter, data in ((DATA_CONVERTER, whole[0].data), (with_codec, whole[0].data[::-1])):
        sent = (await out(converter)).successful.commands[0].complete_workflow_execution.result
        assert sent.data == data
        came = (await back(sent, converter)).jobs[0].resolve_activity.result.completed.result
        assert came == whole[0]


@pytest.mark.parametrize(("tls", "mode"), [(False, GrpcCompression.NONE), (True, GrpcCompression.GZIP)])
async def test_calls_are_compressed_across_the_internet_only(tls: bool, mode: GrpcCompression) -> None:
    settings = Settings(
        mqtt_password=NOT_USED,
        livekit_api_secret=NOT_USED,
        media_control_token=NOT_USED,
        seal_key=NOT_USED,
        objects_secret_key=NOT_USED,
        temporal_tls=tls,
    )
    client = await temporal_client(settings, lazy=True)
    assert client.service_client.config.grpc_compression is mode
