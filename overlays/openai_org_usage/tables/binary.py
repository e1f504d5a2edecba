"""Record batches as Parquet and Arrow files."""

from __future__ import annotations

from .optional_imports import ArrowBatch, ArrowSchema, require
from .outlet import Outlet
from .schema import without_dictionaries
from .targets import Stream

_COMPRESSION = "zstd"


class ParquetSink:
    """A Parquet file with a row group for each batch."""

    def __init__(self, stream: Stream, schema: ArrowSchema) -> None:
        parquet = require("pyarrow.parquet")
        self.rows = 0
        self._outlet = Outlet(stream)
        self._writer = parquet.ParquetWriter(self._outlet, schema, compression=_COMPRESSION)

    def add(self, batch: ArrowBatch) -> None:
        """Write `batch`."""
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def finish(self) -> None:
        """Write what follows the last batch."""
        self._writer.close()

    def abandon(self) -> None:
        """Write no more."""
        self._outlet.shut()
        self._writer.close()


class ArrowSink:
    """An Arrow IPC file (Feather 2), strings plain."""

    def __init__(self, stream: Stream, schema: ArrowSchema) -> None:
        pa = require("pyarrow")
        self.rows = 0
        self._outlet = Outlet(stream)
        self._schema = without_dictionaries(schema)
        options = pa.ipc.IpcWriteOptions(compression=_COMPRESSION)
        self._writer = pa.ipc.new_file(self._outlet, self._schema, options=options)

    def add(self, batch: ArrowBatch) -> None:
        """Write `batch`."""
        self._writer.write_table(require("pyarrow").Table.from_batches([batch]).cast(self._schema))
        self.rows += batch.num_rows

    def finish(self) -> None:
        """Write what follows the last batch."""
        self._writer.close()

    def abandon(self) -> None:
        """Write no more."""
        self._outlet.shut()
        self._writer.close()


__all__ = ["ArrowSink", "ParquetSink"]
