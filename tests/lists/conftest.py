"""An emulator of their own for the tests of lists, as they plan faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator

from ..conftest import NOW
from .reading import options_for


@pytest.fixture(scope="session")
def lists_emulator() -> Iterator[Emulator]:
    """The emulator."""
    with Emulator(now=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture
def emulator(lists_emulator: Emulator) -> Emulator:
    """The same, as new."""
    lists_emulator.reset()
    return lists_emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[UsageClient]:
    """A client of it that tries nothing again."""
    with UsageClient(**options_for(emulator)) as client:
        yield client
