"""What stands in the environment of those who read for an engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openai_org_usage.emulator import Emulator


@pytest.fixture
def executor_keys(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys of two organizations in the environment of the executors, and one of somebody else."""
    emulator.reset()
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-of-somebody-else")
    for name in ("ACME_KEY", "BETA_KEY"):
        monkeypatch.setenv(name, emulator.admin_key)
    yield
    emulator.reset()
