"""CONTRACT.md 7: what a closed client says, and an asynchronous one on another event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage.errors import ConfigurationError, OpenAIUsageError

from .echo_server import hesitant, is_answer, question, truthful
from .sharing import all_of, options_for

pytestmark = pytest.mark.usefixtures("shared_loop", "nothing_left_open")


USES: dict[str, Callable[[UsageClient, Any], object]] = {
    "a query from before": lambda _, query: list(query),
    "rows": lambda _, query: list(query.rows()),
    "gather": lambda client, query: client.gather(query, query),
    "a new query": lambda client, _: list(client.completions(**question(2))),
    "other options": lambda client, _: list(client.with_options(deadline=9).completions(**question(2))),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_closed_client_says_so(use: Callable[[UsageClient, Any], object]) -> None:
    """Sync and async: ConfigurationError, before anything is sent."""
    with truthful() as wire:
        client = UsageClient(**options_for(wire.base_url))
        list(client.completions(**question(1)))
        query = client.completions(**question(1))
        client.close()
        client.close()
        with pytest.raises(ConfigurationError, match="closed"):
            use(client, query)
        assert wire.requests == 1


def test_a_closed_asynchronous_client_says_so() -> None:
    """Also after closing twice, and in the middle of an iteration."""

    async def main(base_url: str) -> None:
        client = AsyncUsageClient(**options_for(base_url, concurrency=1))
        reading = aiter(client.completions(**question(1)))
        await client.close()
        await client.close()
        with pytest.raises(ConfigurationError, match="closed"):
            await anext(reading)

    with truthful() as wire:
        asyncio.run(main(wire.base_url))


def test_closing_in_one_thread_ends_a_call_in_another() -> None:
    """Whoever waits gets an error of ours, and at once."""
    ended: list[BaseException] = []

    def read() -> None:
        try:
            list(client.completions(**question(1, 9)))
        except BaseException as error:
            ended.append(error)

    with hesitant(60) as wire:
        client = UsageClient(**options_for(wire.base_url))
        thread = threading.Thread(target=read)
        thread.start()
        while not wire.requests:
            threading.Event().wait(0.005)
        client.close()
        thread.join(10)
        assert not thread.is_alive()
    assert [type(error) for error in ended] == [ConfigurationError]


def test_an_asynchronous_client_on_another_loop_works_or_says_so() -> None:
    """It belongs to its first loop; closing it on another one is no crash."""

    async def use(client: AsyncUsageClient) -> bool:
        return is_answer(await all_of(client.completions(**question(5, 3))), 5, 3)

    with truthful() as wire:
        client = AsyncUsageClient(**options_for(wire.base_url))

        async def both() -> None:
            assert await use(client)
            await client.close()

        asyncio.run(both())
        with pytest.raises(ConfigurationError):
            asyncio.run(use(client))


def test_an_asynchronous_client_whose_loop_is_gone() -> None:
    """A second loop is a clear error, and closing there a clear error or nothing, never a foreign one."""

    async def use(client: AsyncUsageClient) -> None:
        await all_of(client.completions(**question(5, 3)))

    with truthful() as wire:
        client = AsyncUsageClient(**options_for(wire.base_url))
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(use(client))
            with pytest.raises(ConfigurationError, match="event loop"):
                asyncio.run(use(client))
            loop.run_until_complete(use(client))
            loop.run_until_complete(client.close())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
        other = AsyncUsageClient(**options_for("http://127.0.0.1:9/v1"))
        with pytest.raises(OpenAIUsageError):
            asyncio.run(use(other.with_options(deadline=0.05)))
        asyncio.run(other.close())
