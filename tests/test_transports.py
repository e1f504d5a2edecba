"""Transports that users give: blocking ones serve both clients, too."""

from __future__ import annotations

import asyncio

import httpx

from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage.emulator import Emulator

from .conftest import DAY, MIDNIGHT, NOW


def test_a_blocking_transport_serves_both_clients(emulator: Emulator) -> None:
    """As one with client certificates would be given: the same buckets either way."""

    async def read() -> list[int]:
        async with AsyncUsageClient(
            admin_key=emulator.admin_key,
            base_url=emulator.base_url,
            transport=httpx.HTTPTransport(),
            clock=lambda: NOW,
        ) as client:
            return [bucket.start_time async for bucket in client.costs(start_time=MIDNIGHT - 40 * DAY)]

    with UsageClient(
        admin_key=emulator.admin_key,
        base_url=emulator.base_url,
        transport=httpx.HTTPTransport(),
        clock=lambda: NOW,
    ) as client:
        blocking = [bucket.start_time for bucket in client.costs(start_time=MIDNIGHT - 40 * DAY)]

    assert len(blocking) == 41
    assert asyncio.run(read()) == blocking
