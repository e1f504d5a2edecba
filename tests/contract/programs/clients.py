"""Clients, and how they read, in a program that says nothing unless something is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import os
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from openai_org_usage import AsyncUsageClient, MissingExtraError, UsageClient

from ..echo_server import is_answer, question

LONG_ENOUGH = 20
"""Seconds after which a child counts as hung, and says where."""


KEPT: list[Any] = []
"""What lives until the end of the program."""


def client_of(base_url: str, **options: Any) -> UsageClient:
    return UsageClient(admin_key="sk-admin-x", base_url=base_url, **options)


def read(client: UsageClient, day: int, days: int = 1) -> None:
    assert is_answer(list(client.completions(**question(day, days))), day, days)


def is_well(status: int, wrong: list[BaseException]) -> None:
    assert (status, wrong) == (0, [])


def read_asynchronously(client: UsageClient, day: int, days: int = 1) -> None:
    async def main() -> None:
        async with AsyncUsageClient(admin_key="sk-admin-x", base_url=client.base_url, deadline=60) as other:
            assert is_answer([b async for b in other.completions(**question(day, days))], day, days)

    asyncio.run(main())


def read_as_a_table(client: UsageClient, day: int, days: int = 1) -> None:
    with contextlib.suppress(MissingExtraError):
        assert client.completions(**question(day, days)).to_arrow().num_rows == days


def leave(work: Callable[[], object]) -> NoReturn:
    """End this process without clean-up, with status 0 if `work` does not fail."""
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
