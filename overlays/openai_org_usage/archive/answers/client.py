"""A client that is answered from an archive, which stands in the place of the connections to the API.

The requests are those that go to the API, and the pages are made as the API makes them, so that queries,
reports, names and formats are the same. Nothing is sent, and no key is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import attrs
import msgspec

from ..._generated import SERVER_URL, AnyRequest, Operation
from ...client import UsageClient
from ...errors import APITimeoutError, ArchiveCoverageError, ConfigurationError
from ...http.page_source import Answer
from ...query_steps import BucketRequest, RowBucket
from .answer_pages import ArchiveAnswers

_NO_KEY: Final = "sk-admin-none-is-needed"
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


@attrs.define(eq=False, repr=False)
class ArchivePages:
    """Answers requests from an archive, one after the other, in a thread: reading files takes its time."""

    answers: ArchiveAnswers
    _lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)
    _is_shut: bool = attrs.field(init=False, default=False)

    def open(self) -> None:
        """Refuse what comes after the end.

        Raises:
            ConfigurationError: it has been closed.
        """
        if self._is_shut:
            raise ConfigurationError("the client is closed; make a new one")

    async def ask(self, request: AnyRequest, *, seconds: float, max_bytes: int) -> Answer:
        """The page for `request`, however large.

        Raises:
            OpenAIUsageError: as `ArchiveAnswers.page`; or it took too long.
        """
        del max_bytes
        import asyncio  # Late: readings that take rows need no event loop.

        try:
            async with asyncio.timeout(seconds):
                return await asyncio.to_thread(self._answer, request)
        except TimeoutError:
            raise APITimeoutError(
                f"{request.operation.name}: no answer from the archive within {seconds:.3g} s"
            ) from None

    async def close(self) -> None:
        """Answer no more."""
        self.shut()

    def shut(self) -> None:
        """As `close`."""
        self._is_shut = True

    async def release(self) -> None:
        """Nothing is held."""

    def row_buckets(self, request: BucketRequest) -> Sequence[RowBucket] | None:
        """What answers `request`, without pages; None where only pages tell all.

        Raises:
            OpenAIUsageError: as `ArchiveAnswers.page`; or it has been closed.
        """
        self.open()
        with self._lock:
            return self.answers.row_buckets(request.operation, request.query())

    def _answer(self, request: AnyRequest) -> Answer:
        operation = request.operation
        if not isinstance(operation, Operation):
            raise ArchiveCoverageError(
                "an archive answers usage and costs alone; its names are in Archive.names()"
            )
        with self._lock:
            page = self.answers.page(operation, request.query())
        return Answer(_JSON.encode(page), organization=self.answers.organization_id)


class ArchiveClient(UsageClient):
    """A client to which `answers` answer. It asks for one page after the other, as these come so."""

    def __init__(self, answers: ArchiveAnswers) -> None:
        super().__init__(admin_key=_NO_KEY, base_url=SERVER_URL, concurrency=1, clock=answers.clock)
        self._pages = ArchivePages(answers)
        self._session = attrs.evolve(self._session, given_source=self._pages)

    def close(self) -> None:
        """Answer no more. What never began is not begun for it."""
        if self._session.has_begun:
            super().close()
        else:
            self._pages.shut()

    def row_buckets(self, request: BucketRequest) -> Sequence[RowBucket] | None:
        """What answers `request`, whose times are Unix seconds; None where only pages tell all.

        Raises:
            OpenAIUsageError: as queries.
        """
        return self._pages.row_buckets(request)


__all__ = ["ArchiveClient"]
