"""An end for what hangs, as a mutant may, and silence while it runs."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """The process ends with a test that hangs, and says where."""
    faulthandler.dump_traceback_later(10, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def is_silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio logs what goes wrong in a callback, or in a task that nobody waits for."""
    yield
    said = [record for record in caplog.get_records("call") if record.name == "asyncio"]
    assert [record.getMessage() for record in said] == []
