"""A pytest plugin: an emulated organization for the tests of code that reads usage and costs.

It is loaded in every run of pytest where this library is installed, so nothing is imported before a
fixture is used. `pytest --fixtures` lists the fixtures, `pytest --markers` the marker; docs/testing.md
shows them in use. They need `pip install 'openai-org-usage[pytest]'`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypedDict

import pytest

if TYPE_CHECKING:
    from .client import AsyncUsageClient, UsageClient
    from .emulator import Emulator, FaultPlan, OrganizationSize, Restatements
    from .http.retry import RetryPolicy

_MARKER = "usage_faults"
_EMULATOR = "usage_emulator"


class EmulatorOptions(TypedDict, total=False):
    """Arguments of the `Emulator` that all tests share; `help(Emulator)` describes them."""

    seed: int
    now: Callable[[], float]
    admin_key: str
    organization_id: str
    lookback_days: int | None
    latency: float
    restate_days: int
    restatements: Restatements | None
    size: OrganizationSize | None
    observed_fields: bool
    gzip: bool


@pytest.fixture(scope="session")
def usage_emulator_options() -> EmulatorOptions:
    """Arguments of the emulator: override it in conftest.py, such as {"lookback_days": 365}."""
    return {}


@pytest.fixture(scope="session")
def usage_emulator_session(usage_emulator_options: EmulatorOptions) -> Iterator[Emulator]:
    """The one running emulator; tests use `usage_emulator`."""
    from .emulator import Emulator

    with Emulator(**usage_emulator_options) as emulator:
        yield emulator


@pytest.fixture
def usage_emulator(
    request: pytest.FixtureRequest, usage_emulator_session: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Emulator]:
    """An emulated organization, OPENAI_BASE_URL and OPENAI_ADMIN_KEY set to it, and no faults.

    A client made without arguments reads it. Faults come from the marker `usage_faults`, or set
    `usage_emulator.faults` in the test. `.requests` and `.dealt` have what happened in this test.
    """
    emulator = usage_emulator_session
    emulator.reset()
    monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
    marker = request.node.get_closest_marker(_MARKER)
    if marker is not None:
        emulator.faults = _planned(marker)
    yield emulator
    emulator.reset()


@pytest.fixture
def usage_client(usage_emulator: Emulator, usage_emulator_options: EmulatorOptions) -> Iterator[UsageClient]:
    """A client of `usage_emulator`, with its clock; it tries again at once, or when it is told to."""
    from .client import UsageClient

    with UsageClient(**_connected(usage_emulator, usage_emulator_options)) as client:
        yield client


@pytest.fixture
def async_usage_client(usage_emulator: Emulator, usage_emulator_options: EmulatorOptions) -> AsyncUsageClient:
    """The asynchronous client of `usage_emulator`: use it with `async with async_usage_client:`."""
    from .client import AsyncUsageClient

    return AsyncUsageClient(**_connected(usage_emulator, usage_emulator_options))


class _Connected(TypedDict):
    """Arguments of a client."""

    admin_key: str
    base_url: str
    clock: Callable[[], float]
    retry: RetryPolicy


def _connected(emulator: Emulator, options: EmulatorOptions) -> _Connected:
    from .http.retry import RetryPolicy

    return {
        "admin_key": emulator.admin_key,
        "base_url": emulator.base_url,
        "clock": options.get("now", time.time),
        "retry": RetryPolicy(backoff=0, max_backoff=0),
    }


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(faults, *, probability, seed, operations): what goes wrong in the answers of the "
        f"fixture {_EMULATOR}; the arguments are those of FaultPlan, or one FaultPlan",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that would do nothing."""
    fixtures: object = getattr(item, "fixturenames", ())
    marked = item.get_closest_marker(_MARKER) is not None
    if marked and isinstance(fixtures, list) and _EMULATOR not in fixtures:
        reason = (
            f"the marker {_MARKER} works by the fixture {_EMULATOR}, which the test does not use; "
            f"add the fixture, or @pytest.mark.usefixtures({_EMULATOR!r})"
        )
        pytest.fail(reason, pytrace=False)


def _planned(marker: pytest.Mark) -> FaultPlan:
    from .emulator import FaultPlan

    if len(marker.args) == 1 and isinstance(marker.args[0], FaultPlan):
        return marker.args[0]
    return FaultPlan(*marker.args, **marker.kwargs)
