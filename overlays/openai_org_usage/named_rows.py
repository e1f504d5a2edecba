"""Rows with the names of what their ids stand for. Who knows the names is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeGuard, TypeVar

import attrs

from ._generated import InvalidParameterError, draft_of, html_table, redacted

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
    def to_dict(self) -> Mapping[str, object]: ...


RowT = TypeVar("RowT")


@attrs.frozen
class FixedNames:
    """The names of one project, user and API key, whatever the id. None of them: it is known what columns
    there are, and no more is needed."""

    project: str | None = attrs.field(default=None, repr=False)
    user: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    api_key: str | None = attrs.field(default=None, repr=False)

    def project_name(self, id: str | None, /) -> str | None:
        """The name."""
        return self.project

    def user_name(self, id: str | None, /) -> str | None:
        """The name."""
        return self.user

    def user_email(self, id: str | None, /) -> str | None:
        """The address."""
        return self.email

    def api_key_name(self, id: str | None, /) -> str | None:
        """The name."""
        return self.api_key


def look_ups(names: NameLookup) -> Mapping[str, LookUp]:
    """The ways to look up in `names`, by what stands beside the id.

    Raises:
        InvalidParameterError: nothing can be looked up in it.
    """
    try:
        return {
            "project_name": names.project_name,
            "user_name": names.user_name,
            "user_email": names.user_email,
            "api_key_name": names.api_key_name,
        }
    except AttributeError:
        kind = type(names).__qualname__
    raise InvalidParameterError(
        f"names are such as those of client.names(), not of type {kind}", parameter="names"
    )


@attrs.frozen(eq=False, repr=False)
class NamedRow(Generic[RowT_co]):
    """A row with the names of its project, user and API key, which are looked up when they are asked for.

    Each is the name that is found, else the one that the row itself came with, else None. Rows are equal that
    have the same names and are equal without.
    """

    row: RowT_co
    names: NameLookup
    """Where they are looked up."""

    @property
    def project_name(self) -> str | None:
        """Of the project in `project_id`."""
        return self._name(self.names.project_name, "project_id", "project_name")

    @property
    def user_name(self) -> str | None:
        """Of the user or service account in `user_id`."""
        return self._name(self.names.user_name, "user_id", "user_name")

    @property
    def user_email(self) -> str | None:
        """The e-mail address of the user in `user_id`."""
        return self._name(self.names.user_email, "user_id", "user_email")

    @property
    def api_key_name(self) -> str | None:
        """Of the API key in `api_key_id`."""
        return self._name(self.names.api_key_name, "api_key_id", "api_key_name")

    def to_record(self) -> dict[str, object]:
        """The record of the row, with names directly after their ids.

        An unknown field that is called as one of them stands in `additional_properties` instead.
        """
        row = self._flat_row
        record = self._with_names(row.to_record())
        hidden = {name: value for name, value in row.additional_properties.items() if name in self._beside}
        return record | {"additional_properties": hidden} if hidden else record

    def to_dict(self) -> dict[str, object]:
        """The row as `to_records` of a query has it, with names directly after their ids."""
        return self._with_names(self._flat_row.to_dict())

    def _repr_html_(self) -> str:
        """A table of what the row has, for notebooks."""
        pairs = [pair for pair in self.to_dict().items() if pair[1] is not None]
        return html_table(pairs, caption=type(self._flat_row).__name__)

    @property
    def _flat_row(self) -> FlatRow:
        row: Any = self.row
        flat: FlatRow = row
        return flat

    @property
    def _beside(self) -> set[str]:
        """The names that stand beside ids of this row."""
        return {name for field in self._flat_row.columns() for name in NAMES_BESIDE.get(field, ())}

    def _with_names(self, record: Mapping[str, object]) -> dict[str, object]:
        beside, found = self._beside, dict[str, object]()
        for field, value in record.items():
            if field not in beside:
                found[field] = value
                found |= {name: getattr(self, name) for name in NAMES_BESIDE.get(field, ()) if name in beside}
        return found

    def _name(self, look_up: LookUp, id: str, own: str) -> str | None:
        result = self._flat_row.result
        found: str | None = look_up(getattr(result, id, None)) or getattr(result, own, None)
        return found

    @property
    def _value(self) -> tuple[object, FixedNames]:
        names = FixedNames(self.project_name, self.user_name, self.user_email, self.api_key_name)
        return self.row, names

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if _is_named_row(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[object, ...]:
        return NamedRow, self._value  # Not with the names of all others.

    def __repr__(self) -> str:
        return redacted(f"{type(self).__name__}({self.row!r})")


def _is_named_row(value: object) -> TypeGuard[NamedRow[object]]:
    return isinstance(value, NamedRow)


@attrs.frozen
class NameSource:
    """Where a name comes from."""

    look_up: LookUp
    id: str
    """The field with the id."""
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
        # Even of one field, it is a tuple that is read.
        self._read = attrgetter(*fields, *list(fields)[:1])

    def of(self, result: object) -> list[object]:
        """The names of `result`; None where nobody knows one."""
        return self[self._read(result)]

    def __missing__(self, values: tuple[str | None, ...]) -> list[object]:
        held = dict(zip(self._fields, values, strict=False))
        names = [source.look_up(held.get(source.id)) or held.get(source.own) for source in self._sources]
        found = self[values] = [name if name is None else self._form(name) for name in names]
        return found


def named(rows: Iterable[RowT], names: NameLookup) -> Iterator[NamedRow[RowT]]:
    """`rows`, each with its names."""
    draft = draft_of(NamedRow)
    for row in rows:
        made = draft()
        made.row, made.names = row, names
        made.__class__ = NamedRow
        yield made


__all__ = [
    "NAMES_BESIDE",
    "FixedNames",
    "FoundNames",
    "LookUp",
    "NameLookup",
    "NameSource",
    "NamedRow",
    "look_ups",
    "named",
]
