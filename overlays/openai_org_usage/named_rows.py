"""Rows with the names of what their ids stand for. Who knows the names is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

from ._generated import redacted

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


class Nameless:
    """Knows no name; where it is known what columns there are, and no more is needed."""

    def project_name(self, id: str | None, /) -> None:
        """None."""

    def user_name(self, id: str | None, /) -> None:
        """None."""

    def user_email(self, id: str | None, /) -> None:
        """None."""

    def api_key_name(self, id: str | None, /) -> None:
        """None."""


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


@attrs.frozen
class NameSource:
    """Where a name comes from."""

    look_up: LookUp
    id: str
    """The field with the id; empty if results have none."""
    own: str
    """The field in which results say the name themselves; empty if there is none."""


class FoundNames(dict[tuple[str | None, ...], list[object]]):
    """The names of results, one from each of `sources`; what the same ids stand for is looked up once.

    `form` is what becomes of each name.
    """

    def __init__(self, sources: Sequence[NameSource], *, form: Callable[[str], object] = str) -> None:
        super().__init__()
        self._sources, self._form = sources, form
        fields = dict.fromkeys(field for source in sources for field in (source.id, source.own) if field)
        self._fields = tuple(fields)
        self.read = attrgetter(*fields, "object", "object")  # A tuple, however few fields there are.
        """Reads of a result what its names are found by."""

    def of(self, result: object) -> list[object]:
        """The names of `result`; None where nobody knows one."""
        return self[self.read(result)]

    def __missing__(self, values: tuple[str | None, ...]) -> list[object]:
        held = dict(zip(self._fields, values, strict=False))
        names = [source.look_up(held.get(source.id)) or held.get(source.own) for source in self._sources]
        found = self[values] = [name if name is None else self._form(name) for name in names]
        return found


class RowNamer:
    """Gives rows with these `columns` their names."""

    def __init__(self, columns: Sequence[str], names: NameLookup) -> None:
        ways = look_ups(names)
        self._found = FoundNames(
            [
                NameSource(ways[name], id if id in columns else "", name if name in columns else "")
                for id, beside in NAMES_BESIDE.items()
                for name in beside
            ]
        )

    def named(self, rows: Iterable[RowT]) -> Iterator[NamedRow[RowT]]:
        """`rows`, each with its names."""
        from ._generated import draft_of  # With it comes what decodes pages, which columns do without.

        draft, found, read = draft_of(NamedRow), self._found, self._found.read
        for row in rows:
            made = draft()
            made.row = row
            made.project_name, made.user_name, made.user_email, made.api_key_name = found[read(row.result)]
            made.__class__ = NamedRow
            yield made


__all__ = [
    "NAMES_BESIDE",
    "FoundNames",
    "LookUp",
    "NameLookup",
    "NameSource",
    "NamedRow",
    "Nameless",
    "RowNamer",
    "look_ups",
]
