"""Whole programs, each run in a process of its own: `python -m tests.contract.programs NAME BASE_URL`.

They print nothing unless something is wrong, and most of them never close their client.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import gc
import io
import itertools
import os
import resource
import shlex
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, NoReturn

import httpx

from openai_org_usage import AsyncUsageClient, MissingExtraError, UsageClient

from .echo_server import is_answer, open_files, page_for, question

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


def dropped(base_url: str, number: str = "40") -> None:
    """Clients are made and dropped in all ways, and a few are left for the end."""
    for index in range(int(number)):
        DROPPED[index % len(DROPPED)](base_url, index)
    gc.collect()


def _closed(base_url: str, day: int) -> None:
    with _client(base_url) as client:
        _read(client, day)


def _unclosed(base_url: str, day: int) -> None:
    _read(_client(base_url), day)


def _half_iterated(base_url: str, day: int) -> None:
    next(iter(_client(base_url, concurrency=1 + day % 9).completions(**question(day, 9))))


def _closed_half_iterated(base_url: str, day: int) -> None:
    with _client(base_url, concurrency=1 + day % 9) as client:
        KEPT.append(iter(client.completions(**question(day, 9))))
        next(KEPT[-1])
    KEPT.pop()


def _never_used(base_url: str, day: int) -> None:
    _client(base_url).completions(**question(day))
    _client(base_url).close()


def _in_a_cycle(base_url: str, day: int) -> None:
    cycle: list[Any] = [_client(base_url)]
    cycle.append([cycle, iter(cycle[0].completions(**question(day, 9)))])
    next(cycle[1][1])


def _in_the_loop_s_thread(base_url: str, day: int) -> None:
    kept = [iter(_client(base_url).completions(**question(day, 9)))]
    next(kept[0])
    on_loop: list[Callable[..., object]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        on_loop.append(asyncio.get_running_loop().call_soon_threadsafe)
        return httpx.Response(200, content=page_for(question(day)["start_time"]))

    with _client(base_url, transport=httpx.MockTransport(answer)) as client:
        _read(client, day)
    on_loop[0](kept.clear)


def _in_another_thread(base_url: str, day: int) -> None:
    thread = threading.Thread(target=_half_iterated, args=(base_url, day))
    thread.start()
    thread.join()


def _left_for_the_end(base_url: str, day: int) -> None:
    if len(KEPT) < 30:
        client = _client(base_url, concurrency=1 + day % 9)
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
        readings.append(iter(_client(base_url, concurrency=2).completions(**question(day, 2))))
        next(readings[-1])
    assert threading.active_count() == before + 1
    for day, reading in enumerate(readings):
        assert is_answer(list(reading), day + 1)


def forks_while_idle(base_url: str, number: str = "50") -> None:
    """All clients go on with the connections that they had, whatever the child does with them."""
    clients = [_client(base_url) for _ in range(int(number))]
    for day, client in enumerate(clients):
        _read(client, day)
    pid = os.fork()
    if not pid:
        clients[0].close()
        clients.clear()
        gc.collect()
        return
    assert os.waitpid(pid, 0)[1] == 0
    for day, client in enumerate(clients):
        _read(client, day)


def interrupted(base_url: str, number: str = "20") -> None:
    """Ctrl-C at a random moment of a pull is KeyboardInterrupt and nothing else, and the client goes on.

    Python loses it in `__del__`, which asyncio's transports have: the collector runs between the pulls.
    """
    gc.disable()
    random, took = Random(number), dict[tuple[object, ...], float]()
    used = {concurrency: _client(base_url, concurrency=concurrency) for concurrency in (1, 8)}
    signal.signal(signal.SIGALRM, _press_ctrl_c)
    for index in range(int(number)):
        pull, concurrency, is_new = random.choice(PULLS), random.choice([1, 8]), random.random() < 0.5
        client = _client(base_url, concurrency=concurrency) if is_new else used[concurrency]
        case = (pull, concurrency, is_new)
        begun = time.perf_counter()
        try:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, took.get(case, 0.03)))
            whole = pull(client)
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert whole == DAYS, (case, whole)
            took[case] = time.perf_counter() - begun
        except KeyboardInterrupt:
            pass
        if is_new:
            client.close()
        gc.collect()
        if index % 20 == 0:
            assert [pull(each) for each in used.values()] == [DAYS, DAYS]


def _press_ctrl_c(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


DAYS = 12
PULLS: tuple[Callable[[UsageClient], int], ...] = (
    lambda client: len(list(client.completions(**question(1, DAYS)).rows())),
    lambda client: len(list(client.completions(**question(1, DAYS)).pages())),
    lambda client: len(client.gather(client.completions(**question(1, DAYS)))[0]),
    lambda client: client.completions(**question(1, DAYS)).to_arrow().num_rows,
)


def commands_interrupted(base_url: str, number: str = "5") -> None:
    """Ctrl-C at a random moment of a command: 130, and nothing or part and the rest; or 0 and the whole."""
    random, took = Random(number), 0.1
    os.environ |= {"OPENAI_ADMIN_KEY": "sk-admin-x", "OPENAI_BASE_URL": base_url}
    asked = {f"--{name.replace('_', '-')}": str(value) for name, value in question(1, DAYS).items()}
    pull = ["completions", *itertools.chain(*asked.items())]
    signal.signal(signal.SIGALRM, _press_ctrl_c)
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name), Path(name, "whole.csv")
        assert _command([*pull, "--output", str(whole)]) == (0, "note: 12 rows in " + str(whole) + "\n")
        for _ in range(int(number)):
            output = folder / "rows.csv"
            words = [*pull, "--concurrency", random.choice("18"), "--output", str(output)]
            begun = time.perf_counter()
            try:
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, took))
                code, said = _command(words)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:  # Before the command had begun, or after it had ended.
                code, said = 0 if output.exists() else 130, "error: interrupted"
            if code == 0:
                took = time.perf_counter() - begun
                assert output.read_text() == whole.read_text()
            else:
                assert (code, output.exists()) == (130, False), said
                assert said.startswith("error: interrupted"), said
                _is_continued(folder, said, whole)
            assert {each.name for each in folder.iterdir()} <= {"whole.csv", "rows.csv"}, said
            output.unlink(missing_ok=True)


def _command(words: list[str]) -> tuple[int, str]:
    """A command's exit code, and what it says on standard error."""
    from openai_org_usage.cli import main

    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        return main(words), said.getvalue()


