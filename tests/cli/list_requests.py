"""What the tests of names share: a command that has ids, and servers whose lists are watched or refused."""

from __future__ import annotations

import csv
import io

import httpx

from ..scripted import error
from .conftest import Said

COSTS = "costs --start-time 2026-11-20 --end-time 2026-11-21 --group-by project_id,user_id"
DAY = 86_400


def rows(said: Said) -> list[dict[str, str]]:
    assert (said.code, said.err) == (0, "")
    return list(csv.DictReader(io.StringIO(said.out)))


class RefusingKeys(httpx.AsyncBaseTransport):
    """The network, but for the keys of a project: those are refused."""

    def __init__(self, project: str) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._project = project

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(f"/projects/{self._project}/api_keys"):
            return error(404, "Not here")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
