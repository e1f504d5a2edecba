"""What is run on the shared loop for callers that wait, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import AsyncGenerator

import pytest

from openai_org_usage.errors import ConfigurationError
from openai_org_usage.http.blocking_calls import BlockingCalls
from openai_org_usage.http.loop_thread import begun_thread

from .work import Released, ended_in_another_thread, on_loop, thread_and_loop


async def _fail() -> None:
    raise ZeroDivisionError("here")


def test_results_and_errors_come_to_the_caller() -> None:
    """As they are."""
    calls = BlockingCalls(Released().release)
    with pytest.raises(ZeroDivisionError, match="here"):
        calls.run(_fail)

    async def seven() -> int:
        return 7

    assert calls.run(seven) == 7


def test_items_come_one_by_one_and_the_source_is_closed() -> None:
    """Nothing is read ahead of the caller; leaving early closes it at once."""
    log: list[object] = []

    async def numbers() -> AsyncGenerator[int | None]:
        try:
            for number in (0, None, 2):
                log.append(number)
                yield number
        finally:
            log.append("closed")

    calls = BlockingCalls(Released().release)
    assert list(calls.iterate(numbers())) == [0, None, 2]
    assert log == [0, None, 2, "closed"]
    log.clear()
    reading = calls.iterate(numbers())
    assert next(reading) == 0
    assert log == [0]
    reading.close()
    assert log == [0, "closed"]


def test_stop_cancels_what_is_under_way_and_closes_the_connections() -> None:
    """Once; then nothing more is run, and open iterations are closed."""
    released, closed, ended, waiting = Released(), threading.Event(), threading.Event(), threading.Event()

    async def wait() -> None:
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            assert released.times == 0
            ended.set()

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    calls = BlockingCalls(released.release)
    reading = calls.iterate(numbers())
    next(reading)
    thread, errors = ended_in_another_thread(lambda: calls.run(wait))
    assert waiting.wait(5)

    calls.stop()

    assert (released.times, ended.is_set(), closed.is_set()) == (1, True, True)
    thread.join(5)
    assert [(type(error), str(error)) for error in errors] == [
        (ConfigurationError, "the client was closed; make a new one")
    ]
    calls.stop()
    assert released.times == 1
    for use in (lambda: calls.run(thread_and_loop), lambda: next(reading)):
        with pytest.raises(ConfigurationError, match=r"^the client was closed; make a new one$"):
            use()
    reading.close()


def test_connections_are_closed_although_an_iteration_cannot_be() -> None:
    """What it raises when it is closed is nobody's any more."""
    released = Released()

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            raise ZeroDivisionError

    calls = BlockingCalls(released.release)
    reading = calls.iterate(numbers())
    next(reading)
    calls.stop()
    assert released.times == 1
    reading.close()


def test_a_closed_client_says_what_ended_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the program, if it is ending."""
    calls = BlockingCalls(Released().release)
    calls.run(thread_and_loop)
    calls.stop()
    monkeypatch.setattr(sys, "is_finalizing", lambda: True)
    with pytest.raises(ConfigurationError, match="Python is shutting down"):
        calls.run(thread_and_loop)


def test_one_client_ends_without_the_others() -> None:
    """Although they share the thread."""
    one, other = Released(), Released()
    first, second = BlockingCalls(one.release), BlockingCalls(other.release)
    first.run(thread_and_loop)
    second.run(thread_and_loop)
    first.stop()
    assert (one.times, other.times) == (1, 0)
    assert second.run(thread_and_loop)[0] is begun_thread()


def test_a_client_that_was_not_used_closes_nothing() -> None:
    """There is nothing."""
    released, _ = Released(), begun_thread()
    BlockingCalls(released.release).stop()
    assert released.times == 0


def test_a_collected_client_closes_its_connections() -> None:
    """On the loop, soon, and without being asked; afterwards nothing of it is kept."""
    released = Released()
    calls = BlockingCalls(released.release)
    calls.run(thread_and_loop)
    before = set(begun_thread().ends)
    del calls
    gc.collect()
    assert released.done.wait(5)
    on_loop(lambda: None)
    assert released.times == 1
    assert begun_thread().ends < before


class ReadAhead:
    """Numbers that a task puts into a queue, ahead of their turn; it knows its client, as queries do."""

    def __init__(self, client: BlockingCalls) -> None:
        self.client = client
        self._numbers: asyncio.Queue[int] = asyncio.Queue(1)
        self._task: asyncio.Task[None] | None = None
        self.closed = threading.Event()

    async def __anext__(self) -> int:
        self._task = self._task or asyncio.create_task(self._read())
        return await self._numbers.get()

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.closed.set()

    async def _read(self) -> None:
        while True:
            await self._numbers.put(1)


def test_a_collected_iteration_ends_what_it_read_ahead() -> None:
    """The collector does not find it before: asyncio would complain of a task that is destroyed."""
    released = Released()
    calls = BlockingCalls(released.release)
    ahead = ReadAhead(calls)
    closed = ahead.closed
    reading = calls.iterate(ahead)
    assert next(reading) == 1
    cycle: list[object] = [reading, calls]
    cycle.append(cycle)
    on_loop(lambda: None)
    del cycle, ahead, calls, reading
    gc.collect()
    assert closed.wait(5)
    on_loop(lambda: None)
    gc.collect()
    assert released.done.wait(5)


def test_a_hook_cannot_use_the_client_that_calls_it() -> None:
    """It would wait for itself; closing and collecting do not wait there."""
    released, closed, errors = Released(), threading.Event(), list[str]()
    calls = BlockingCalls(released.release)

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    def use() -> None:
        try:
            calls.run(thread_and_loop)
        except ConfigurationError as error:
            errors.append(str(error))

    kept = [calls.iterate(numbers())]
    next(kept[0])
    on_loop(use)
    on_loop(kept.clear)
    assert closed.wait(5)
    on_loop(calls.stop)
    assert released.done.wait(5)
    assert errors == ["a hook cannot use the client that calls it; note what to do, and return"]


def test_what_is_done_beside_is_waited_for_or_cancelled() -> None:
    """Its outcome is there when it is asked for; at the end of the block nothing is under way."""
    calls, ended = BlockingCalls(Released().release), list[str]()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append("ended")

    with calls.beside(thread_and_loop) as outcome, calls.beside(wait), calls.beside(_fail) as failure:
        assert calls.run(thread_and_loop) == outcome()
        with pytest.raises(ZeroDivisionError, match="here"):
            failure()
        assert ended == []
    assert ended == ["ended"]


def test_ctrl_c_cancels_the_call_and_waits_for_its_end() -> None:
    """KeyboardInterrupt comes out when it has ended, and the next call works."""
    calls, ended, main = BlockingCalls(Released().release), list[str](), threading.main_thread().ident or 0

    async def wait() -> None:
        asyncio.get_running_loop().call_soon(signal.pthread_kill, main, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append("ended")

    with pytest.raises(KeyboardInterrupt):
        calls.run(wait)
    assert ended == ["ended"]
    assert calls.run(thread_and_loop)[0] is begun_thread()
