"""An organization to sync, and a folder for the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator

from ...conftest import NOW

pytest.importorskip("pyarrow")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One of a test's own: whose faults it may change. Its clock stands still."""
    with Emulator(now=lambda: NOW, lookback_days=40) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the archive is made, as the folder `usage`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
