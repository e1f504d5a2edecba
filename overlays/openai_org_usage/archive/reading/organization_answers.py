"""The answers that an organization gives while its tables are read: counted, and checked to be its own."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from ..._generated import OPERATIONS, Request
from ...client import UsageClient
from ...errors import OtherOrganizationError
from ...hooks import PageEvent
from ...name_methods import NamesReader
from ...pagination.paged_query import fetch_of
from ...pagination.rules import Bucket

if TYPE_CHECKING:
    from ...directory.names import Names


@attrs.define(eq=False, kw_only=True)
class OrganizationAnswers:
    """What has been answered so far.

    Attributes:
        client: asks; its answers come by here.
        name: of the organization in the archive.
        id: of the organization; None until an answer names it.
        claim: is told the id when it was not known before, and may refuse it.
        clock: the client's.
        told: is told when a page has come.
        own_hook: is the client's own, told before.
        pages: how many have come.
        requests: how many answers that took.
    """

    client: UsageClient
    name: str
    id: str | None
    claim: Callable[[str], object]
    clock: Callable[[], float]
    told: Callable[[], object]
    own_hook: Callable[[PageEvent], object] | None
    pages: int = 0
    requests: int = 0

    @classmethod
    def of(
        cls,
        client: UsageClient,
        *,
        name: str,
        id: str | None,
        claim: Callable[[str], object] = lambda _: None,
        told: Callable[[], object] = lambda: None,
    ) -> OrganizationAnswers:
        """Those of `client`, whose own hook is told of them, too."""
        fetch = fetch_of(client.query(_any_request()))  # It is not sent.
        answers = cls(
            client=client,
            name=name,
            id=id,
            claim=claim,
            clock=fetch.now,
            told=told,
            own_hook=fetch.on_page,
        )
        answers.client = client.with_options(on_page=answers._note)
        return answers

    @contextmanager
    def names_beside(self) -> Generator[Callable[[], Names]]:
        """Read the lists while tables are read; what it gives waits for the names.

        Only then their pages count, are checked, and told of: so hooks are called by one thread.
        """
        pages: list[PageEvent] = []
        with NamesReader(self.client, on_page=pages.append).reading() as outcome:

            def names() -> Names:
                try:
                    return outcome()
                finally:
                    for event in pages:
                        self._note(event)

            yield names

    def _note(self, event: PageEvent) -> None:
        if event.organization is not None:
            self._check(event.organization)
        self.pages += 1
        self.requests += event.attempts
        if self.own_hook is not None:
            self.own_hook(event)
        self.told()

    def _check(self, id: str) -> None:
        if self.id is None:
            self.claim(id)
        elif id != self.id:
            raise OtherOrganizationError(
                f"the key is of the organization {id}; what is kept as {self.name} is of {self.id}: "
                "give this one another name, such as --organization NAME"
            )
        self.id = id


def _any_request() -> Request[object, Bucket, object]:
    operation = next(iter(OPERATIONS.values()))
    return Request[object, Bucket, object].of(operation, {"start_time": 0})


__all__ = ["OrganizationAnswers"]
