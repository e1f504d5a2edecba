"""The columns of a Spark read, derived from the registry."""

from __future__ import annotations

from pyspark.sql.types import (
    BooleanType,
    DataType,
    DecimalType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from ...archive.archive_table import ArchiveTable
from ...tables.optional_imports import ArrowType, require
from .rows import arrow_schema


def spark_schema(table: ArchiveTable) -> StructType:
    """What Spark is told; any value may be null."""
    return StructType([StructField(field.name, _type_of(field.type)) for field in arrow_schema(table)])


def _type_of(kind: ArrowType) -> DataType:
    pa = require("pyarrow")
    if pa.types.is_decimal(kind):
        return DecimalType(kind.precision, kind.scale)
    if pa.types.is_timestamp(kind):
        return TimestampType()
    return {pa.int64(): LongType(), pa.bool_(): BooleanType(), pa.string(): StringType()}[kind]


__all__ = ["spark_schema"]
