"""Programs that end in all ways, most of them without closing their client."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx

from openai_org_usage import AsyncUsageClient

from ..echo_server import is_answer, page_for, question
from .clients import KEPT, client_of, read


def never_closed(base_url: str) -> None:
    """Reads everything, and ends."""
    KEPT.append(client_of(base_url))
    read(KEPT[0], 1, 20)


def never_finished(base_url: str) -> None:
    """Ends in the middle of an iteration."""
    client = client_of(base_url)
    KEPT.extend([client, iter(client.completions(**question(1, 50)))])
    next(KEPT[1])


def ended_by_exit(base_url: str) -> None:
    """sys.exit inside of an iteration."""
    for _ in client_of(base_url).completions(**question(1, 50)):
        sys.exit(0)


def local_only(base_url: str) -> None:
    """Client and iteration die with the function."""
    for _ in client_of(base_url).completions(**question(1, 50)):
        break


def used_in_a_thread(base_url: str) -> None:
    """The client is made and used in a thread that ends first."""
    thread = threading.Thread(target=never_closed, args=(base_url,))
    thread.start()
    thread.join()


def used_in_a_thread_at_the_end(base_url: str) -> None:
    """A thread is still reading when the main thread ends."""
    threading.Thread(target=never_closed, args=(base_url,)).start()


def closed_twice(base_url: str) -> None:
    """Closing again does nothing."""
    with client_of(base_url) as client:
        read(client, 1)
    client.close()


def in_a_cycle(base_url: str) -> None:
    """Only the collector can free it."""
    client: Any = client_of(base_url)
    client.cycle = client
    read(client, 3)


def asynchronous(base_url: str) -> None:
    """An asynchronous client, closed."""

    async def main() -> None:
        async with AsyncUsageClient(admin_key="sk-admin-x", base_url=base_url) as client:
            assert is_answer([b async for b in client.completions(**question(1, 20))], 1, 20)

    asyncio.run(main())


def asynchronous_left_early(base_url: str) -> None:
    """An asynchronous iteration that is left, and whose client is closed afterwards."""

    async def main() -> None:
        async with AsyncUsageClient(admin_key="sk-admin-x", base_url=base_url) as client:
            async for _ in client.completions(**question(1, 50)):
                break

    asyncio.run(main())


def dropped(base_url: str, number: str = "40") -> None:
    """Clients are made and dropped in all ways, and a few are left for the end."""
    for index in range(int(number)):
        DROPPED[index % len(DROPPED)](base_url, index)
    gc.collect()


def _closed(base_url: str, day: int) -> None:
    with client_of(base_url) as client:
        read(client, day)


def _unclosed(base_url: str, day: int) -> None:
    read(client_of(base_url), day)


def _half_iterated(base_url: str, day: int) -> None:
    next(iter(client_of(base_url, concurrency=1 + day % 9).completions(**question(day, 9))))


def _closed_half_iterated(base_url: str, day: int) -> None:
    with client_of(base_url, concurrency=1 + day % 9) as client:
        KEPT.append(iter(client.completions(**question(day, 9))))
        next(KEPT[-1])
    KEPT.pop()


def _never_used(base_url: str, day: int) -> None:
    client_of(base_url).completions(**question(day))
    client_of(base_url).close()


def _in_a_cycle(base_url: str, day: int) -> None:
    cycle: list[Any] = [client_of(base_url)]
    cycle.append([cycle, iter(cycle[0].completions(**question(day, 9)))])
    next(cycle[1][1])


def _in_the_loop_s_thread(base_url: str, day: int) -> None:
    kept = [iter(client_of(base_url).completions(**question(day, 9)))]
    next(kept[0])
    on_loop: list[Callable[..., object]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        on_loop.append(asyncio.get_running_loop().call_soon_threadsafe)
        return httpx.Response(200, content=page_for(question(day)["start_time"]))

    with client_of(base_url, transport=httpx.MockTransport(answer)) as client:
        read(client, day)
    on_loop[0](kept.clear)


def _in_another_thread(base_url: str, day: int) -> None:
    thread = threading.Thread(target=_half_iterated, args=(base_url, day))
    thread.start()
    thread.join()


def _left_for_the_end(base_url: str, day: int) -> None:
    if len(KEPT) < 30:
        client = client_of(base_url, concurrency=1 + day % 9)
        KEPT.append((client, iter(client.completions(**question(day, 9)))))
        next(KEPT[-1][1])


DROPPED = (
    _closed,
    _unclosed,
    _half_iterated,
    _closed_half_iterated,
    _never_used,
    _in_a_cycle,
    _in_the_loop_s_thread,
    _in_another_thread,
    _left_for_the_end,
)


def used_at_once(base_url: str, number: str = "200") -> None:
    """Each client is in the middle of an iteration, and all of them have one thread."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    before = threading.active_count()
    readings: list[Any] = []
    for day in range(int(number)):
        readings.append(iter(client_of(base_url, concurrency=2).completions(**question(day, 2))))
        next(readings[-1])
    assert threading.active_count() == before + 1
    for day, reading in enumerate(readings):
        assert is_answer(list(reading), day + 1)
