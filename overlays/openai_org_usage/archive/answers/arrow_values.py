"""Values of Python as Arrow has them, made without Arrow's own conversion.

That imports pandas where it is installed, which takes longer than most reports.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

from ...tables.optional_imports import ArrowArray, require


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


__all__ = ["texts", "whole_number"]
