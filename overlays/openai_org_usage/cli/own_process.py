"""What a process may do without that is one command; a program that runs one keeps all of it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager

_PANDAS = "pandas"
_COLLECTED_EVERY = 200_000
"""New objects after which the cyclic collector looks for garbage. Commands make much that stays and little
garbage: looking as often as Python does by itself takes an eighth of a report's time."""


@contextmanager
def own_process() -> Generator[None]:
    """Leave pandas out, and look for garbage rarely, and not once more at the end."""
    _, *others = gc.get_threshold()
    gc.set_threshold(_COLLECTED_EVERY, *others)
    with pandas_left_out():
        yield
    if "duckdb" not in sys.modules:  # It complains where its objects are left.
        gc.freeze()


class _Refusal:
    """A finder of modules that finds no pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Leave all other modules to the other finders."""
        if fullname == _PANDAS:
            raise ModuleNotFoundError(f"commands do without {_PANDAS}", name=_PANDAS)


@contextmanager
def pandas_left_out() -> Generator[None]:
    """Have pandas look as if it were not installed, unless it is imported already.

    pyarrow imports it for its first value wherever it is installed, which takes half a second, and knows its
    objects only if it could. No command has a use for them.
    """
    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)


__all__ = ["own_process", "pandas_left_out"]
