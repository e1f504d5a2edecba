"""What tests of the shared loop run on it, and how they wait for it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable

from openai_org_usage.http.loop_thread import begun_thread


class Released:
    """What closes the connections of a client, and how often it did."""

    def __init__(self) -> None:
        self.times = 0
        self.done = threading.Event()

    async def release(self) -> None:
        await asyncio.sleep(0)
        self.times += 1
        self.done.set()


async def thread_and_loop() -> tuple[threading.Thread, asyncio.AbstractEventLoop]:
    return threading.current_thread(), asyncio.get_running_loop()


def ended_in_another_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, errors


def on_loop(work: Callable[[], object]) -> None:
    done = threading.Event()
    begun_thread().soon(work)
    begun_thread().soon(done.set)
    assert done.wait(5)


def status_of(work: Callable[[], None]) -> int:
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
