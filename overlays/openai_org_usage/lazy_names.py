"""How a package gives names that are imported when first used, so that importing it loads nothing."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress

from .errors import APIConnectionError

FIRST_USE = threading.RLock()
"""Held while something is imported or made that all threads use. A fork waits for it: a child would find
the locks of Python's modules taken, by a thread that it does not have. No module takes it while it is
imported, as that would be a lock too many: Python knows only of its own where two threads import at once."""
AT_FORK: list[Callable[[], object]] = []
"""What is called before a fork, while FIRST_USE is held; it is held until the process has forked."""


def _before_fork() -> None:
    FIRST_USE.acquire()
    for prepare in AT_FORK:
        prepare()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=FIRST_USE.release, after_in_child=FIRST_USE.release
    )


def imported(name: str, *, package: str, module_of: Mapping[str, str]) -> object:
    """What `package` calls `name`, from the module of it that `module_of` gives; for its `__getattr__`.

    It is kept in the package, so that this is asked once for each name.

    Raises:
        AttributeError: there is no such name.
    """
    module = module_of.get(name)
    if module is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{module}", package), name)
    setattr(sys.modules[package], name, value)
    return value


@contextmanager
def late_imports() -> Generator[None]:
    """Around imports that are made when a client is first used, as there may be no file left to open by then.

    Raises:
        APIConnectionError: there is none.
    """
    try:
        # It has Python call something after each fork, which must not begin while one waits for FIRST_USE.
        with suppress(RuntimeError):  # Python is ending, and no threads begin any more.
            importlib.import_module("concurrent.futures.thread")
        with FIRST_USE:
            yield
    except OSError as error:
        raise APIConnectionError(
            f"the library cannot be loaded ({error.strerror}); raise the limit of open files (ulimit -n)"
        ) from None
