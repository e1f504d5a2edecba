"""An emulator whose clock stands still on a Saturday morning, and a plain HTTP client for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from openai_org_usage.emulator import Emulator

from .asking import Api, api_of

NOW = int(datetime(2026, 11, 21, 10, 30, 20, tzinfo=UTC).timestamp())


@pytest.fixture(scope="session")
def now() -> int:
    """The moment at which the emulated world stands still, in Unix seconds."""
    return NOW


@pytest.fixture(scope="session")
def api() -> Iterator[Api]:
    """A client of an emulator with seed 0."""
    with Emulator(now=lambda: NOW) as emulator, api_of(emulator) as api:
        yield api


@pytest.fixture(scope="session")
def faulty_session() -> Iterator[Api]:
    """A client of an emulator for faults, which stay planted until the next test."""
    with Emulator(now=lambda: NOW) as emulator, api_of(emulator) as api:
        yield api


@pytest.fixture
def faulty(faulty_session: Api) -> Api:
    """A client of an emulator with no faults yet."""
    faulty_session.emulator.reset()
    return faulty_session
