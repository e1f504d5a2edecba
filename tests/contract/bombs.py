"""Bodies that are far larger than they look; also, run as a script, a client that reads them.

As a script it prints by how much its peak memory grew, in MiB: `python -m tests.contract.bombs URL...`.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import OpenAIUsageError, ResponseTooLargeError

MIB = 2**20
ONCE = RetryPolicy(max_retries=0)
_WINDOW_BITS = {"gzip": 31, "deflate": 15}


def bomb(encoding: str, mebibytes: int) -> bytes:
    """A compressed body that begins like a page and inflates to that many MiB of spaces."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, _WINDOW_BITS[encoding])
    head = deflating.compress(b'{"object": "page"') + deflating.flush(zlib.Z_FULL_FLUSH)
    block = deflating.compress(b" " * MIB) + deflating.flush(zlib.Z_FULL_FLUSH)
    return head + block * mebibytes


def many_members(mebibytes: int) -> bytes:
    """A gzip file of many members, each of which inflates to 1 MiB."""
    deflating = zlib.compressobj(9, zlib.DEFLATED, _WINDOW_BITS["gzip"])
    return (deflating.compress(b" " * MIB) + deflating.flush()) * mebibytes


def spaces(mebibytes: int) -> Iterator[bytes]:
    """That many MiB, piece by piece."""
    for _ in range(mebibytes):
        yield b" " * MIB


def peak() -> float:
    """The highest memory of this process so far, in MiB.

    Linux lets a process inherit the `ru_maxrss` of the one that started it, so its own is read.
    """
    status = Path("/proc/self/status")
    if found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text() if status.exists() else ""):
        return int(found[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MIB if sys.platform == "darwin" else most / 1024


def _refused(base_url: str) -> None:
    with UsageClient(admin_key="sk-admin-x", base_url=base_url, retry=ONCE, concurrency=1) as client:
        try:
            list(client.completions(start_time=0))
        except ResponseTooLargeError:
            return
        except OpenAIUsageError as error:
            if "/refusal" in base_url and "status 503" in str(error):
                return
            raise
    raise AssertionError(f"{base_url} was read")


async def _refused_async(base_url: str) -> None:
    async with AsyncUsageClient(admin_key="sk-admin-x", base_url=base_url, retry=ONCE) as client:
        try:
            async for _ in client.completions(start_time=0, end_time=86_400):
                pass
        except ResponseTooLargeError:
            return
    raise AssertionError(f"{base_url} was read")


def main(base_urls: list[str]) -> None:
    """Read all; the first is a good page, which loads whatever has to be loaded."""
    with UsageClient(admin_key="sk-admin-x", base_url=base_urls[0]) as client:
        list(client.completions(start_time=0))
    before = peak()
    for base_url in base_urls[1:]:
        _refused(base_url)
    asyncio.run(_refused_async(base_urls[1]))
    print(peak() - before)


if __name__ == "__main__":
    main(sys.argv[1:])
