"""The lists of an organization are read while its tables are, and told of when these are done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from openai_org_usage import Archive, PermissionDeniedError, UsageClient
from openai_org_usage.archive.sync.sync_result import SyncProgress
from openai_org_usage.emulator import Emulator
from openai_org_usage.hooks import PageEvent

from ..conftest import NOW

pytest.importorskip("pyarrow")
TABLE, LIST = "/v1/organization/usage/images", "/v1/organization/users"


class HeldAnswers(httpx.AsyncBaseTransport):
    """Answers of an emulator: that of a table comes when a list has been asked for.

    Args:
        emulator: whose answers these are.
        fails: whether the table is refused, and the list never answered.

    Attributes:
        asked: how often something was.
        cancelled: the paths of what nobody waited for.
    """

    def __init__(self, emulator: Emulator, *, fails: bool = False) -> None:
        self.asked = 0
        self.cancelled: list[str] = []
        self._fails = fails
        self._emulator = httpx.ASGITransport(app=emulator.app)
        self._list_asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to `request`."""
        self.asked += 1
        path = request.url.path
        if path == TABLE:
            await self._list_asked.wait()
            if self._fails:
                return httpx.Response(403, json={"error": {"message": "not yours"}})
        if path == LIST:
            self._list_asked.set()
            if self._fails:
                await self._until_cancelled(path)
        return await self._emulator.handle_async_request(request)

    async def _until_cancelled(self, path: str) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.append(path)
            raise


@contextmanager
def client_of(transport: HeldAnswers, key: str) -> Generator[UsageClient]:
    """A client that gives up after a minute."""
    with UsageClient(
        admin_key=key, base_url="http://127.0.0.1/v1", transport=transport, clock=lambda: NOW, deadline=60
    ) as client:
        yield client


def test_lists_are_read_while_a_table_is(tmp_path: Path) -> None:
    """Of its pages, hooks are told after the tables, by the thread that syncs."""
    emulator = Emulator(now=lambda: NOW)
    transport = HeldAnswers(emulator)
    told: list[tuple[str, str]] = []
    pages: list[str] = []

    def note_page(event: PageEvent) -> None:
        pages.append(event.operation)

    def note_progress(progress: SyncProgress) -> None:
        told.append((progress.table, threading.current_thread().name))

    with client_of(transport, emulator.admin_key) as client:
        result = Archive(tmp_path).sync(
            client.with_options(on_page=note_page), tables=["images"], since="3d", on_progress=note_progress
        )
    assert [table for table, _ in told] == ["images"] + ["names"] * (len(told) - 1)
    assert {name for table, name in told if table == "names"} == {threading.current_thread().name}
    assert len(pages) == len(told) == result.requests == transport.asked > 3
    assert pages[0] == "images"


def test_a_sync_that_fails_waits_for_no_list(tmp_path: Path) -> None:
    """What is under way is cancelled."""
    emulator = Emulator(now=lambda: NOW)
    transport = HeldAnswers(emulator, fails=True)
    with client_of(transport, emulator.admin_key) as client:
        with pytest.raises(PermissionDeniedError):
            Archive(tmp_path).sync(client, tables=["images"], since="3d")
        assert transport.cancelled == [LIST]
