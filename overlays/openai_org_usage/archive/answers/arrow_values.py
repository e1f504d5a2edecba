"""Arrow's functions, values and groups, by ways that import nothing beside.

Its public ways import pandas where that is installed, which takes as long as a whole report does, and make
a documented function of each of its hundreds, which takes as long as reading a year.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

from ...tables.optional_imports import ArrowArray, ArrowTable, ArrowType, require


def call(function: str, *values: object, options: object = None) -> ArrowArray:
    """What a function of Arrow gives, called as `pyarrow.compute` calls it."""
    return require("pyarrow._compute").call_function(function, list(values), options)


def options_of(kind: str, *values: object, **named: object) -> object:
    """Options for a function, such as `SortOptions`."""
    return getattr(require("pyarrow._compute"), f"{kind}Options")(*values, **named)


def as_type(values: ArrowArray, wanted: ArrowType) -> ArrowArray:
    """`values` as another type that holds them.

    Raises:
        pyarrow.ArrowException: it does not hold one of them.
    """
    return values if values.type == wanted else call("cast", values, options=options_of("Cast", wanted))


def chosen(rows: ArrowTable, mask: ArrowArray) -> ArrowTable:
    """Those of `rows` that `mask` is true of."""
    return call("filter", rows, mask)


def is_one_of(values: ArrowArray, wanted: Sequence[str]) -> ArrowArray:
    """Whether each of `values` is one of `wanted`."""
    return call("is_in", values, options=options_of("SetLookup", texts(wanted)))


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


__all__ = ["as_type", "call", "chosen", "groups_of", "is_one_of", "options_of", "texts", "whole_number"]
