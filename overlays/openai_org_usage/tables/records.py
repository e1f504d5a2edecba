"""Rows as dictionaries with the columns of a table, or as lists of the values that a text format writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from ..errors import InexactValueError
from ..named_rows import FoundNames, NameSource
from .columns import Column, Kind
from .literals import as_json, digits
from .refusals import UnfitError, refusal

if TYPE_CHECKING:
    from .._generated import UnknownResult
    from ..pagination.rules import Bucket

Record = dict[str, Any]
Convert = Callable[[Any], object]


class RecordMaker:
    """Makes a record of each result.

    A result of a type that the pinned document lacks is a record, too: `object` is its tag, what
    else it has stands in `additional_properties`, and all other columns are None, never zero.
    `convert` changes the values of a kind that are not None. A bucket that was made elsewhere may lack
    what only some answers have: that is None, too.
    """

    def __init__(self, columns: Sequence[Column], *, convert: Mapping[Kind, Convert] | None = None) -> None:
        self._names = [column.name for column in columns]
        self._shared = [column for column in columns if column.on_bucket]
        self._own = [column for column in columns if not column.on_bucket and column.names is None]
        self._convert = convert or {}
        self._read = _reader(self._own)
        self._steps = [
            (place, step) for place, column in enumerate(self._own) for step in self._steps_of(column)
        ]
        sources = {column.name: column.names for column in columns if column.names is not None}
        self._unnamed: list[object] = [None] * len(sources)
        self._names_of = _names_reader(list(sources.values()), self._convert.get(Kind.TEXT, str))
        made = [*(column.name for column in (*self._shared, *self._own)), *sources]
        self._ordered = _order([made.index(name) for name in self._names])

    def records(self, bucket: Bucket) -> Iterator[Record]:
        """Documented results first, then those of unknown types."""
        for row in self.rows(bucket):
            yield dict(zip(self._names, row, strict=True))

    def rows(self, bucket: Bucket) -> Iterator[Sequence[object]]:
        """The values of each record.

        Raises:
            InexactValueError: a value cannot be converted.
        """
        shared = [self._converted(column, _of_bucket(bucket, column)) for column in self._shared]
        for result in bucket.results:
            own = self._read(result)
            for place, step in self._steps:
                if own[place] is not None:
                    try:
                        own[place] = step(own[place])
                    except UnfitError:
                        column = self._own[place]
                        raise refusal(column, own[place], of=bucket, result=result, kind="float64") from None
            yield self._ordered(shared + own + self._names_of(result))
        for unknown in bucket.unknown_results:
            own = [self._foreign(column, unknown) for column in self._own]
            yield self._ordered(shared + own + self._unnamed)

    def _steps_of(self, column: Column) -> Iterator[Convert]:
        """What is done to a value that is read from the result's first member on the column's path."""
        if column.kind is Kind.OTHER:
            yield lambda members: dict(members) or None
        yield from map(attrgetter, column.path[1:])
        if column.kind in self._convert:
            yield self._convert[column.kind]

    def _foreign(self, column: Column, result: UnknownResult) -> object:
        if column.kind is Kind.TAG:
            return self._converted(column, result.object)
        if column.kind is not Kind.OTHER:
            return None
        members: dict[str, Any] | None = result.data
        if isinstance(members, dict):  # Not where a result that cannot be read is no object.
            members = {name: value for name, value in members.items() if name != "object"} or None
        return self._converted(column, members)

    def _converted(self, column: Column, value: object) -> object:
        convert = self._convert.get(column.kind)
        return value if value is None or convert is None else convert(value)


def _reader(columns: Sequence[Column]) -> Callable[[object], list[object]]:
    """Reads the first member on the path of each column."""
    if not columns:
        return lambda _: []
    get = attrgetter(*(column.path[0] for column in columns))
    return (lambda result: [get(result)]) if len(columns) == 1 else lambda result: list(get(result))


def _names_reader(sources: Sequence[NameSource], form: Convert) -> Callable[[object], list[object]]:
    """Finds the names from `sources`."""
    return FoundNames(sources, form=form).of if sources else lambda _: []


def _order(places: Sequence[int]) -> Callable[[list[object]], Sequence[object]]:
    """Takes what stands at `places`."""
    if list(places) == list(range(len(places))):
        return lambda row: row
    return itemgetter(*places) if len(places) > 1 else lambda row: [row[places[0]]]


def _of_bucket(bucket: Bucket, column: Column) -> object:
    value: Any = bucket
    for name in column.path:
        value = getattr(value, name, None)
    return _moment(value, column) if column.kind is Kind.TIME else value


def _moment(seconds: int, column: Column) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        reason = f"{column.name}: {seconds} is no time that a table can hold"
        raise InexactValueError(reason, column=column.name) from None


__all__ = ["Convert", "Record", "RecordMaker", "as_json", "digits"]
