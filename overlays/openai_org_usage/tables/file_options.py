"""How rows are written to a file: format, columns, and what suits its readers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, get_args

import attrs

from .._generated import InvalidParameterError, Operation
from ..named_rows import NameLookup
from .columns import Column
from .formats import BY_SUFFIX, Dates, Format, require_library_of
from .records import RecordMaker
from .schema import Decimals, columns_for
from .targets import Target

if TYPE_CHECKING:
    from ..pagination.rules import Bucket


@attrs.frozen(kw_only=True)
class FileOptions:
    """How rows are written; the arguments are those of `write`.

    Raises:
        InvalidParameterError: there is no such choice, or it does not go with the format.
        MissingExtraError: the format needs a library that is not installed.
    """

    format: Format
    columns: Sequence[str] | None = None
    decimals: Decimals = "decimal128"
    names: NameLookup | None = None
    csv_safe: bool = False
    dates: Dates = "iso"
    drop_empty: bool = False

    def __attrs_post_init__(self) -> None:
        if self.dates not in get_args(Dates):
            raise InvalidParameterError(
                f"dates is one of {', '.join(get_args(Dates))}, not {self.dates!r}", parameter="dates"
            )
        for name, is_given in (("csv_safe", self.csv_safe), ("dates", self.dates != "iso")):
            if is_given and self.format != "csv":
                raise InvalidParameterError(f"{name} is for csv, not for {self.format}", parameter=name)
        require_library_of(self.format)

    @property
    def is_for_spreadsheets(self) -> bool:
        """Whether texts of CSV must not run."""
        return self.csv_safe or self.dates == "plain"

    def columns_of(self, operation: Operation) -> tuple[Column, ...]:
        """The columns of `operation` that are chosen.

        Raises:
            InvalidParameterError: there is no such column, or `decimals` is none of the choices.
        """
        return columns_for(operation, self.columns, decimals=self.decimals, names=self.names)


def filled_columns(buckets: Iterable[Bucket], columns: Sequence[Column]) -> tuple[Column, ...]:
    """Those of `columns` in which any row has a value; all of them if there are no rows."""
    maker, empty, rows = RecordMaker(columns), set(range(len(columns))), 0
    for bucket in buckets:
        for row in maker.rows(bucket):
            empty -= {place for place in empty if row[place] is not None}
            rows += 1
    return tuple(column for place, column in enumerate(columns) if place not in empty or not rows)


def format_of(target: Target, format: Format | None) -> Format:
    """The format for `target`, whose suffix says it if nothing else does.

    Raises:
        InvalidParameterError: there is no such format.
    """
    found = format
    if format is None and isinstance(target, (str, os.PathLike)):
        found = BY_SUFFIX.get(PurePath(target).suffix.lower())
    if found is None or found not in get_args(Format):
        raise InvalidParameterError(
            f"format is one of {', '.join(get_args(Format))}, not {format!r}; without it, a path ends in "
            f"one of {', '.join(BY_SUFFIX)}",
            parameter="format",
        )
    return found


__all__ = ["FileOptions", "filled_columns", "format_of"]
