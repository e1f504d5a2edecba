"""Pages to decode: rows as the emulator makes them for a grouped query, hardly two alike, any number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import httpx
import msgspec

from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator

NOW = 1_795_132_800
"""2026-11-20 00:00 UTC, the present of every emulator here."""
HOUR, DAY = 3600, 86_400
ROWS_IN_BUCKET = 100
_DIMENSIONS = ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "api_source"]
GROUP_BY = {
    "completions": _DIMENSIONS,
    "costs": ["project_id", "line_item", "api_key_id"],
}
"""The endpoints whose pages are measured, and what their rows are grouped by."""
UNKNOWN = b',"project_name":"Search backend","organization_id":"org-4f1c9a","region":"eu"}'
"""Members that the document lacks, as seen in the wild; they end a row."""


class _Bucket(msgspec.Struct):
    results: list[msgspec.Raw]


class _Page(msgspec.Struct):
    data: list[_Bucket]


def rows_of(name: str, count: int, *, group_by: Sequence[str] | None = None) -> list[bytes]:
    """`count` results of the operation, as JSON, the newest first; grouped by everything if not told."""
    rows: list[bytes] = []
    with Emulator(now=lambda: NOW) as emulator:
        days = _days(name, emulator, group_by or GROUP_BY[name])
        while len(rows) < count:
            rows += next(days)
    return rows[:count]


def _days(name: str, emulator: Emulator, group_by: Sequence[str]) -> Iterator[list[bytes]]:
    """The results of one UTC day after another, back in time."""
    width = "1h" if "1h" in OPERATIONS[name].parameter("bucket_width").allowed_values else "1d"
    headers = {"Authorization": f"Bearer {emulator.admin_key}"}
    with httpx.Client(headers=headers, timeout=120) as client:
        for start in range(NOW - DAY, 0, -DAY):
            query = {
                "start_time": [start],
                "end_time": [start + DAY],
                "bucket_width": [width],
                "group_by": group_by,
            }
            url = f"{emulator.base_url}{OPERATIONS[name].path}?{urlencode(query, doseq=True)}"
            buckets = results_in(client.get(url).raise_for_status().content)
            yield [row for results in buckets for row in results]


def results_in(page: bytes) -> list[list[bytes]]:
    """The results of each bucket of a page, as JSON."""
    return [[bytes(row) for row in bucket.results] for bucket in msgspec.json.decode(page, type=_Page).data]


def page_of(rows: Sequence[bytes], *, width: int) -> bytes:
    """The last page of a query with buckets of `width` seconds, a hundred rows in each."""
    starts = range(NOW, NOW + width * len(rows), width)
    cuts = range(0, len(rows), ROWS_IN_BUCKET)
    buckets = [
        bucket_of(rows[cut : cut + ROWS_IN_BUCKET], start=start, width=width)
        for start, cut in zip(starts, cuts, strict=False)
    ]
    return page_around(buckets, next_page=None)


def bucket_of(rows: Sequence[bytes], *, start: int, width: int) -> bytes:
    """A bucket that begins at `start`."""
    return b'{"object":"bucket","start_time":%d,"end_time":%d,"results":[%s]}' % (
        start,
        start + width,
        b",".join(rows),
    )


def page_around(buckets: Sequence[bytes], *, next_page: str | None) -> bytes:
    """A page of `buckets`; there is more if it has a next page."""
    return b'{"object":"page","data":[%s],"has_more":%s,"next_page":%s}' % (
        b",".join(buckets),
        msgspec.json.encode(next_page is not None),
        msgspec.json.encode(next_page),
    )


def with_unknown(rows: Sequence[bytes]) -> list[bytes]:
    """`rows` with further members in each."""
    return [row.removesuffix(b"}") + UNKNOWN for row in rows]
