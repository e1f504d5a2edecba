"""Commands do without pandas, which pyarrow imports for its first value wherever it is installed."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

_PANDAS = "pandas"


class _Refusal:
    """A finder of modules that finds no pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Leave all other modules to the other finders."""
        if fullname == _PANDAS:
            raise ModuleNotFoundError(f"commands do without {_PANDAS}", name=_PANDAS)


@contextmanager
def pandas_left_out() -> Generator[None]:
    """Have pandas look as if it were not installed, unless it is imported already.

    Importing it takes half a second, and no command has a use for it.
    """
    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)


__all__ = ["pandas_left_out"]
