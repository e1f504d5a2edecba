"""The ways in which a client is asked, while a witness looks at what is raised."""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import OpenAIUsageError
from openai_org_usage.http.deadline import Timing

from ..conftest import DAY
from ..scripted import SETTINGS, START
from .key_leaks import Answer, Witness, all_hooks
from .reading import no_wait

WITHOUT_KEY: dict[str, Any] = {name: value for name, value in SETTINGS.items() if name != "admin_key"}
"""The key comes from the environment here, so that no local of these tests shows it."""
SPAN: dict[str, Any] = {"start_time": START, "end_time": START + 9 * DAY}
Way = Callable[[Witness, Answer], None]


def options_for(witness: Witness, answer: Answer, **more: Any) -> dict[str, Any]:
    quick = {"retry": RetryPolicy(max_retries=1), "timing": Timing(sleep=no_wait)}
    return {**WITHOUT_KEY, **quick, **all_hooks(witness), "transport": httpx.MockTransport(answer), **more}


def _blocking(read: Callable[[UsageClient], object]) -> Way:
    def way(witness: Witness, answer: Answer) -> None:
        with UsageClient(**options_for(witness, answer)) as client:
            witness.show(client, client.costs(**SPAN))
            try:
                read(client)
            except Exception as failure:
                witness.see(failure)

    return way


def _asynchronous(read: Callable[[AsyncUsageClient], Awaitable[object]]) -> Way:
    async def run(witness: Witness, answer: Answer) -> None:
        async with AsyncUsageClient(**options_for(witness, answer)) as client:
            witness.show(client, client.costs(**SPAN))
            try:
                await read(client)
            except Exception as failure:
                witness.see(failure)

    def way(witness: Witness, answer: Answer) -> None:
        asyncio.run(run(witness, answer), debug=True)

    return way


def _in_threads(client: UsageClient) -> None:
    failures: list[Exception] = []

    def read() -> None:
        try:
            list(client.completions(**SPAN))
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise ExceptionGroup("in threads", failures)


def _resumed(client: UsageClient) -> None:
    try:
        list(client.completions(**SPAN))
    except OpenAIUsageError as failure:
        list(client.resume(pickle.loads(pickle.dumps(failure.resume))))


async def all_of(query: Any) -> list[Any]:
    return [item async for item in query]


async def _grouped(client: AsyncUsageClient) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(all_of(client.completions(**SPAN)))


WAYS: dict[str, Way] = {
    "buckets": _blocking(lambda client: list(client.completions(**SPAN))),
    "rows": _blocking(lambda client: list(client.completions(**SPAN).rows())),
    "pages": _blocking(lambda client: list(client.completions(**SPAN).pages())),
    "windows": _blocking(lambda client: list(client.completions(**SPAN, limit=1))),
    "one by one": _blocking(lambda client: list(client.with_options(concurrency=1).completions(**SPAN))),
    "other options": _blocking(
        lambda client: list(client.with_options(deadline=9, timeout=3).completions(**SPAN))
    ),
    "gather": _blocking(lambda client: client.gather(client.completions(**SPAN), client.costs(**SPAN))),
    "threads": _blocking(_in_threads),
    "resumed": _blocking(_resumed),
    "async buckets": _asynchronous(lambda client: all_of(client.completions(**SPAN))),
    "async rows": _asynchronous(lambda client: all_of(client.completions(**SPAN, limit=1).rows())),
    "async pages": _asynchronous(lambda client: all_of(client.completions(**SPAN).pages())),
    "async gather": _asynchronous(
        lambda client: client.gather(client.completions(**SPAN), client.costs(**SPAN))
    ),
    "async task group": _asynchronous(_grouped),
    "list": _blocking(lambda client: list(client.users())),
    "async list": _asynchronous(lambda client: all_of(client.users())),
}
