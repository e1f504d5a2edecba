"""The contestants of `memory`, and how much memory a process has needed at most."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..child import KEY, Reading, timed

MILLION = 1_000_000
_STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most memory that this process has had, in bytes.

    Linux tells it in its status; `getrusage` there begins with what the parent process had.
    """
    if _STATUS.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())):
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def iteration(*, base_url: str, start: int, end: int) -> Callable[[], Reading]:
    """The peak after each million rows of this package's `.rows()`."""
    from openai_org_usage import UsageClient

    client = UsageClient(admin_key=KEY, base_url=base_url)

    def run() -> list[float]:
        peaks: list[float] = []
        query = client.completions(start_time=start, end_time=end, bucket_width="1h")
        for count, _ in enumerate(query.rows(), 1):
            if count % MILLION == 0:
                peaks.append(peak())
        return peaks

    return timed(run, list)


def ours(*, base_url: str, start: int, end: int) -> Callable[[], Reading]:
    """This package's peak before and after a bomb, and whether it was refused."""
    from openai_org_usage import UsageClient
    from openai_org_usage.errors import ResponseTooLargeError

    client = UsageClient(admin_key=KEY, base_url=base_url)

    def ask() -> bool:
        try:
            list(client.costs(start_time=start, end_time=end))
        except ResponseTooLargeError:
            return True
        return False

    return _bombed(lambda: list(client.completions(start_time=start, end_time=end, bucket_width="1h")), ask)


def official(*, base_url: str, start: int, end: int) -> Callable[[], Reading]:
    """The official SDK's peak before and after a bomb, and whether it was refused."""
    from openai import OpenAI, OpenAIError

    client = OpenAI(api_key="unused", admin_api_key=KEY, base_url=base_url, max_retries=0)
    usage = client.admin.organization.usage

    def ask() -> bool:
        with suppress(OpenAIError):
            usage.costs(start_time=start, end_time=end)
            return False
        return True

    return _bombed(lambda: usage.completions(start_time=start, end_time=end, bucket_width="1h"), ask)


def _bombed(warm_up: Callable[[], object], ask: Callable[[], bool]) -> Callable[[], Reading]:
    """Measured after an ordinary page, so that imports and connections are not counted."""

    def run() -> list[float]:
        warm_up()
        before = peak()
        refused = ask()
        return [before, peak(), float(refused)]

    return timed(run, list)
