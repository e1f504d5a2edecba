"""A client that is answered from an archive: what stands in the place of the network.

The requests are those that go to the API, and the pages are made as the API makes them, so that queries,
reports, names and formats are the same. Nothing is sent, and no key is needed.
"""

from __future__ import annotations

import threading
from typing import Final
from urllib.parse import parse_qsl

import anyio.to_thread
import attrs
import httpx
import msgspec

from ..._generated import OPERATIONS
from ...client import UsageClient
from ...errors import ArchiveCoverageError
from .answer_pages import ArchiveAnswers

_ADDRESS: Final = "https://archive.invalid/v1"
"""Where requests seem to go; the name is reserved for what does not exist (RFC 2606)."""
_NO_KEY: Final = "sk-admin-none-is-needed"
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


@attrs.define(eq=False, repr=False)
class ArchiveTransport(httpx.AsyncBaseTransport):
    """Answers requests from an archive, one after the other, in a thread: reading files takes its time."""

    answers: ArchiveAnswers
    _lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The page for `request`.

        Raises:
            OpenAIUsageError: as `ArchiveAnswers.page`.
        """
        return await anyio.to_thread.run_sync(self._answer, request, abandon_on_cancel=True)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        operation = next((each for each in OPERATIONS.values() if each.path == path), None)
        if operation is None:
            raise ArchiveCoverageError(
                "an archive answers usage and costs alone; its names are in Archive.names()"
            )
        pairs = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)
        with self._lock:
            page = self.answers.page(operation, pairs)
        named = self.answers.organization_id
        headers = {} if named is None else {"openai-organization": named}
        return httpx.Response(200, headers=headers, content=_JSON.encode(page))


def archive_client(answers: ArchiveAnswers) -> UsageClient:
    """A client to which `answers` answer. It asks for one page after the other, as these come so."""
    return UsageClient(
        admin_key=_NO_KEY,
        base_url=_ADDRESS,
        concurrency=1,
        transport=ArchiveTransport(answers),
        clock=answers.clock,
    )


__all__ = ["ArchiveTransport", "archive_client"]
