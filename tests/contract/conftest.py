"""What the tests of the contract share: one loop, and that nothing is left open."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from .echo_server import open_files, own_threads
from .sharing import answered_by, empty, settles


@pytest.fixture(scope="module")
def shared_loop() -> None:
    """The loop that all clients share has begun before anything is counted."""
    with answered_by(empty) as client:
        assert list(client.costs(start_time=0)) == []


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    """As many descriptors after each test as before, and no thread of ours but that of the loop."""
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    assert own_threads() == ["openai-org-usage"]
    assert settles(before)
