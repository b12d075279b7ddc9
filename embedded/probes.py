"""Proof that a part is ready: each probe speaks the part's own protocol and raises until the answer is right.

Clients that take long to import are so when they are needed: every `argus` command imports this module.
"""

from __future__ import annotations

import asyncio

import httpx

from embedded.part import Probe


def http(url: str) -> Probe:
    """GET answers with a status below 300."""

    async def probe() -> None:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            (await client.get(url)).raise_for_status()

    return probe


def tcp(host: str, port: int) -> Probe:
    """A connection is accepted."""

    async def probe() -> None:
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        await writer.wait_closed()

    return probe


def mqtt(host: str, port: int, username: str, password: str) -> Probe:
    """A client with this account is let in."""

    async def probe() -> None:
        import aiomqtt

        async with aiomqtt.Client(host, port, username=username, password=password, timeout=2):
            pass

    return probe


def temporal(address: str, namespace: str) -> Probe:
    """The namespace is served, which comes a moment after the port is open."""

    async def probe() -> None:
        from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
        from temporalio.client import Client

        client = await Client.connect(address, namespace=namespace)
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))

    return probe
