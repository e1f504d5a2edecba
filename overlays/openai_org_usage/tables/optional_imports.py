"""The libraries that tables are made with: imported when first needed, and optional.

They are imported by name, and their types are names for Any, so that the package (vendored copies
included) can be imported and type-checked without them.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Protocol, TypeAlias

from ..errors import MissingExtraError
from ..lazy_names import late_imports

ArrowTable: TypeAlias = Any
"""A `pyarrow.Table`."""
ArrowReader: TypeAlias = Any
"""A `pyarrow.RecordBatchReader`."""
ArrowArray: TypeAlias = Any
"""A `pyarrow.Array`."""
ArrowType: TypeAlias = Any
"""A `pyarrow.DataType`."""
ArrowSchema: TypeAlias = Any
"""A `pyarrow.Schema`."""
PolarsFrame: TypeAlias = Any
"""A `polars.DataFrame`."""
PandasFrame: TypeAlias = Any
"""A `pandas.DataFrame`."""


class ArrowBatch(Protocol):
    """A `pyarrow.RecordBatch`."""

    @property
    def num_rows(self) -> int: ...


_EXTRAS = {"pyarrow": "arrow", "polars": "polars", "pandas": "pandas"}


def require(module: str) -> ModuleType:
    """The optional `module`, such as `pyarrow.parquet`.

    Raises:
        MissingExtraError: it is not installed; the message has the command that installs it.
        APIConnectionError: there is no file left to open.
    """
    library = module.partition(".")[0]
    try:
        with late_imports():  # A fork meanwhile would leave the child a module that is never ready.
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library:
            raise
        missing = error
    raise MissingExtraError.of(_EXTRAS[library], library=library) from missing


__all__ = [
    "ArrowArray",
    "ArrowBatch",
    "ArrowReader",
    "ArrowSchema",
    "ArrowTable",
    "ArrowType",
    "PandasFrame",
    "PolarsFrame",
    "require",
]
