"""The method that clients have for names, and how they are read beside other things.

It belongs to the clients, and so to the core, which imports no directory: it imports what does the work when
it is called, here and nowhere else; no fork comes in between.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

import attrs

from ._generated import DIRECTORY
from .hidden_arguments import hides_arguments, hides_awaited_arguments
from .lazy_names import late_imports
from .query_methods import QuerySource

if TYPE_CHECKING:
    from .directory.names import Names
    from .hooks import PageEvent

ONE_DAY: Final = 86_400.0
"""How old names may be, in seconds, before they are read anew."""


class _ListingClient(QuerySource):
    """What a client of either kind has for it."""

    def _load(self) -> None:
        """Import what the lists need in the thread of the caller, and not in that of all connections."""
        self._session.begin()
        for operation in DIRECTORY.values():
            if operation.name not in self._session.loaded:
                self._session.load(operation)


class NameMethods(_ListingClient):
    """A client's method for names."""

    @hides_arguments
    def names(
        self, known: Names | None = None, *, max_age: float = ONE_DAY, admin_keys: bool = False
    ) -> Names:
        """What the organization's projects, users and keys are called, from its lists, all read at once.

        These are at most 2 queries and 2 for each project, and more pages where a list is long; `deadline`
        is that of all. A key that may not read a list is no failure: see `Names.problems`.

        Args:
            known: what is known already, as from `Names.load`. While it is young enough, it is the result,
                and nothing is sent; later on, its names outlive what the lists no longer have.
            max_age: how many seconds young enough is; 0 reads the lists in any case.
            admin_keys: whether to read the list of admin keys, too, which rows never refer to.

        Raises:
            InvalidParameterError: `known` are names of another organization, as the lists show.
            OpenAIUsageError: of the first list that fails; the others are cancelled.
        """
        with late_imports():
            from .directory.organization_lists import read_names, young_names

        now = self._session.clock()
        young = young_names(known, max_age=max_age, now=now)
        if young is not None:
            return young
        self._load()
        reading = functools.partial(read_names, self._item_fetch, now=now, admin_keys=admin_keys)
        fresh = self._session.calls.run(reading)
        return fresh.merged_with(known) if known else fresh


class NamesReader(_ListingClient):
    """Reads the names of a client while its caller does other things.

    Args:
        client: whose key, limits and options count.
        on_page: is told of each page instead of the client's own hook, in the thread of all connections.
    """

    def __init__(self, client: QuerySource, *, on_page: Callable[[PageEvent], object]) -> None:
        self._session = client._session
        self._options = attrs.evolve(client._options, on_page=on_page)

    def reading(self) -> AbstractContextManager[Callable[[], Names]]:
        """As `NameMethods.names`, which what this gives waits for; what is left at its end is cancelled."""
        with late_imports():
            from .directory.organization_lists import read_names

        self._load()
        reading = functools.partial(read_names, self._item_fetch, now=self._session.clock())
        return self._session.calls.beside(reading)


class AsyncNameMethods(_ListingClient):
    """As `NameMethods`, to be awaited."""

    @hides_awaited_arguments
    async def names(
        self, known: Names | None = None, *, max_age: float = ONE_DAY, admin_keys: bool = False
    ) -> Names:
        """What the organization's projects, users and keys are called, from its lists, all read at once.

        These are at most 2 queries and 2 for each project, and more pages where a list is long; `deadline`
        is that of all. A key that may not read a list is no failure: see `Names.problems`.

        Args:
            known: what is known already, as from `Names.load`. While it is young enough, it is the result,
                and nothing is sent; later on, its names outlive what the lists no longer have.
            max_age: how many seconds young enough is; 0 reads the lists in any case.
            admin_keys: whether to read the list of admin keys, too, which rows never refer to.

        Raises:
            InvalidParameterError: `known` are names of another organization, as the lists show.
            OpenAIUsageError: of the first list that fails; the others are cancelled.
        """
        with late_imports():
            from .directory.organization_lists import read_names, young_names

        now = self._session.clock()
        young = young_names(known, max_age=max_age, now=now)
        if young is not None:
            return young
        self._load()
        fresh = await read_names(self._item_fetch, now=now, admin_keys=admin_keys)
        return fresh.merged_with(known) if known else fresh


__all__ = ["AsyncNameMethods", "NameMethods", "NamesReader"]
