"""Rows with the names of what their ids stand for. Who knows the names is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

from ._generated import draft_of, redacted

RowT_co = TypeVar("RowT_co", covariant=True)

NAMES_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "project_id": ("project_name",),
    "user_id": ("user_name", "user_email"),
    "api_key_id": ("api_key_name",),
}
"""What stands beside each id."""

LookUp: TypeAlias = Callable[[str | None], str | None]
"""Gives the name of an id."""


class NameLookup(Protocol):
    """What knows names: None for an id that it does not know, and for None."""

    def project_name(self, id: str | None, /) -> str | None: ...
    def user_name(self, id: str | None, /) -> str | None: ...
    def user_email(self, id: str | None, /) -> str | None: ...
    def api_key_name(self, id: str | None, /) -> str | None: ...


class FlatRow(Protocol):
    """What is needed of a row."""

    @property
    def result(self) -> object: ...
    @property
    def additional_properties(self) -> Mapping[str, object]: ...
    def columns(self) -> Sequence[str]: ...
    def to_record(self) -> Mapping[str, object]: ...


RowT = TypeVar("RowT", bound=FlatRow)


def look_ups(names: NameLookup) -> Mapping[str, LookUp]:
    """The ways to look up in `names`, by what stands beside the id."""
    return {
        "project_name": names.project_name,
        "user_name": names.user_name,
        "user_email": names.user_email,
        "api_key_name": names.api_key_name,
    }


@attrs.frozen(repr=False)
class NamedRow(Generic[RowT_co]):
    """A row with the names of its project, user and API key.

    Each is the name that was looked up, else the one that the row itself came with, else None.
    """

    row: RowT_co
    project_name: str | None
    user_name: str | None
    user_email: str | None
    api_key_name: str | None

    def to_record(self) -> dict[str, object]:
        """The record of the row, with names directly after their ids.

        An unknown field that is called as one of them stands in `additional_properties` instead.
        """
        row: Any = self.row
        return self._record_of(row)

    def _record_of(self, row: FlatRow) -> dict[str, object]:
        beside = {field: NAMES_BESIDE.get(field, ()) for field in row.columns()}
        names = {name for each in beside.values() for name in each}
        record: dict[str, object] = {}
        for field, value in row.to_record().items():
            if field not in names:
                record[field] = value
                record |= {name: getattr(self, name) for name in beside.get(field, ())}
        hidden = {name: value for name, value in row.additional_properties.items() if name in names}
        return record | {"additional_properties": hidden} if hidden else record

    def __repr__(self) -> str:
        return redacted(f"{type(self).__name__}({self.row!r})")


class RowNamer:
    """Gives rows with these `columns` their names; what the same ids stand for is looked up once."""

    def __init__(self, columns: Sequence[str], names: NameLookup) -> None:
        known = {*NAMES_BESIDE, *(name for each in NAMES_BESIDE.values() for name in each)}
        fields = [field for field in columns if field in known]
        self._read = attrgetter(*fields, "object", "object")  # A tuple, however few fields there are.
        self._found = _FoundNames(fields, names)

    def named(self, rows: Iterable[RowT]) -> Iterator[NamedRow[RowT]]:
        """`rows`, each with its names."""
        draft, read, found = draft_of(NamedRow), self._read, self._found
        for row in rows:
            made = draft()
            made.row = row
            made.project_name, made.user_name, made.user_email, made.api_key_name = found[read(row.result)]
            made.__class__ = NamedRow
            yield made


class _FoundNames(dict[tuple[str | None, ...], list[str | None]]):
    """The names for the values of some fields, among them ids and names that rows have."""

    def __init__(self, fields: Sequence[str], names: NameLookup) -> None:
        super().__init__()
        self._fields, self._look_ups = fields, look_ups(names)

    def __missing__(self, values: tuple[str | None, ...]) -> list[str | None]:
        own = dict(zip(self._fields, values, strict=False))
        found = self[values] = [
            self._look_ups[name](own.get(id)) or own.get(name)
            for id, names in NAMES_BESIDE.items()
            for name in names
        ]
        return found


__all__ = ["NAMES_BESIDE", "LookUp", "NameLookup", "NamedRow", "RowNamer", "look_ups"]
