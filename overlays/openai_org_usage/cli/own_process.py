"""What a process may do without that is one command; a program that runs one keeps all of it."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import NoReturn

_COLLECTED_EVERY = 200_000
"""New objects after which the cyclic collector looks for garbage. Commands make much that stays and little
garbage: looking as often as Python does by itself takes an eighth of a report's time."""
_RUN_ALL = "_run_exitfuncs"
"""What runs all that was registered. CPython has no public name for it; multiprocessing ends by it, too."""
_WITHOUT_NUMPY = 18
"""The first version of pyarrow that does without numpy."""


def run_and_end() -> NoReturn:
    """Run the command that the words of the process are, and end the process with its exit code."""
    from . import main

    _end(main())


def _end(code: int) -> NoReturn:
    """End the process, all that was registered for its end done and all output written.

    Python would then take apart all that there is, which takes 35 ms after a query in SQL. It is left to do
    so where other threads are still to be waited for, or a profiler or debugger watches.
    """
    waits = any(not (thread.daemon or thread is threading.main_thread()) for thread in threading.enumerate())
    run_all = getattr(atexit, _RUN_ALL, None)
    if run_all is not None and not (waits or sys.getprofile() or sys.gettrace()):
        run_all()
        with suppress(OSError, ValueError):  # Python says at its end what it cannot write.
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
            os._exit(code)
    raise SystemExit(code)


@contextmanager
def own_process() -> Generator[None]:
    """Leave pandas and numpy out, and look for garbage rarely."""
    _, *others = gc.get_threshold()
    gc.set_threshold(_COLLECTED_EVERY, *others)
    with pandas_left_out():
        yield


class _Refusal:
    """A finder of modules that finds no pandas, and no numpy where pyarrow does without."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Leave all other modules to the other finders."""
        if fullname == "pandas" or (fullname == "numpy" and _pyarrow_version() >= _WITHOUT_NUMPY):
            raise ModuleNotFoundError(f"commands do without {fullname}", name=fullname)


def _pyarrow_version() -> int:
    """Of the pyarrow that is there or just being imported; 0 if none is."""
    version = getattr(sys.modules.get("pyarrow"), "__version__", None) or ""
    number = str(version).partition(".")[0]
    return int(number) if number.isdecimal() else 0


@contextmanager
def pandas_left_out() -> Generator[None]:
    """Have pandas and numpy look as if they were not installed, unless they are imported already.

    pyarrow imports both wherever they are installed, numpy at once and pandas for its first value, which
    takes a twentieth and half a second, and knows their objects only if it could. No command has a use for
    them.
    """
    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)


__all__ = ["own_process", "pandas_left_out", "run_and_end"]
