"""`python -m benchmarks.long_history`: organizations whose API serves any number of days, at any moment.

The address says of whom, when, and how many milliseconds an answer takes: `/100/1795132800/acme/v1`. Each
table has a month of days, as the emulator makes them for that organization, over and over again: an archive
has a file for each month, so that its files are as long as those of days that are all different. The last
result of a day comes three days late. Prints its origin; ends with its input.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import httpx

from openai_org_usage.emulator import Emulator

from .http_listener import base_url_of, response, until_input_ends
from .pages import DAY, NOW, bucket_of, page_around, results_in

_DAYS = 31
_LATE = 3 * DAY
_USAGE = ("/organization/costs", "/organization/usage/")

Day = Sequence[bytes]
"""The results of a day, as JSON."""


class LongHistory:
    """One organization's answers; what is asked of its emulator is asked once."""

    def __init__(self, name: str) -> None:
        self._headers = b"OpenAI-Organization: org-%s\r\n" % name.encode()
        emulator = Emulator(now=lambda: NOW, seed=zlib.crc32(name.encode()))
        self._client = httpx.AsyncClient(
            base_url="http://emulator/v1",
            transport=httpx.ASGITransport(emulator.app),
            headers={"Authorization": f"Bearer {emulator.admin_key}", "Accept-Encoding": "identity"},
        )
        self._lists: dict[str, bytes] = {}
        self._days: dict[tuple[str, ...], Sequence[Day]] = {}
        self._asking = asyncio.Lock()

    async def answer(self, path: str, query: str, *, now: int) -> bytes:
        """A page of usage or costs as of `now`; a page of a list as it is today."""
        if path.startswith(_USAGE):
            asked = parse_qs(query)
            days = await self._days_of(path, asked.get("group_by", []))
            return response(_page(days, asked, now=now), headers=self._headers)
        async with self._asking:
            if query + path not in self._lists:
                self._lists[query + path] = await self._asked(f"{path}?{query}")
        return response(self._lists[query + path], headers=self._headers)

    async def _days_of(self, path: str, group_by: Sequence[str]) -> Sequence[Day]:
        async with self._asking:
            table = (path, *group_by)
            if table not in self._days:
                groups = "".join(f"&group_by={each}" for each in group_by)
                found = await self._asked(
                    f"{path}?start_time={NOW - _DAYS * DAY}&end_time={NOW}&limit={_DAYS}{groups}"
                )
                self._days[table] = results_in(found)
            return self._days[table]

    async def _asked(self, target: str) -> bytes:
        return (await self._client.get(target)).raise_for_status().content


def _page(days: Sequence[Day], asked: Mapping[str, Sequence[str]], *, now: int) -> bytes:
    start = int(asked.get("page", asked["start_time"])[0])
    end = min(now, int(asked["end_time"][0])) if "end_time" in asked else now
    stop = min(end, start + int(asked["limit"][0]) * DAY)
    buckets = [
        bucket_of(_known(days[first // DAY % _DAYS], age=now - first), start=first, width=DAY)
        for first in range(start, stop, DAY)
    ]
    return page_around(buckets, next_page=str(stop) if stop < end else None)


def _known(day: Day, *, age: int) -> Day:
    return day if age > _LATE else day[:-1]


async def main() -> None:
    """Answer until standard input ends."""
    organizations: dict[str, LongHistory] = {}

    async def respond(target: str) -> bytes:
        url = urlsplit(target)
        _, milliseconds, now, name, _, path = url.path.split("/", 5)
        await asyncio.sleep(int(milliseconds) / 1000)
        organization = organizations.setdefault(name, LongHistory(name))
        return await organization.answer(f"/{path}", url.query, now=int(now))

    print((await base_url_of(respond)).removesuffix("/v1"), flush=True)
    await until_input_ends()


if __name__ == "__main__":
    asyncio.run(main())
