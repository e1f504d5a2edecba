"""The names of ids: `Names`, which is looked up, kept in a file, and merged with what was known before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import attrs

from .._generated import InvalidParameterError
from .addresses import name_without_address
from .named_items import ItemT, NamedKey, NamedProject, NamedUser, completed
from .names_file import NamesFile, read_names_file, write_names_file
from .own_names import OwnNames, read_own_names

Kind = Literal["project", "user", "api_key"]
"""What an id is of."""


@attrs.frozen(kw_only=True, repr=False)
class Names:
    """What the projects, users and keys of an organization are called, each by its id. Immutable.

    A lookup never fails: it gives None for an id that nothing is known of, and then the id is all there
    is to show. Representations have counts, and no name.

    Attributes:
        projects: by id; archived ones, too.
        users: by id; service accounts, too.
        api_keys: by id; keys of projects and admin keys.
        read_at: when the lists were read, in Unix seconds; None if they never were.
        problems: a sentence for each kind of list that the key may not read, which says the scope that
            is missing.
        organization: id of the organization whose lists these are; None if no answer told it.
        read_with: what the command knows the key and address by with which it read them, a digest; None of
            names that were read by a client.
    """

    projects: Mapping[str, NamedProject] = attrs.field(factory=dict[str, NamedProject])
    users: Mapping[str, NamedUser] = attrs.field(factory=dict[str, NamedUser])
    api_keys: Mapping[str, NamedKey] = attrs.field(factory=dict[str, NamedKey])
    read_at: float | None = None
    problems: tuple[str, ...] = ()
    organization: str | None = None
    read_with: str | None = None

    def project_name(self, id: str | None) -> str | None:
        """What the project is called."""
        found = self.projects.get(id) if id else None
        return found.name if found else None

    def user_name(self, id: str | None) -> str | None:
        """What the user or service account is called."""
        found = self.users.get(id) if id else None
        return found.name if found else None

    def user_email(self, id: str | None) -> str | None:
        """The user's e-mail address; service accounts have none."""
        found = self.users.get(id) if id else None
        return found.email if found else None

    def api_key_name(self, id: str | None) -> str | None:
        """What the key is called."""
        found = self.api_keys.get(id) if id else None
        return found.name if found else None

    def ids_of(self, kind: Kind, text: str) -> tuple[str, ...]:
        """The ids of that kind that `text` may stand for: several where several have that name.

        An id stands for itself. Else it is a name, or a user's address, and where nothing is called
        exactly so, upper and lower case do not matter.
        """
        items = self._items(kind)
        if text in items:
            return (text,)
        exact = _called(items.values(), text, str)
        return exact or _called(items.values(), text.casefold(), str.casefold)

    def _items(self, kind: Kind) -> Mapping[str, NamedProject | NamedUser | NamedKey]:
        items: Mapping[str, Mapping[str, NamedProject | NamedUser | NamedKey]] = {
            "project": self.projects,
            "user": self.users,
            "api_key": self.api_keys,
        }
        if kind not in items:
            raise InvalidParameterError(f"a kind of name is one of {', '.join(items)}", parameter="kind")
        return items[kind]

    def age(self, now: float) -> float | None:
        """Seconds since the lists were read, at `now` in Unix seconds; None if they never were."""
        return None if self.read_at is None else now - self.read_at

    def is_young(self, now: float, *, max_age: float) -> bool:
        """Whether the lists were read in the last `max_age` seconds, and not after `now` by another clock."""
        return self.read_at is not None and 0 <= now - self.read_at < max_age

    def merged_with(self, older: Names) -> Names:
        """These names, and those of `older` that only it has, such as of keys that are deleted by now.

        Raises:
            InvalidParameterError: both say whose names they are, and it is not the same organization.
        """
        whose = {self.organization, older.organization} - {None}
        if len(whose) > 1:
            raise InvalidParameterError(
                "the older names are those of another organization: keep a file for each", parameter="older"
            )
        return attrs.evolve(
            self,
            projects=_merged(self.projects, older.projects),
            users=_merged(self.users, older.users),
            api_keys=_merged(self.api_keys, older.api_keys),
            read_at=older.read_at if self.read_at is None else self.read_at,
            organization=self.organization or older.organization,
            read_with=older.read_with if self.read_at is None else self.read_with,
        )

    def with_own(self, path: str | os.PathLike[str]) -> Names:
        """These names, and those that a person has written into a TOML file: `id = "name"`.

        They win over what the lists say. Ids that do not begin as those of projects, users or keys do stand
        below `[projects]`, `[users]` or `[api_keys]`.

        Raises:
            NamesFileError: the file is missing, is no TOML, or has something else in it.
        """
        return self.with_own_names(read_own_names(Path(path)))

    def with_own_names(self, own: OwnNames) -> Names:
        """These names, and those in `own`, which win over them."""
        return attrs.evolve(
            self,
            projects=_merged(_named(NamedProject, own.projects), self.projects),
            users=_merged(_named(NamedUser, own.users), self.users),
            api_keys=_merged(_named(NamedKey, own.api_keys), self.api_keys),
        )

    def without_emails(self) -> Names:
        """These names without addresses; also without each name that has an address in it."""
        return attrs.evolve(
            self,
            projects={
                id: attrs.evolve(project, name=name_without_address(project.name))
                for id, project in self.projects.items()
            },
            users={
                id: attrs.evolve(user, name=name_without_address(user.name), email=None)
                for id, user in self.users.items()
            },
            api_keys={
                id: attrs.evolve(
                    key, name=name_without_address(key.name), owner_name=name_without_address(key.owner_name)
                )
                for id, key in self.api_keys.items()
            },
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Names:
        """The names in a file that `save` wrote; none at all where there is no file yet.

        Raises:
            NamesFileError: the file cannot be read, is damaged, or is none of names, or of a newer version.
        """
        found = read_names_file(Path(path))
        return cls(
            projects=_by_id(found.projects),
            users=_by_id(found.users),
            api_keys=_by_id(found.api_keys),
            read_at=found.read_at,
            problems=tuple(found.problems),
            organization=found.organization,
            read_with=found.read_with,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the names to a file that only its owner may read; a reader sees the old one or the new.

        Raises:
            OSError: it cannot be written; what stood there still does.
        """
        content = NamesFile(
            read_at=self.read_at,
            problems=list(self.problems),
            organization=self.organization,
            read_with=self.read_with,
            projects=_sorted(self.projects),
            users=_sorted(self.users),
            api_keys=_sorted(self.api_keys),
        )
        write_names_file(Path(path), content)

    def __repr__(self) -> str:
        counts = f"{len(self.projects)} projects, {len(self.users)} users, {len(self.api_keys)} keys"
        return f"<Names: {counts}>"


def _called(
    items: Iterable[NamedProject | NamedUser | NamedKey], text: str, form: Callable[[str], str]
) -> tuple[str, ...]:
    return tuple(item.id for item in items if text in map(form, _texts(item)))


def _texts(item: NamedProject | NamedUser | NamedKey) -> Iterator[str]:
    """What an item may be called."""
    if item.name is not None:
        yield item.name
    if isinstance(item, NamedUser) and item.email is not None:
        yield item.email


def _merged(newer: Mapping[str, ItemT], older: Mapping[str, ItemT]) -> dict[str, ItemT]:
    both = {id: completed(item, older[id]) if id in older else item for id, item in newer.items()}
    return {**both, **{id: item for id, item in older.items() if id not in newer}}


def _named(kind: type[ItemT], own: Mapping[str, str]) -> dict[str, ItemT]:
    return {id: kind(id=id, name=name) for id, name in own.items()}


def _by_id(items: Iterable[ItemT]) -> dict[str, ItemT]:
    return {item.id: item for item in items}


def _sorted(items: Mapping[str, ItemT]) -> list[ItemT]:
    """The items in an order that does not change with that in which lists were answered."""
    return sorted(items.values(), key=lambda item: item.id)


__all__ = ["Kind", "NamedKey", "NamedProject", "NamedUser", "Names"]
