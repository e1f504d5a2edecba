"""The one thread that all clients share: its start, forks, and its end."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import threading
from collections.abc import AsyncGenerator, Iterator
from functools import partial

import pytest

from openai_org_usage.errors import ConfigurationError, OpenAIUsageError
from openai_org_usage.http.blocking_calls import BlockingCalls
from openai_org_usage.http.loop_thread import LoopThread, begun_thread, end_thread, running_thread

from .work import Released, ended_in_another_thread, on_loop, status_of, thread_and_loop

PROCESSES = itertools.count(1 << 40)  # No process has such a number.


@pytest.fixture
def _another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As far as the loop is concerned; in a real child nobody would see which lines were run."""
    with monkeypatch.context() as patch:
        number = next(PROCESSES)
        patch.setattr(os, "getpid", lambda: number)
        yield
        if (thread := running_thread()) is not None and thread.is_alive():
            end_thread()


@pytest.mark.usefixtures("_another_process")
def test_all_clients_use_one_daemon_thread_with_a_name() -> None:
    """Which is there for the whole process, and does not hold up its end."""
    found = {BlockingCalls(Released().release).run(thread_and_loop) for _ in range(3)}
    assert found == {(begun_thread(), begun_thread().loop)}
    assert running_thread() is begun_thread()
    assert (begun_thread().name, begun_thread().daemon) == ("openai-org-usage", True)


@pytest.mark.usefixtures("_another_process")
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_a_hook_that_ends_the_program_leaves_the_loop_running(error: type[BaseException]) -> None:
    """The error reaches the caller, and the thread is the same afterwards."""

    async def leave() -> None:
        raise error

    calls, thread = BlockingCalls(Released().release), begun_thread()
    with pytest.raises(error):
        calls.run(leave)
    assert calls.run(thread_and_loop)[0] is thread


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_has_a_loop_of_its_own() -> None:
    """What was begun before the fork goes on in the parent only; its connections stay open."""
    released, closed = Released(), threading.Event()

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    calls, dropped = BlockingCalls(released.release), [BlockingCalls(released.release)]
    dropped[0].run(thread_and_loop)
    reading, parent = calls.iterate(numbers()), begun_thread()
    assert next(reading) == 1

    def child() -> None:
        assert running_thread() is None
        dropped.clear()
        with pytest.raises(OpenAIUsageError, match=r"^this iteration began before a fork; begin it anew"):
            next(reading)
        reading.close()
        assert calls.run(thread_and_loop)[0] is begun_thread() is not parent
        on_loop(gc.collect)
        assert (released.times, closed.is_set()) == (0, False)
        calls.stop()
        assert released.times == 1

    assert status_of(child) == 0
    assert next(reading) == 1
    assert calls.run(thread_and_loop)[0] is parent
    assert released.times == 0
    reading.close()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_the_loop_stands_still_while_the_process_forks() -> None:
    """Between two steps: a lock that is held in one is free in the child."""
    lock, inside = threading.Lock(), threading.Event()

    async def step() -> None:
        with lock:
            inside.set()
            threading.Event().wait(0.05)

    thread, errors = ended_in_another_thread(lambda: BlockingCalls(Released().release).run(step))
    assert inside.wait(5)
    assert status_of(lambda: None if lock.acquire(timeout=2) else os._exit(2)) == 0
    thread.join(5)
    assert errors == []


@pytest.mark.usefixtures("_another_process")
def test_the_end_of_the_program_ends_all_calls() -> None:
    """Running ones are cancelled, iterations and connections closed, and the loop, too."""
    released, collected, log, waiting = Released(), Released(), list[str](), threading.Event()

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            log.append("iteration")

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    calls, gone = BlockingCalls(released.release), BlockingCalls(collected.release)
    reading = calls.iterate(numbers())
    next(reading)
    gone.run(thread_and_loop)
    thread, errors = ended_in_another_thread(partial(calls.run, wait))
    assert waiting.wait(5)
    loop_thread = begun_thread()
    del gone
    end_thread()
    assert not loop_thread.is_alive()
    thread.join(5)
    assert [type(error) for error in errors] == [ConfigurationError]
    assert loop_thread.loop.is_closed()
    assert (released.times, collected.times, log) == (1, 1, ["iteration"])
    reading.close()
    calls.stop()
    with pytest.raises(ConfigurationError, match="shutting down"):
        calls.run(thread_and_loop)
    assert status_of(lambda: None) == 0
    del calls, thread
    gc.collect()


@pytest.mark.usefixtures("_another_process")
def test_nothing_keeps_the_loop_from_its_end() -> None:
    """Neither a client whose connections cannot be closed, nor a task that no client knows of."""
    released, log = Released(), list[str]()

    async def fail() -> None:
        raise ZeroDivisionError

    async def leave_a_task() -> asyncio.Task[None]:
        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                log.append("cleaned up")
                raise ZeroDivisionError

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        return task

    broken, calls = BlockingCalls(fail), BlockingCalls(released.release)
    task = broken.run(leave_a_task)
    calls.run(thread_and_loop)
    end_thread()
    assert begun_thread().loop.is_closed()
    assert (released.times, log) == (1, ["cleaned up"])
    assert isinstance(task.exception(), ZeroDivisionError)


@pytest.mark.usefixtures("_another_process")
def test_a_thread_that_cannot_start_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """As what it is, an error of the system; the next call tries again."""

    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    def no_files() -> None:
        raise OSError(24, "Too many open files")

    for owner, name, refusal, reason in (
        (LoopThread, "start", refuse, "thread"),
        (asyncio, "new_event_loop", no_files, "files"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refusal)
            with pytest.raises(OpenAIUsageError, match=f"^no connection can be made: .*{reason}"):
                BlockingCalls(Released().release).run(thread_and_loop)
    assert BlockingCalls(Released().release).run(thread_and_loop)[0] is begun_thread()
