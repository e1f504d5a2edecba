"""Whole programs, each run in a process of its own: `python -m tests.contract.programs NAME BASE_URL`.

They print nothing unless something is wrong, and most of them never close their client.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
import threading
import traceback
from collections.abc import Callable
from random import Random
from typing import Any, NoReturn

from openai_org_usage import AsyncUsageClient, UsageClient

from .echo_server import is_answer, open_files, question

LONG_ENOUGH = 20
"""Seconds after which a child counts as hung, and says where."""
KEPT: list[Any] = []
"""What lives until the end of the program."""


def _client(base_url: str, **options: Any) -> UsageClient:
    return UsageClient(admin_key="sk-admin-x", base_url=base_url, **options)


def _read(client: UsageClient, day: int, days: int = 1) -> None:
    assert is_answer(list(client.completions(**question(day, days))), day, days)


def never_closed(base_url: str) -> None:
    """Reads everything, and ends."""
    KEPT.append(_client(base_url))
    _read(KEPT[0], 1, 20)


def never_finished(base_url: str) -> None:
    """Ends in the middle of an iteration."""
    client = _client(base_url)
    KEPT.extend([client, iter(client.completions(**question(1, 50)))])
    next(KEPT[1])


def ended_by_exit(base_url: str) -> None:
    """sys.exit inside of an iteration."""
    for _ in _client(base_url).completions(**question(1, 50)):
        sys.exit(0)


def local_only(base_url: str) -> None:
    """Client and iteration die with the function."""
    for _ in _client(base_url).completions(**question(1, 50)):
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
    with _client(base_url) as client:
        _read(client, 1)
    client.close()


def in_a_cycle(base_url: str) -> None:
    """Only the collector can free it."""
    client: Any = _client(base_url)
    client.cycle = client
    _read(client, 3)


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


def _child(client: UsageClient, day: int, days: int = 1) -> int:
    """Read in a child; its exit status, 0 if it was right."""
    pid = os.fork()
    if not pid:
        _leave(lambda: _read(client, day, days))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def forks(base_url: str, number: str = "5") -> None:
    """Parent and children use one client in turn, idle and in the middle of an iteration."""
    client = _client(base_url, deadline=60)
    _read(client, 0)
    before = open_files()
    for index in range(1, int(number) + 1):
        assert _child(client, index, 5) == 0
        _read(client, 1000 + index, 3)
    assert open_files() <= before + 2, (before, open_files())
    client.close()


def forks_in_an_iteration(base_url: str, number: str = "5") -> None:
    """The parent goes on with what it was reading; the child begins anew."""
    client = _client(base_url, deadline=60)
    for index in range(int(number)):
        reading = iter(client.completions(**question(index, 20)))
        found = [next(reading)]
        assert _child(client, index, 5) == 0
        found.extend(reading)
        assert is_answer(found, index, 20)
    client.close()


def forks_in_a_request(base_url: str, number: str = "5") -> None:
    """Another thread waits for its answer meanwhile, in the only slot."""
    client = _client(base_url, deadline=60, concurrency=1)
    _read(client, 0)
    for index in range(int(number)):
        thread = threading.Thread(target=_read, args=(client, index))
        thread.start()
        assert _child(client, 100 + index) == 0
        thread.join()
    client.close()


def forks_in_two_threads(base_url: str, number: str = "5") -> None:
    """Two threads fork at once, while a third one reads."""
    client = _client(base_url, deadline=60)

    def fork() -> None:
        for index in range(int(number)):
            assert _child(client, index) == 0

    threads = [threading.Thread(target=fork) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        _read(client, 1, 20)
    client.close()


def forks_at_first_use(base_url: str, number: str = "5") -> None:
    """Another thread makes its first use of the library within the same tenth of a second."""
    random = Random(number)
    for index in range(int(number)):
        subject = os.fork()  # Still without threads, and with nothing imported but the names.
        if not subject:
            _fork_at_first_use(base_url, index, random.uniform(0, 0.1))
        assert os.waitstatus_to_exitcode(os.waitpid(subject, 0)[1]) == 0, index


def _fork_at_first_use(base_url: str, index: int, seconds: float) -> NoReturn:
    client = _client(base_url, deadline=60)
    uses = (_read, _read_asynchronously)
    wrong: list[BaseException] = []

    def use() -> None:
        try:
            uses[index % 2](client, index, 3)
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    threading.Event().wait(seconds)
    pid = os.fork()
    if not pid:
        faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
        _leave(lambda: (_read(client, 1, 2), _read(_client(base_url), 2), _read_asynchronously(client, 3)))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    thread.join()
    _leave(lambda: _is_well(status, wrong))


def _is_well(status: int, wrong: list[BaseException]) -> None:
    assert (status, wrong) == (0, [])


def _read_asynchronously(client: UsageClient, day: int, days: int = 1) -> None:
    async def main() -> None:
        async with AsyncUsageClient(admin_key="sk-admin-x", base_url=client.base_url, deadline=60) as other:
            assert is_answer([b async for b in other.completions(**question(day, days))], day, days)

    asyncio.run(main())


def _leave(work: Callable[[], object]) -> NoReturn:
    """End this process without clean-up, with status 0 if `work` does not fail."""
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


PROGRAMS: dict[str, Callable[..., None]] = {
    program.__name__: program
    for program in (
        never_closed,
        never_finished,
        ended_by_exit,
        local_only,
        used_in_a_thread,
        used_in_a_thread_at_the_end,
        closed_twice,
        in_a_cycle,
        asynchronous,
        asynchronous_left_early,
        forks,
        forks_in_an_iteration,
        forks_in_a_request,
        forks_in_two_threads,
        forks_at_first_use,
    )
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
