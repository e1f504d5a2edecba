"""The cyclic collector waits while the objects of a page are made: there is no garbage to find.

It would look at them some fifty times, and now and then at all objects of the process. It is not
disabled for that, as nobody could tell later who had done so, but given a threshold that no page
reaches: a caller who disables or enables it, or sets thresholds, is never overruled.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from typing import TypeVar

GivenT = TypeVar("GivenT")
ResultT = TypeVar("ResultT")

_WAITING = 2_147_480_000
"""A threshold that nobody else sets, so that it tells who did."""


class _Collector:
    """Counts who keeps the collector waiting; threads may do so at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[object] = set()
        self._thresholds: tuple[int, int, int] | None = None

    def wait(self, token: object) -> None:
        """Let it wait until `go_on` is called with `token`."""
        with self._lock:
            self._busy.add(token)
            thresholds = gc.get_threshold()
            if thresholds[0] not in (0, _WAITING):
                self._thresholds = thresholds
                gc.set_threshold(_WAITING, *thresholds[1:])

    def go_on(self, token: object) -> None:
        """Undo `wait`, unless others keep it waiting or the thresholds were changed meanwhile."""
        with self._lock:
            self._busy.discard(token)
            if not self._busy and self._thresholds and gc.get_threshold()[0] == _WAITING:
                gc.set_threshold(*self._thresholds)

    def start_in_child(self) -> None:
        """Forget the threads that a fork has left behind."""
        self._lock, self._busy = threading.Lock(), set()
        self.go_on(None)


_collector = _Collector()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_collector.start_in_child)


def without_collecting(make: Callable[[GivenT], ResultT], given: GivenT) -> ResultT:
    """What `make` returns for `given`."""
    token = object()
    try:
        _collector.wait(token)
        return make(given)
    finally:
        _collector.go_on(token)


__all__ = ["without_collecting"]
