"""`python -m benchmarks.server ROWS`: pages without end, made so cheaply that the server is not measured.

Completions are answered from the rows in the file ROWS, a hundred in each hour of the range; costs
with a bomb of 510 KB that inflates to 500 MB. Prints its base URL; ends with its input.
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .http_listener import base_url_of, response, until_input_ends
from .pages import HOUR, ROWS_IN_BUCKET, bucket_of, page_around

INFLATED = 500 * 2**20
_DEFAULT_LIMIT = 24


class EndlessPages:
    """Answers as the API does, as far as the contestants ask."""

    def __init__(self, rows: Sequence[bytes]) -> None:
        cuts = range(0, len(rows), ROWS_IN_BUCKET)
        self._hours = [b",".join(rows[cut : cut + ROWS_IN_BUCKET]) for cut in cuts]
        self._bomb = bomb()

    async def answer(self, target: str) -> bytes:
        """The bomb for costs, a page for all else."""
        url = urlsplit(target)
        if url.path.endswith("/costs"):
            return response(self._bomb, headers=b"Content-Encoding: gzip\r\n")
        return response(self._page(dict(parse_qsl(url.query))))

    def _page(self, query: dict[str, str]) -> bytes:
        start, end = int(query.get("page") or query["start_time"]), int(query["end_time"])
        stop = min(end, start + int(query.get("limit", _DEFAULT_LIMIT)) * HOUR)
        hours = range(start, stop, HOUR)
        count = len(self._hours)
        buckets = [bucket_of([self._hours[h // HOUR % count]], start=h, width=HOUR) for h in hours]
        return page_around(buckets, next_page=str(stop) if stop < end else None)


def bomb() -> bytes:
    """A small page with very much white space, compressed."""
    compress = zlib.compressobj(level=9, wbits=31)
    parts = [compress.compress(b'{"object":"page","data":[],"has_more":false,')]
    parts += [compress.compress(b" " * 2**20) for _ in range(INFLATED // 2**20)]
    return b"".join([*parts, compress.compress(b'"next_page":null}'), compress.flush()])


async def main(rows: Sequence[bytes]) -> None:
    """Answer until standard input ends."""
    print(await base_url_of(EndlessPages(rows).answer), flush=True)
    await until_input_ends()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_bytes().splitlines()))
