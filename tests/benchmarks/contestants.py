"""Contestants that do next to nothing, for the processes that the tests start."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.child import Reading


def saying(*, digest: float) -> Callable[[], Reading]:
    """Takes a second each time, and has read `digest`."""
    return lambda: Reading(1.0, [digest])


def failing() -> Callable[[], Reading]:
    """Cannot be prepared."""
    raise SystemExit(3)
