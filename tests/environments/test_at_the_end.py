"""A client that is used where nothing can be asked any more says what happened."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from openai_org_usage import AsyncUsageClient, ConfigurationError, RetryPolicy, UsageClient
from openai_org_usage.emulator import Emulator

PROGRAM = """
import atexit, sys
from openai_org_usage import UsageClient

client = UsageClient(admin_key=sys.argv[1], base_url=sys.argv[2])

def use(when):
    try:
        print(when, len(list(client.costs(start_time="2d"))))
    except Exception as error:
        print(when, type(error).__name__, error)

class Late:
    def __del__(self):
        use("del")
        client.close()

atexit.register(use, "after the client ended")
use("main")
atexit.register(use, "before the client ended")
sys.modules["late"] = Late()
"""


def test_use_at_the_end_of_python(running_emulator: Emulator) -> None:
    """In atexit while there is a connection it works; after that, a sentence says why it cannot."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, running_emulator.admin_key, running_emulator.base_url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    main, before, after, late = done.stdout.splitlines()
    assert (main, before) == ("main 2", "before the client ended 2")
    said = "ConfigurationError Python is shutting down"
    assert after.startswith(f"after the client ended {said}")
    assert late.startswith(f"del {said}")


def test_a_client_on_another_loop_than_asyncio_s() -> None:
    """As on trio, where nothing of asyncio runs: the coroutine is driven by hand."""
    client = AsyncUsageClient(admin_key="sk-admin-0123456789", base_url="http://127.0.0.1:9/v1")

    async def read() -> None:
        async for _ in client.costs(start_time="2d"):
            pass

    ways: list[Any] = [read(), client.gather(client.costs(start_time="2d"))]
    for way in ways:
        with pytest.raises(ConfigurationError, match="needs a running event loop of asyncio"):
            way.send(None)


def test_a_loop_that_was_closed() -> None:
    """The next loop is another one, and the error says so."""
    client = AsyncUsageClient(
        admin_key="sk-admin-0123456789", base_url="http://127.0.0.1:9/v1", retry=RetryPolicy(max_retries=0)
    )

    async def read() -> None:
        async for _ in client.costs(start_time="2d"):
            pass

    with pytest.raises(OSError, match="refused"):
        asyncio.run(read())
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(read())


@pytest.mark.parametrize("digits", [20, 26, 400, 5000])
@pytest.mark.parametrize("name", ["timeout", "deadline", "concurrency", "max_pages", "max_page_bytes"])
def test_numbers_of_any_length(name: str, digits: int) -> None:
    """Each is as good as no limit, or refused with a sentence; none is an OverflowError."""
    options: dict[str, Any] = {name: 10**digits}
    said = ""
    try:
        UsageClient(admin_key="sk-admin-0123456789", base_url="http://127.0.0.1:9/v1", **options)
    except ConfigurationError as error:
        said = str(error)
    works = digits < 300 and name in ("timeout", "deadline")
    assert said == "" if works else said.startswith(f"{name} is a ")
    assert len(said) < 100
