"""Programs that fork at all moments; a child that hangs says where."""

from __future__ import annotations

import faulthandler
import gc
import itertools
import os
import threading
import warnings
from random import Random
from typing import NoReturn

import httpx

from openai_org_usage import UsageClient

from ..echo_server import is_answer, open_files, page_for, question
from .clients import LONG_ENOUGH, client_of, is_well, leave, read, read_as_a_table, read_asynchronously


def forks_while_idle(base_url: str, number: str = "50") -> None:
    """All clients go on with the connections that they had, whatever the child does with them."""
    clients = [client_of(base_url) for _ in range(int(number))]
    for day, client in enumerate(clients):
        read(client, day)
    pid = os.fork()
    if not pid:
        clients[0].close()
        clients.clear()
        gc.collect()
        return
    assert os.waitpid(pid, 0)[1] == 0
    for day, client in enumerate(clients):
        read(client, day)


def _child(client: UsageClient, day: int, days: int = 1) -> int:
    """Read in a child; its exit status, 0 if it was right."""
    pid = os.fork()
    if not pid:
        leave(lambda: read(client, day, days))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def forks(base_url: str, number: str = "5") -> None:
    """Parent and children use one client in turn, idle and in the middle of an iteration."""
    client = client_of(base_url, deadline=60)
    read(client, 0)
    before = open_files()
    for index in range(1, int(number) + 1):
        assert _child(client, index, 5) == 0
        read(client, 1000 + index, 3)
    assert open_files() <= before + 2, (before, open_files())
    client.close()


def forks_in_an_iteration(base_url: str, number: str = "5") -> None:
    """The parent goes on with what it was reading; the child begins anew."""
    client = client_of(base_url, deadline=60)
    for index in range(int(number)):
        reading = iter(client.completions(**question(index, 20)))
        found = [next(reading)]
        assert _child(client, index, 5) == 0
        found.extend(reading)
        assert is_answer(found, index, 20)
    client.close()


def forks_in_a_request(base_url: str, number: str = "5") -> None:
    """Another thread waits for its answer meanwhile, in the only slot."""
    client = client_of(base_url, deadline=60, concurrency=1)
    read(client, 0)
    for index in range(int(number)):
        thread = threading.Thread(target=read, args=(client, index))
        thread.start()
        assert _child(client, 100 + index) == 0
        thread.join()
    client.close()


def forks_in_two_threads(base_url: str, number: str = "5") -> None:
    """Two threads fork at once, while a third one reads."""
    client = client_of(base_url, deadline=60)

    def fork() -> None:
        for index in range(int(number)):
            assert _child(client, index) == 0

    threads = [threading.Thread(target=fork) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        read(client, 1, 20)
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
    client = client_of(base_url, deadline=60)
    uses = (read, read_asynchronously, read_as_a_table)
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
        leave(lambda: _read_in_every_way(client, base_url))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    thread.join()
    leave(lambda: is_well(status, wrong))


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
            leave(lambda: request.decode(_page_with(f"other_{index}")))  # noqa: B023 - called at once
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

    client = client_of(base_url, transport=httpx.MockTransport(answer))
    for index in range(int(number)):
        inside.clear()
        thread = threading.Thread(target=read, args=(client, index), daemon=True)
        thread.start()
        inside.wait()
        pid = os.fork()
        if not pid:
            faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
            leave(lambda: read(client, 1))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        thread.join()


def forks_while_a_step_waits(base_url: str, number: str = "1") -> None:
    """For the very thread that forks: it does so nevertheless, after a while."""
    inside, forked = threading.Event(), threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        inside.set()
        forked.wait()
        return httpx.Response(200, content=page_for(int(request.url.params["start_time"])))

    client = client_of(base_url, transport=httpx.MockTransport(answer))
    thread = threading.Thread(target=read, args=(client, 1), daemon=True)
    thread.start()
    inside.wait()
    faulthandler.dump_traceback_later(LONG_ENOUGH, exit=True)
    pid = os.fork()
    if not pid:
        leave(lambda: None)
    forked.set()
    assert os.waitpid(pid, 0)[1] == 0
    thread.join()


def _page_with(field: str) -> bytes:
    return f'{{"object": "page", "data": [], "has_more": false, "next_page": null, "{field}": 1}}'.encode()


def _read_in_every_way(inherited: UsageClient, base_url: str) -> None:
    read(inherited, 1, 2)
    read(client_of(base_url), 2)
    read_asynchronously(inherited, 3)
    read_as_a_table(inherited, 4)
