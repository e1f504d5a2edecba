"""Rows as CSV, JSON lines and JSON; needs no extra. Money is written in digits, never rounded.

Exact numbers are strings in JSON, as numbers there are floats for most readers. They are written as
`digits` says, with an exponent only where there would be nothing but zeros.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from ..printable import escaped_lines
from .columns import Column, Kind
from .formats import Dates
from .formula_texts import inert
from .literals import as_json, digits, iso, plain_day, plain_time
from .records import Convert, RecordMaker
from .refusals import UnfitError
from .targets import Stream
from .whole_days import are_midnights, is_of_whole_days

if TYPE_CHECKING:
    from ..pagination.rules import Bucket


def nearest_float(value: Decimal | float) -> float:
    """The binary float nearest to `value`; a float is one, even where it is infinite.

    Raises:
        UnfitError: it is beyond all floats.
    """
    nearest = float(value)
    if math.isinf(nearest) and isinstance(value, Decimal):
        raise UnfitError
    return nearest


_AT_ONCE = 1000
"""Rows."""
_JSON = msgspec.json.Encoder(decimal_format="number")
_PLAIN: Mapping[Kind, Convert] = {
    Kind.TIME: iso,
    Kind.MONEY: digits,
    Kind.DECIMAL: digits,
    Kind.FLOAT: nearest_float,
}


_CSV: Mapping[Kind, Convert] = {
    **_PLAIN,
    Kind.FLAG: {True: "true", False: "false"}.__getitem__,
    Kind.OTHER: as_json,
}
_CSV_SAFE: Mapping[Kind, Convert] = {
    **_CSV,
    Kind.TEXT: inert,
    Kind.TAG: inert,
    Kind.OTHER: lambda members: inert(as_json(members) or ""),
}


class Writing(Protocol):
    """How rows become text.

    Attributes:
        convert: what makes text of a value, by the kind of its column.
        convert_days: the same, where rows are of whole days.
    """

    convert: Mapping[Kind, Convert]
    convert_days: Mapping[Kind, Convert]

    def head(self) -> bytes: ...
    def body(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes: ...
    def foot(self) -> bytes: ...


class TextSink:
    """Writes the rows of each bucket as it comes."""

    def __init__(self, stream: Stream, writing: Writing, columns: Sequence[Column]) -> None:
        self.rows = 0
        self._stream = stream
        self._writing = writing
        self._names = [column.name for column in columns]
        self._maker = RecordMaker(columns, convert=writing.convert)
        self._day_maker = RecordMaker(columns, convert=writing.convert_days)
        self._put(writing.head())

    def add(self, bucket: Bucket) -> None:
        """Write the rows of `bucket`."""
        maker = self._day_maker if is_of_whole_days(bucket) else self._maker
        rows = list(maker.rows(bucket))
        if rows:
            self._put(self._writing.body(self._names, rows))
        self.rows += len(rows)

    def finish(self) -> None:
        """Write what follows the last row."""
        self._put(self._writing.foot())

    def abandon(self) -> None:
        """Write no more; what is written stays."""

    def _put(self, text: bytes) -> None:
        if text:
            self._stream.write(text)


class Csv:
    """RFC 4180 but for the line ends, which are `\\n`: a head, and fields quoted where they need it.

    Null is an empty field, true and false are lower-case, unknown members are JSON. Texts are as they came;
    a CSV that is to be `safe` has `'` before those that a spreadsheet would run as a formula.
    """

    def __init__(self, columns: Sequence[Column], *, safe: bool, dates: Dates) -> None:
        self._names = [column.name for column in columns]
        convert = _CSV_SAFE if safe else _CSV
        is_plain = dates == "plain"
        self.convert: Mapping[Kind, Convert] = {**convert, Kind.TIME: plain_time} if is_plain else convert
        self.convert_days: Mapping[Kind, Convert] = {**convert, Kind.TIME: plain_day} if is_plain else convert

    def head(self) -> bytes:
        return _csv_lines([self._names])

    def body(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        return _csv_lines(rows)

    def foot(self) -> bytes:
        return b""


class JsonLines:
    """One object a line (NDJSON)."""

    convert: Mapping[Kind, Convert] = _PLAIN
    convert_days: Mapping[Kind, Convert] = _PLAIN

    def head(self) -> bytes:
        return b""

    def body(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        return escaped_lines(_JSON.encode_lines([dict(zip(names, row, strict=True)) for row in rows]))

    def foot(self) -> bytes:
        return b""


class Json:
    """One array of objects, each on its line."""

    convert: Mapping[Kind, Convert] = _PLAIN
    convert_days: Mapping[Kind, Convert] = _PLAIN

    def __init__(self) -> None:
        self._separator = b"\n"

    def head(self) -> bytes:
        return b"["

    def body(self, names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
        lines = JsonLines().body(names, rows).rstrip(b"\n").replace(b"\n", b",\n")
        separator, self._separator = self._separator, b",\n"
        return separator + lines

    def foot(self) -> bytes:
        return b"\n]\n"


def writing_in(format: str, columns: Sequence[Column], *, csv_safe: bool, dates: Dates = "iso") -> Writing:
    """What makes text of rows with `columns` in one of the formats for text."""
    makers: dict[str, Callable[[], Writing]] = {
        "csv": lambda: Csv(columns, safe=csv_safe, dates=dates),
        "ndjson": JsonLines,
        "json": Json,
    }
    return makers[format]()


def write_rows(
    rows: Iterable[Sequence[object]], stream: Stream, *, columns: Sequence[Column], writing: Writing
) -> int:
    """Write `rows`, which may be of anything; how many there were."""
    names, count = [column.name for column in columns], 0
    steps, day_steps = (_steps(columns, convert) for convert in (writing.convert, writing.convert_days))
    stream.write(writing.head())
    some: list[Sequence[object]] = []
    for row in rows:
        some.append(_converted(row, day_steps if are_midnights(row) else steps))
        count += 1
        if len(some) == _AT_ONCE:
            stream.write(writing.body(names, some))
            some = []
    if some:
        stream.write(writing.body(names, some))
    stream.write(writing.foot())
    return count


def _steps(columns: Sequence[Column], convert: Mapping[Kind, Convert]) -> list[tuple[int, Convert]]:
    return [(place, convert[column.kind]) for place, column in enumerate(columns) if column.kind in convert]


def _converted(row: Sequence[object], steps: Sequence[tuple[int, Convert]]) -> list[object]:
    values = list(row)
    for place, step in steps:
        if values[place] is not None:
            values[place] = step(values[place])
    return values


def _csv_lines(rows: Sequence[Sequence[object]]) -> bytes:
    text = _written(rows, csv.QUOTE_MINIMAL)
    # A lone carriage return ends a line for readers, and the writer quotes only the line ends it writes.
    return (_written(rows, csv.QUOTE_ALL) if "\r" in text else text).encode()


def _written(rows: Sequence[Sequence[object]], quoting: Literal[0, 1]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue()


__all__ = ["TextSink", "Writing", "write_rows", "writing_in"]
