"""Rows that have been read, all of them: what notebooks show as a table, and services pass on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, Self, SupportsIndex, TypeVar, overload, runtime_checkable

from ._generated import html_table

SHOWN: Final = 20
"""How many rows a notebook shows."""


@runtime_checkable
class DictRow(Protocol):
    """A row, with names or without."""

    def to_dict(self) -> Mapping[str, object]: ...


RowT_co = TypeVar("RowT_co", covariant=True)


class Rows(tuple[RowT_co, ...]):
    """Rows in the order in which they came; a tuple that notebooks show as a table."""

    __slots__ = ()

    @overload
    def __getitem__(self, place: SupportsIndex, /) -> RowT_co: ...
    @overload
    def __getitem__(self, place: slice, /) -> Rows[RowT_co]: ...

    def __getitem__(self, place: SupportsIndex | slice, /) -> RowT_co | Rows[RowT_co]:
        """A row; some of them are shown as all are."""
        return Rows(super().__getitem__(place)) if isinstance(place, slice) else super().__getitem__(place)

    def to_dicts(self) -> list[dict[str, object]]:
        """Each row's `to_dict`."""
        return [dict(row.to_dict()) for row in self if isinstance(row, DictRow)]

    def _repr_html_(self) -> str:
        """The first rows, in the columns in which any of them says something."""
        records = self[:SHOWN].to_dicts()
        names = [name for name in (records[0] if records else ()) if _says_something(name, records)]
        count = f"{len(self):,} row{'' if len(self) == 1 else 's'} (times in UTC)"
        return html_table(
            ([record[name] for name in names] for record in records),
            head=names,
            caption=count if len(self) <= SHOWN else f"{count}, of them the first {SHOWN}",
            foot=self._foot,
        )

    @property
    def _foot(self) -> str:
        """What stands below the table."""
        return ""


class SummedRows(Rows[RowT_co]):
    """Rows that were added up by period, in time order; within a period the largest come first.

    A row begins and ends with its period, or where the range of the query cuts that.

    Attributes:
        notes: what a reader has to know: which period is not whole, and of which columns a row has the last
            value instead of a sum.
    """

    notes: tuple[str, ...]

    def __new__(cls, rows: Iterable[RowT_co] = (), *, notes: Iterable[str] = ()) -> Self:
        """The `rows`, with their `notes`."""
        made = super().__new__(cls, rows)
        made.notes = tuple(notes)
        return made

    @property
    def _foot(self) -> str:
        return "; ".join(self.notes)


def _says_something(name: str, records: Iterable[Mapping[str, object]]) -> bool:
    return name != "object" and any(record[name] is not None for record in records)


__all__ = ["Rows", "SummedRows"]
