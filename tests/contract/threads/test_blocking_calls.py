"""What is run on the shared loop for callers that wait, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Iterator

import pytest

from openai_org_usage.errors import ConfigurationError, OpenAIUsageError
from openai_org_usage.http.blocking_calls import BlockingCalls
from openai_org_usage.http.loop_thread import LoopThread, begun_thread, end_thread, running_thread

PROCESSES = itertools.count(1 << 40)  # No process has such a number.


class Released:
    """What closes the connections of a client, and how often it did."""

    def __init__(self) -> None:
        self.times = 0
        self.done = threading.Event()

    async def release(self) -> None:
        await asyncio.sleep(0)
        self.times += 1
        self.done.set()


async def _thread_and_loop() -> tuple[threading.Thread, asyncio.AbstractEventLoop]:
    return threading.current_thread(), asyncio.get_running_loop()


async def _fail() -> None:
    raise ZeroDivisionError("here")


def _ended_in_another_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, errors


def _on_loop(work: Callable[[], object]) -> None:
    done = threading.Event()
    begun_thread().soon(work)
    begun_thread().soon(done.set)
    assert done.wait(5)


def test_all_clients_use_one_daemon_thread_with_a_name() -> None:
    """Which is there for the whole process, and does not hold up its end."""
    found = {BlockingCalls(Released().release).run(_thread_and_loop) for _ in range(3)}
    assert found == {(begun_thread(), begun_thread().loop)}
    assert running_thread() is begun_thread()
    assert (begun_thread().name, begun_thread().daemon) == ("openai-org-usage", True)


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
    released, closed, waiting = Released(), threading.Event(), threading.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    async def numbers() -> AsyncGenerator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    calls = BlockingCalls(released.release)
    reading = calls.iterate(numbers())
    next(reading)
    thread, errors = _ended_in_another_thread(lambda: calls.run(wait))
    assert waiting.wait(5)

    calls.stop()

    assert (released.times, closed.is_set()) == (1, True)
    thread.join(5)
    assert [(type(error), str(error)) for error in errors] == [
        (ConfigurationError, "the client was closed; make a new one")
    ]
    calls.stop()
    assert released.times == 1
    for use in (lambda: calls.run(_thread_and_loop), lambda: next(reading)):
        with pytest.raises(ConfigurationError, match=r"^the client was closed; make a new one$"):
            use()
    reading.close()


def test_one_client_ends_without_the_others() -> None:
    """Although they share the thread."""
    one, other = Released(), Released()
    first, second = BlockingCalls(one.release), BlockingCalls(other.release)
    first.run(_thread_and_loop)
    second.run(_thread_and_loop)
    first.stop()
    assert (one.times, other.times) == (1, 0)
    assert second.run(_thread_and_loop)[0] is begun_thread()


def test_a_client_that_was_not_used_closes_nothing() -> None:
    """There is nothing."""
    released = Released()
    BlockingCalls(released.release).stop()
    assert released.times == 0


def test_a_collected_client_closes_its_connections() -> None:
    """On the loop, soon, and without being asked; afterwards nothing of it is kept."""
    released = Released()
    calls = BlockingCalls(released.release)
    calls.run(_thread_and_loop)
    before = set(begun_thread().ends)
    del calls
    gc.collect()
    assert released.done.wait(5)
    assert released.times == 1
    assert begun_thread().ends < before


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
            calls.run(_thread_and_loop)
        except ConfigurationError as error:
            errors.append(str(error))

    kept = [calls.iterate(numbers())]
    next(kept[0])
    _on_loop(use)
    _on_loop(kept.clear)
    assert closed.wait(5)
    _on_loop(calls.stop)
    assert released.done.wait(5)
    assert errors == ["a hook cannot use the client that calls it; note what to do, and return"]


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
    assert calls.run(_thread_and_loop)[0] is begun_thread()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_a_hook_that_ends_the_program_leaves_the_loop_running(error: type[BaseException]) -> None:
    """The error reaches the caller, and the thread is the same afterwards."""

    async def leave() -> None:
        raise error

    calls, thread = BlockingCalls(Released().release), begun_thread()
    with pytest.raises(error):
        calls.run(leave)
    assert calls.run(_thread_and_loop)[0] is thread


def _status_of(work: Callable[[], None]) -> int:
    """The exit status of a child that does it."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


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
    dropped[0].run(_thread_and_loop)
    reading, parent = calls.iterate(numbers()), begun_thread()
    assert next(reading) == 1

    def child() -> None:
        assert running_thread() is None
        dropped.clear()
        with pytest.raises(OpenAIUsageError, match=r"^this iteration began before a fork; begin it anew"):
            next(reading)
        assert calls.run(_thread_and_loop)[0] is begun_thread() is not parent
        _on_loop(gc.collect)
        assert (released.times, closed.is_set()) == (0, False)
        calls.stop()
        assert released.times == 1

    assert _status_of(child) == 0
    assert next(reading) == 1
    assert calls.run(_thread_and_loop)[0] is parent
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

    thread, errors = _ended_in_another_thread(lambda: BlockingCalls(Released().release).run(step))
    assert inside.wait(5)
    assert _status_of(lambda: None if lock.acquire(timeout=2) else os._exit(2)) == 0
    thread.join(5)
    assert errors == []


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
    gone.run(_thread_and_loop)
    thread, errors = _ended_in_another_thread(lambda: calls.run(wait))
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
        calls.run(_thread_and_loop)
    BlockingCalls(released.release)
    gc.collect()


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
                BlockingCalls(Released().release).run(_thread_and_loop)
    assert BlockingCalls(Released().release).run(_thread_and_loop)[0] is begun_thread()
