"""An end for what hangs, as a mutant may."""

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
