"""The libraries that tables are made with: imported when first needed, and optional.

They are imported by name, and their types are names for Any, so that the package (vendored copies
included) can be imported and type-checked without them.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
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
ParquetFile: TypeAlias = Any
"""A `pyarrow.parquet.ParquetFile`."""
ArrowFileSystem: TypeAlias = Any
"""A `pyarrow.fs.FileSystem`."""
DuckConnection: TypeAlias = Any
"""A `duckdb.DuckDBPyConnection`."""
DuckRelation: TypeAlias = Any
"""A `duckdb.DuckDBPyRelation`: the result of a query."""
PolarsFrame: TypeAlias = Any
"""A `polars.DataFrame`."""
PandasFrame: TypeAlias = Any
"""A `pandas.DataFrame`."""


class ArrowBatch(Protocol):
    """A `pyarrow.RecordBatch`."""

    @property
    def num_rows(self) -> int: ...


_EXTRAS = {
    "duckdb": "archive",
    "pyarrow": "arrow",
    "polars": "polars",
    "pandas": "pandas",
    "xlsxwriter": "xlsx",
}
_imported: set[str] = set()
"""What has been imported whole."""


def require(module: str) -> ModuleType:
    """The optional `module`, such as `pyarrow.parquet`.

    Raises:
        MissingExtraError: it is not installed; the message has the command that installs it.
        APIConnectionError: there is no file left to open.
    """
    known = sys.modules.get(module)
    if known is not None and module in _imported:
        return known
    library = module.partition(".")[0]
    try:
        import_whole(module, lambda: importlib.import_module(module))
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library:
            raise
        missing = error
    raise MissingExtraError.of(_EXTRAS[library], library=library) from missing


def import_whole(name: str, work: Callable[[], object]) -> None:
    """Do `work`, which imports something and is done once for each `name`, where Ctrl-C does not reach it.

    Python leaves modules half made where their import is interrupted, and nothing that uses them works from
    then on. Ctrl-C comes to the main thread alone, so another one does the work.

    Raises:
        APIConnectionError: there is no file left to open.
    """
    if name in _imported:
        return
    ended: SimpleQueue[Exception | None] = SimpleQueue()

    def do() -> None:
        try:
            work()
        except Exception as error:
            ended.put(error)
        else:
            ended.put(None)

    with late_imports():  # A fork meanwhile would leave the child a module that is never ready.
        try:
            threading.Thread(target=do, daemon=True).start()
        except RuntimeError:  # Python is ending, or has no thread left.
            do()
        if (error := ended.get()) is not None:
            raise error.with_traceback(None)
    _imported.add(name)


__all__ = [
    "ArrowArray",
    "ArrowBatch",
    "ArrowFileSystem",
    "ArrowReader",
    "ArrowSchema",
    "ArrowTable",
    "ArrowType",
    "DuckConnection",
    "DuckRelation",
    "PandasFrame",
    "ParquetFile",
    "PolarsFrame",
    "import_whole",
    "require",
]
