"""CONTRACT.md 7: one client for many threads and tasks; nothing mixed, nothing left open."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import anyio
import httpx
import pytest

from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage.errors import ConfigurationError, OpenAIUsageError

from .echo_server import hesitant, is_answer, open_files, own_threads, question, truthful
from .profiles import amount


def _answered_by(answer: Callable[[httpx.Request], Any]) -> UsageClient:
    return UsageClient(**_options("https://api.test/v1"), transport=httpx.MockTransport(answer))


def _empty(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"object": "page", "data": [], "has_more": False, "next_page": None})


@pytest.fixture(scope="module", autouse=True)
def _shared_loop() -> None:
    """The loop that all clients share has begun before anything is counted."""
    with _answered_by(_empty) as client:
        assert list(client.costs(start_time=0)) == []


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """As many descriptors after each test as before, and no thread of ours but that of the loop."""
    gc.collect()
    before = open_files()
    yield
    gc.collect()
    assert own_threads() == ["openai-org-usage"]
    assert _settles(before)


def _settles(most: int) -> bool:
    """Whether no more than `most` descriptors are open, once the server has closed its ends."""
    for _ in range(300):
        if open_files() <= most:
            return True
        gc.collect()
        threading.Event().wait(0.01)
    return False


def _options(base_url: str, **more: Any) -> dict[str, Any]:
    return {"admin_key": "sk-admin-x", "base_url": base_url, "deadline": 60, **more}


async def _all(query: Any) -> list[Any]:
    return [item async for item in query]


def _in_threads(work: Callable[[int], None], numbers: list[int]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_share_a_client(tally: Counter[str]) -> None:
    """16 threads with 50 calls each get their own answers."""
    wrong: list[int] = []

    def work(number: int) -> None:
        for call in range(50):
            day = number * 100 + call
            if not is_answer(list(client.completions(**question(day))), day):
                wrong.append(day)

    with truthful() as wire, UsageClient(**_options(wire.base_url)) as client:
        _in_threads(work, list(range(16)))
        assert wire.requests == 800
        assert wire.connections < 100  # They are used again.
    assert wrong == []
    tally["concurrency: calls of 16 threads on one client, 0 mixed up"] += 800


def test_threads_share_a_client_over_windows() -> None:
    """Windows of several threads at once come to the one that asked, in order."""
    wrong: list[int] = []

    def work(day: int) -> None:
        rows = list(client.with_options(deadline=30).completions(**question(day, 12)))
        if not is_answer(rows, day, 12):
            wrong.append(day)

    with truthful() as wire, UsageClient(**_options(wire.base_url)) as client:
        _in_threads(work, [20 * number for number in range(12)])
    assert wrong == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_cancelled_calls_give_their_connections_back(tally: Counter[str]) -> None:
    """Cancelled at any moment: the slots are free again, the client works, no descriptor is lost."""
    number, random = amount(400, 4000), Random(11)

    async def main(base_url: str) -> None:
        before = open_files()
        async with AsyncUsageClient(**_options(base_url)) as client:
            await _all(client.completions(**question(0)))
            cancelled = finished = 0
            for first in range(0, number, 20):
                days = range(first, first + 20)
                tasks = {
                    day: asyncio.create_task(_all(client.completions(**question(day, 3)))) for day in days
                }
                for task in tasks.values():
                    await asyncio.sleep(random.choice([0, 0, 0.001, 0.002, 0.02]))
                    task.cancel()
                done = await asyncio.gather(*tasks.values(), return_exceptions=True)
                for day, found in zip(tasks, done, strict=True):
                    if isinstance(found, BaseException):
                        assert isinstance(found, asyncio.CancelledError)
                        cancelled += 1
                    else:
                        assert is_answer(found, day, 3)
                        finished += 1
            assert is_answer(await _all(client.completions(**question(7, 20))), 7, 20)
            tally["concurrency: calls cancelled, 0 descriptors lost"] += cancelled
            tally["concurrency: calls that were faster than their cancellation"] += finished
            assert await asyncio.to_thread(_settles, before + 2 * 8)  # Both ends are ours.

    with hesitant(0.003) as wire:
        asyncio.run(main(wire.base_url))


def test_leaving_an_iteration_frees_what_it_held(tally: Counter[str]) -> None:
    """`break`, `close`, and an iterator that is dropped: the next query finds all slots free."""
    with truthful() as wire, UsageClient(**_options(wire.base_url, concurrency=2)) as client:
        for day in range(30):
            for bucket in client.completions(**question(day, 40)):
                assert is_answer([bucket], day)
                break
            reading: Any = iter(client.completions(**question(day, 40)))
            next(reading)
            reading.close()
            dropped: Any = client.completions(**question(day, 40)).rows()
            next(dropped)
            del dropped
            tally["concurrency: iterations left early"] += 3
        assert is_answer(list(client.completions(**question(1, 9))), 1, 9)
        assert wire.connections <= 100


def test_an_iteration_in_a_cycle_is_collected() -> None:
    """The collector closes what nobody can reach, from whatever thread it runs in."""
    with truthful() as wire, UsageClient(**_options(wire.base_url)) as client:
        for day in range(10):
            cycle: list[Any] = [iter(client.completions(**question(day, 30)))]
            cycle.append(cycle)
            next(cycle[0])
            del cycle
            gc.collect()
        assert is_answer(list(client.completions(**question(1, 9))), 1, 9)


def test_a_client_can_be_collected_in_the_loop_s_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the collector happens to run, an iteration with it: nothing waits for itself, silently."""
    said: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", said.append)
    loops: list[asyncio.AbstractEventLoop] = []
    collected = threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        loops.append(asyncio.get_running_loop())
        return _empty(request)

    with truthful() as wire, _answered_by(answer) as other:
        assert list(other.costs(start_time=0)) == []
        client = UsageClient(**_options(wire.base_url))
        kept: list[Any] = [client, iter(client.completions(**question(1, 30)))]
        next(kept[1])
        del client
        loops[0].call_soon_threadsafe(kept.clear)
        loops[0].call_soon_threadsafe(collected.set)
        assert collected.wait(10)
        assert said == []


