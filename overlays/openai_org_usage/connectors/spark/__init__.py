"""A data source for Apache Spark 4.1 and newer: usage and costs of many organizations, read by a cluster::

    from openai_org_usage.connectors.spark import OpenAIUsageSource

    spark.dataSource.register(OpenAIUsageSource)
    spark.read.format("openai_org_usage").option("endpoint", "costs").option("start_time", "30d").load()

It needs the extra `spark`, on the driver and on the executors. docs/spark.md has the options.
"""

from __future__ import annotations

from ...errors import MissingExtraError

try:
    from .data_source import OpenAIUsageReader, OpenAIUsageSource
except ModuleNotFoundError as error:
    library = (error.name or "").partition(".")[0]
    if library != "pyspark":
        raise
    raise MissingExtraError.of("spark", purpose="the Spark data source", library=library) from None

__all__ = ["OpenAIUsageReader", "OpenAIUsageSource"]
