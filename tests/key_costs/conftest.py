"""Emulated organizations that may not group costs by API key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused

from ..conftest import NOW


@pytest.fixture(scope="session")
def refusing_emulator() -> Iterator[Emulator]:
    """The emulator that all tests share, but that it refuses costs by API key."""
    faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def refused(refusing_emulator: Emulator) -> Iterator[UsageClient]:
    """A client of it."""
    key, base_url = refusing_emulator.admin_key, refusing_emulator.base_url
    with UsageClient(admin_key=key, base_url=base_url, clock=lambda: NOW) as client:
        yield client