def test_an_interrupted_iteration_ends_and_the_client_goes_on(tally: Counter[str]) -> None:
    """Ctrl-C while the answer is awaited raises KeyboardInterrupt at once; nothing stays behind."""
    main_thread = threading.main_thread().ident or 0
    with hesitant(0.05) as wire, UsageClient(**_options(wire.base_url)) as client:
        assert is_answer(list(client.completions(**question(0))), 0)
        for day in range(5):
            timer = threading.Timer(0.02, signal.pthread_kill, args=(main_thread, signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                list(client.completions(**question(day, 50)))
            timer.join()
            tally["concurrency: iterations interrupted"] += 1
        assert is_answer(list(client.completions(**question(3, 5))), 3, 5)


def test_ctrl_c_while_a_step_takes_long_to_end() -> None:
    """The iteration is closed after its step has ended, however long Ctrl-C had to wait for that."""
    waiting = threading.Event()
    main_thread = threading.main_thread().ident or 0

    async def answer(request: httpx.Request) -> httpx.Response:
        waiting.set()
        ended = asyncio.Event()
        try:
            await ended.wait()
        finally:
            asyncio.get_running_loop().call_later(1.2, ended.set)
            with anyio.CancelScope(shield=True):
                await ended.wait()
        return _empty(request)

    def press() -> None:
        waiting.wait()
        signal.pthread_kill(main_thread, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    options = _options("https://api.test/v1", concurrency=1, transport=httpx.MockTransport(answer))
    with UsageClient(**options) as client, pytest.raises(KeyboardInterrupt):
        list(client.completions(**question(1, 3)))
    thread.join()


def test_an_error_of_the_caller_ends_the_iteration() -> None:
    """What is raised in the body of the loop comes out, and nothing stays behind; a hook's error, too."""

    def refuse(event: object) -> None:
        raise ZeroDivisionError

    with truthful() as wire, UsageClient(**_options(wire.base_url)) as client:
        with pytest.raises(ZeroDivisionError):
            _ = [bucket.start_time // 0 for bucket in client.completions(**question(1, 30))]
        with pytest.raises(ZeroDivisionError):
            list(client.with_options(on_page=refuse).completions(**question(1, 30)))
        assert is_answer(list(client.completions(**question(3, 5))), 3, 5)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_hook_that_ends_the_program_does(concurrency: int) -> None:
    """SystemExit on the loop's thread reaches the caller, and the other clients go on."""

    def leave(event: object) -> None:
        raise SystemExit(3)

    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500)

    transport = httpx.MockTransport(refuse)
    options = _options("https://api.test/v1", concurrency=concurrency, on_retry=leave, transport=transport)
    with truthful() as wire, UsageClient(**_options(wire.base_url)) as other:
        with UsageClient(**options) as client, pytest.raises(SystemExit, match="3"):
            list(client.completions(**question(1, 3)))
        assert is_answer(list(other.completions(**question(3, 5))), 3, 5)


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
        client = UsageClient(**_options(wire.base_url))
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
        client = AsyncUsageClient(**_options(base_url, concurrency=1))
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
        client = UsageClient(**_options(wire.base_url))
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
        return is_answer(await _all(client.completions(**question(5, 3))), 5, 3)

    with truthful() as wire:
        client = AsyncUsageClient(**_options(wire.base_url))

        async def both() -> None:
            assert await use(client)
            await client.close()

        asyncio.run(both())
        with pytest.raises(ConfigurationError):
            asyncio.run(use(client))


def test_an_asynchronous_client_whose_loop_is_gone() -> None:
    """A second loop is a clear error, and closing there a clear error or nothing, never a foreign one."""

    async def use(client: AsyncUsageClient) -> None:
        await _all(client.completions(**question(5, 3)))

    with truthful() as wire:
        client = AsyncUsageClient(**_options(wire.base_url))
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
        other = AsyncUsageClient(**_options("http://127.0.0.1:9/v1"))
        with pytest.raises(OpenAIUsageError):
            asyncio.run(use(other.with_options(deadline=0.05)))
        asyncio.run(other.close())


def test_a_second_client_in_the_same_thread_is_independent() -> None:
    """Iterations of two clients can be interleaved."""
    with truthful() as wire, UsageClient(**_options(wire.base_url)) as one:
        with UsageClient(**_options(wire.base_url)) as two:
            firsts, seconds = one.completions(**question(1, 20)), two.completions(**question(50, 20))
            pairs = list(zip(firsts, seconds, strict=True))
        assert is_answer([first for first, _ in pairs], 1, 20)
        assert is_answer([second for _, second in pairs], 50, 20)
