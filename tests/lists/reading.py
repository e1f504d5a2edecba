"""Reading a list with either client, and telling what came out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import pytest

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage._generated import DIRECTORY
from openai_org_usage.emulator import Emulator
from openai_org_usage.errors import OpenAIUsageError

PROJECT = "proj_data_science"
"""A project of the emulated organization that has keys and service accounts."""

Outcome = tuple[list[Any], OpenAIUsageError | None]
"""The items that were handed out, and what ended it."""


class Read(Protocol):
    """Reads with one of the clients, made with the options, what `make` makes of it."""

    def __call__(self, make: Callable[[Any], Any], /, **options: Any) -> Outcome: ...


def blocking(make: Callable[[Any], Any], /, **options: Any) -> Outcome:
    """With the synchronous client."""
    items: list[Any] = []
    with UsageClient(**options) as client:
        try:
            items.extend(make(client))
        except OpenAIUsageError as error:
            return items, error
    return items, None


def asynchronous(make: Callable[[Any], Any], /, **options: Any) -> Outcome:
    """With the asynchronous one."""

    async def read() -> Outcome:
        items: list[Any] = []
        async with AsyncUsageClient(**options) as client:
            try:
                async for item in make(client):
                    items.append(item)
            except OpenAIUsageError as error:
                return items, error
        return items, None

    return asyncio.run(read())


both = pytest.mark.parametrize("read", [blocking, asynchronous])


def options_for(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """The arguments of a client of `emulator`; nothing is tried again."""
    here = {"admin_key": emulator.admin_key, "base_url": emulator.base_url}
    return {**here, "retry": RetryPolicy(max_retries=0), **more}


def listed(client: Any, name: str, **arguments: Any) -> Any:
    """The list called `name`, of a project if it is of one."""
    in_path = {"project_id": PROJECT} if DIRECTORY[name].path_parameters else {}
    return getattr(client, name)(**in_path, **arguments)
