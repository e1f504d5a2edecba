"""CONTRACT.md 7: one client for many threads and tasks; nothing mixed, nothing left open."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import anyio
import httpx
import pytest

from openai_org_usage import AsyncUsageClient, UsageClient

from .echo_server import answer, hesitant, is_answer, open_files, question, truthful
from .profiles import amount
from .sharing import all_of, answered_by, empty, options_for, settles
from .wire import Wire

pytestmark = pytest.mark.usefixtures("shared_loop", "nothing_left_open")


def _in_threads(work: Callable[[int], None], numbers: list[int]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_share_a_client(counts: Counter[str]) -> None:
    """16 threads with 50 calls each get their own answers."""
    wrong: list[int] = []

    def work(number: int) -> None:
        for call in range(50):
            day = number * 100 + call
            if not is_answer(list(client.completions(**question(day))), day):
                wrong.append(day)

    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as client:
        _in_threads(work, list(range(16)))
        assert wire.requests == 800
        assert wire.connections < 100  # They are used again.
    assert wrong == []
    counts["concurrency: calls of 16 threads on one client, 0 mixed up"] += 800


def test_threads_share_a_client_over_windows() -> None:
    """Windows of several threads at once come to the one that asked, in order."""
    wrong: list[int] = []

    def work(day: int) -> None:
        rows = list(client.with_options(deadline=30).completions(**question(day, 12)))
        if not is_answer(rows, day, 12):
            wrong.append(day)

    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as client:
        _in_threads(work, [20 * number for number in range(12)])
    assert wrong == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_cancelled_calls_give_their_connections_back(counts: Counter[str]) -> None:
    """Cancelled at any moment: the slots are free again, the client works, no descriptor is lost."""
    number, random = amount(400, 4000), Random(11)

    async def main(base_url: str) -> None:
        before = open_files()
        async with AsyncUsageClient(**options_for(base_url)) as client:
            await all_of(client.completions(**question(0)))
            cancelled = finished = 0
            for first in range(0, number, 20):
                days = range(first, first + 20)
                tasks = {
                    day: asyncio.create_task(all_of(client.completions(**question(day, 3)))) for day in days
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
            assert is_answer(await all_of(client.completions(**question(7, 20))), 7, 20)
            counts["concurrency: calls cancelled, 0 descriptors lost"] += cancelled
            counts["concurrency: calls that were faster than their cancellation"] += finished
            assert await asyncio.to_thread(settles, before + 2 * 8)  # Both ends are ours.

    with hesitant(0.003) as wire:
        asyncio.run(main(wire.base_url))


def test_leaving_an_iteration_frees_what_it_held(counts: Counter[str]) -> None:
    """`break`, `close`, and an iterator that is dropped: the next query finds all slots free."""
    with truthful() as wire, UsageClient(**options_for(wire.base_url, concurrency=2)) as client:
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
            counts["concurrency: iterations left early"] += 3
        assert is_answer(list(client.completions(**question(1, 9))), 1, 9)
        assert wire.connections <= 100


def test_an_iteration_in_a_cycle_is_collected() -> None:
    """The collector closes what nobody can reach, from whatever thread it runs in."""
    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as client:
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
        return empty(request)

    with truthful() as wire, answered_by(answer) as other:
        assert list(other.costs(start_time=0)) == []
        client = UsageClient(**options_for(wire.base_url))
        kept: list[Any] = [client, iter(client.completions(**question(1, 30)))]
        next(kept[1])
        del client
        loops[0].call_soon_threadsafe(kept.clear)
        loops[0].call_soon_threadsafe(collected.set)
        assert collected.wait(10)
        assert said == []


def test_an_interrupted_iteration_ends_and_the_client_goes_on(counts: Counter[str]) -> None:
    """Ctrl-C while the answer is awaited raises KeyboardInterrupt at once; nothing stays behind."""
    main_thread = threading.main_thread().ident or 0
    presses = threading.Semaphore(0)

    def answer_late(connection: socket.socket, head: bytes) -> None:
        if presses.acquire(blocking=False):
            signal.pthread_kill(main_thread, signal.SIGINT)
        if not wire.ended.wait(0.05):
            answer(connection, head)

    with Wire(answer_late) as wire, UsageClient(**options_for(wire.base_url)) as client:
        assert is_answer(list(client.completions(**question(0))), 0)
        for day in range(5):
            presses.release()
            with pytest.raises(KeyboardInterrupt):
                list(client.completions(**question(day, 50)))
            counts["concurrency: iterations interrupted"] += 1
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
        return empty(request)

    def press() -> None:
        waiting.wait()
        signal.pthread_kill(main_thread, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    options = options_for("https://api.test/v1", concurrency=1, transport=httpx.MockTransport(answer))
    with UsageClient(**options) as client, pytest.raises(KeyboardInterrupt):
        list(client.completions(**question(1, 3)))
    thread.join()


def test_an_error_of_the_caller_ends_the_iteration() -> None:
    """What is raised in the body of the loop comes out, and nothing stays behind; a hook's error, too."""

    def refuse(event: object) -> None:
        raise ZeroDivisionError

    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as client:
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
    options = options_for("https://api.test/v1", concurrency=concurrency, on_retry=leave, transport=transport)
    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as other:
        with UsageClient(**options) as client, pytest.raises(SystemExit, match="3"):
            list(client.completions(**question(1, 3)))
        assert is_answer(list(other.completions(**question(3, 5))), 3, 5)


def test_a_second_client_in_the_same_thread_is_independent() -> None:
    """Iterations of two clients can be interleaved."""
    with truthful() as wire, UsageClient(**options_for(wire.base_url)) as one:
        with UsageClient(**options_for(wire.base_url)) as two:
            firsts, seconds = one.completions(**question(1, 20)), two.completions(**question(50, 20))
            pairs = list(zip(firsts, seconds, strict=True))
        assert is_answer([first for first, _ in pairs], 1, 20)
        assert is_answer([second for _, second in pairs], 50, 20)
