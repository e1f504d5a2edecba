"""The data source that Spark is given, and its reader, which goes from the driver to the executors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from pyspark.sql.datasource import DataSource, DataSourceReader, Filter, InputPartition
from pyspark.sql.types import StructType

from ...errors import ConfigurationError
from ...tables.optional_imports import ArrowBatch
from .options import SparkOptions
from .pushed_filters import PushedFilters
from .rows import window_batches
from .spark_schema import spark_schema
from .windows import SparkWindow, windows


class OpenAIUsageSource(DataSource):
    """The format `openai_org_usage`: `spark.dataSource.register(OpenAIUsageSource)`."""

    @staticmethod
    def clock() -> float:
        """The present in Unix seconds."""
        return time.time()

    @classmethod
    def name(cls) -> str:
        """What the format is called."""
        return "openai_org_usage"

    def schema(self) -> StructType:
        """The columns of the endpoint, then `organization` and `month`.

        Raises:
            ConfigurationError: an option is unknown, missing or holds a key.
            InvalidParameterError: there is no such endpoint, dimension, width or time.
        """
        return spark_schema(self._asked().table)

    def reader(self, schema: StructType) -> OpenAIUsageReader:
        """The reader.

        Raises:
            ConfigurationError: `schema` is another than that of the source.
        """
        if schema.simpleString() != self.schema().simpleString():
            raise ConfigurationError("the schema cannot be chosen: leave .schema() out, and select columns")
        options = self._asked()
        reader = FilteringReader if options.pushdown else OpenAIUsageReader
        return reader(options, clock=type(self).clock)

    def _asked(self) -> SparkOptions:
        return SparkOptions.of(self.options, now=type(self).clock())


class OpenAIUsageReader(DataSourceReader):
    """What plans a read on the driver and does it on the executors. It holds no key."""

    def __init__(self, options: SparkOptions, *, clock: Callable[[], float]) -> None:
        self._options, self._clock = options, clock
        self._pushed = PushedFilters()

    def partitions(self) -> Sequence[InputPartition]:
        """One for each organization and page.

        Raises:
            InvalidParameterError: nothing says where the range starts.
        """
        return [InputPartition(window) for window in windows(self._options, self._pushed, now=self._clock())]

    def read(self, partition: InputPartition) -> Iterator[ArrowBatch]:
        """The rows of a partition, with the key that the executor has.

        Raises:
            OpenAIUsageError: there is no key, or the API refuses.
        """
        window = partition.value
        if isinstance(window, SparkWindow):  # Spark makes one of None where there are none.
            yield from window_batches(window, clock=self._clock)


class FilteringReader(OpenAIUsageReader):
    """A reader that filters narrow. Spark keeps what it plans for the next query of the same DataFrame, too.

    Up to Spark 4.2, that is: a query without filters, or the other half of a union, then gets the rows of the
    last filters alone, and Python is not asked. So only those get it who ask for it.
    """

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:
        """Narrow what is asked for by `filters`; all of them, since Spark is to filter once more."""
        self._pushed = PushedFilters.of(filters, table=self._options.table)
        return filters