def _is_continued(folder: Path, said: str, whole: Path) -> None:
    """If part of the rows was kept, the command that was named brings the rest; both go away."""
    part, rest = folder / "rows.part.csv", folder / "rows.rest.csv"
    assert part.exists() == (str(part) in said), said
    if part.exists():
        assert _command(shlex.split(said.splitlines()[1])[1:])[0] == 0, said
        assert part.read_text() + rest.read_text().partition("\n")[2] == whole.read_text()
        part.unlink()
        rest.unlink()


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
    uses = (_read, _read_asynchronously, _read_as_a_table)
    wrong: list[BaseException] = []

    def use() -> None:
        try:
            uses[index % 3](client, index, 3)
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    threading.Event().wait(seconds)
    pid = os.fork()
    if not pid:
        faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
        _leave(lambda: _read_in_every_way(client, base_url))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    thread.join()
    _leave(lambda: _is_well(status, wrong))


def forks_while_decoding(base_url: str, number: str = "5") -> None:
    """Another thread learns new fields all the time, which takes long, and the child needs what it holds."""
    import openai_org_usage as library

    request = library.UsageClient(admin_key="sk-admin-x", base_url=base_url).costs(start_time=0).request
    ended = threading.Event()
    warnings.simplefilter("ignore", library.UnknownFieldWarning)

    def learn() -> None:
        for index in itertools.count():
            if ended.is_set():
                return
            request.decode(_page_with(f"field_{index % 50}_{index}"))

    thread = threading.Thread(target=learn, daemon=True)
    thread.start()
    for index in range(int(number)):
        threading.Event().wait(0.05)
        pid = os.fork()
        if not pid:
            faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
            _leave(lambda: request.decode(_page_with(f"other_{index}")))  # noqa: B023 - called at once
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    ended.set()
    thread.join()


def forks_in_a_step(base_url: str, number: str = "5") -> None:
    """The loop is in the middle of a step, with a lock that the child needs, as those of OpenSSL are."""
    lock, inside = threading.Lock(), threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        with lock:
            inside.set()
            threading.Event().wait(0.1)
        return httpx.Response(200, content=page_for(int(request.url.params["start_time"])))

    client = _client(base_url, transport=httpx.MockTransport(answer))
    for index in range(int(number)):
        inside.clear()
        thread = threading.Thread(target=_read, args=(client, index), daemon=True)
        thread.start()
        inside.wait()
        pid = os.fork()
        if not pid:
            faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
            _leave(lambda: _read(client, 1))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        thread.join()


def forks_while_a_step_waits(base_url: str, number: str = "1") -> None:
    """For the very thread that forks: it does so nevertheless, after a while."""
    inside, forked = threading.Event(), threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        inside.set()
        forked.wait()
        return httpx.Response(200, content=page_for(int(request.url.params["start_time"])))

    client = _client(base_url, transport=httpx.MockTransport(answer))
    thread = threading.Thread(target=_read, args=(client, 1), daemon=True)
    thread.start()
    inside.wait()
    faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
    pid = os.fork()
    if not pid:
        _leave(lambda: None)
    forked.set()
    assert os.waitpid(pid, 0)[1] == 0
    thread.join()


def _page_with(field: str) -> bytes:
    return f'{{"object": "page", "data": [], "has_more": false, "next_page": null, "{field}": 1}}'.encode()


def _read_in_every_way(inherited: UsageClient, base_url: str) -> None:
    _read(inherited, 1, 2)
    _read(_client(base_url), 2)
    _read_asynchronously(inherited, 3)
    _read_as_a_table(inherited, 4)


def _is_well(status: int, wrong: list[BaseException]) -> None:
    assert (status, wrong) == (0, [])


def _read_asynchronously(client: UsageClient, day: int, days: int = 1) -> None:
    async def main() -> None:
        async with AsyncUsageClient(admin_key="sk-admin-x", base_url=client.base_url, deadline=60) as other:
            assert is_answer([b async for b in other.completions(**question(day, days))], day, days)

    asyncio.run(main())


def _read_as_a_table(client: UsageClient, day: int, days: int = 1) -> None:
    with contextlib.suppress(MissingExtraError):
        assert client.completions(**question(day, days)).to_arrow().num_rows == days


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
        interrupted,
        commands_interrupted,
        dropped,
        used_at_once,
        forks_while_idle,
        forks,
        forks_in_an_iteration,
        forks_in_a_request,
        forks_in_two_threads,
        forks_at_first_use,
        forks_while_decoding,
        forks_in_a_step,
        forks_while_a_step_waits,
    )
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
