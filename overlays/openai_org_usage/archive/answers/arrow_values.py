"""Values and groups made without the ways of Arrow that import pandas.

Where pandas is installed, that takes as long as a whole report does.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

from ...tables.optional_imports import ArrowArray, ArrowTable, require


def whole_number(value: int) -> object:
    """A scalar of 64 bits."""
    pa = require("pyarrow")
    return pa.Array.from_buffers(pa.int64(), 1, [None, pa.py_buffer(struct.pack("q", value))])[0]


def texts(values: Sequence[str]) -> ArrowArray:
    """An array of strings."""
    pa = require("pyarrow")
    encoded = [value.encode() for value in values]
    ends = struct.pack(f"{len(values) + 1}i", 0, *accumulate(map(len, encoded)))
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def groups_of(
    rows: ArrowTable, keys: Sequence[str], aggregates: Sequence[tuple[str, str, object]]
) -> ArrowTable:
    """What `rows.group_by(keys).aggregate(aggregates)` gives, and the number of rows of each as `count_all`.

    Arrow's public module for it imports its data sets, and these pandas; this is the module below it.
    """
    acero = require("pyarrow._acero")
    wanted: list[tuple[str | tuple[()], str, object, str]] = [((), "hash_count_all", None, "count_all")]
    wanted += [(name, f"hash_{kind}", options, f"{name}_{kind}") for name, kind, options in aggregates]
    steps = [
        acero.Declaration("table_source", acero.TableSourceNodeOptions(rows)),
        acero.Declaration("aggregate", acero.AggregateNodeOptions(wanted, keys=list(keys))),
    ]
    groups: ArrowTable = acero.Declaration.from_sequence(steps).to_table(use_threads=False)
    return groups


__all__ = ["groups_of", "texts", "whole_number"]
