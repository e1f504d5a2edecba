"""Faults of the connection, seen through a socket; and that nothing is left of them."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import httpx
import pytest

from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.answer import Framing
from openai_org_usage.emulator.faults import Delay, Dribble, Drop, Fault, Stall
from openai_org_usage.emulator.faults.connection import Cut, Part

from .asking import DAY, Api, raw_answer

SHORT, LONG = 0.2, 30.0


def received(faulty: Api, now: int, fault: Fault, **waiting: float) -> tuple[bytes, str]:
    """What comes over a socket with a fault planted, and how it ends."""
    faulty.emulator.faults = FaultPlan(fault)
    return raw_answer(faulty.emulator, start=now - DAY, **waiting)


def parts(answer: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, empty line and body of an answer."""
    return answer.partition(b"\r\n\r\n")


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_connection_drops_where_it_is_told_to(faulty: Api, now: int, framing: Framing, reset: bool) -> None:
    """Before the headers, in them, in the body, and right before the end, closed or reset."""
    whole, _ = received(faulty, now, Dribble(pause=0, size=10**6, framing=framing))
    cuts: dict[str, bytes] = {}
    for where in get_args(Cut):
        fault = Drop(where, framing=framing, reset=reset)
        cuts[where], ending = received(faulty, now, fault)
        assert ending == ("reset" if reset else "closed")

    head, _, body = parts(whole)
    framed = b"transfer-encoding: chunked" in head
    assert framed == (framing == "chunked")
    assert cuts["before-headers"] == b""
    assert cuts["mid-headers"].startswith(b"HTTP/1.1 200 OK\r\n")
    assert parts(cuts["mid-headers"])[1] == b""
    assert parts(cuts["mid-body"])[2] == body[: len(body) // 2] != b""
    assert body == parts(cuts["before-end"])[2] + (b"0\r\n\r\n" if framed else body[-1:])


@pytest.mark.parametrize("where", get_args(Cut))
def test_a_stalled_answer_stays_open(faulty: Api, now: int, where: Cut) -> None:
    """What comes before the stall comes; then nothing does, and the connection is not closed."""
    patience = SHORT if where == "before-headers" else LONG
    answer, ending = received(faulty, now, Stall(where), patience=patience, silence=SHORT)

    assert ending == "silent"
    assert bool(answer) == (where != "before-headers")
    assert bool(parts(answer)[2]) == (where in ("mid-body", "before-end"))


@pytest.mark.parametrize("part", ["headers", "body"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_dribbled_answer_is_complete_in_the_end(
    faulty: Api, now: int, part: Part, framing: Framing
) -> None:
    """Byte by byte, an HTTP client reads the same page."""
    true = faulty.page("moderations", start_time=now)
    faulty.emulator.faults = FaultPlan(Dribble(part, pause=0, framing=framing))

    assert faulty.page("moderations", start_time=now) == true
    assert len(faulty.emulator.dealt) == 1


def test_a_dribble_pauses_between_its_drops(faulty: Api, now: int) -> None:
    """With a long pause, only the first drop comes."""
    headers, _ = received(faulty, now, Dribble("headers", pause=3600, size=10), silence=SHORT)
    body, _ = received(faulty, now, Dribble("body", pause=3600), silence=SHORT)

    assert headers == b"HTTP/1.1 2"
    assert parts(body)[1:] == (b"\r\n\r\n", b"")


@pytest.mark.parametrize("fault", [Drop("before-headers"), Drop("mid-headers"), Drop(), Drop(reset=True)])
def test_an_http_client_sees_a_lost_connection(faulty: Api, now: int, fault: Fault) -> None:
    """As httpx's error for a connection that broke off; the next request is answered."""
    faulty.emulator.faults = FaultPlan({1: fault})

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        faulty.response("costs", start_time=now - DAY)
    assert faulty.response("costs", start_time=now - DAY).status_code == 200


def test_stopping_ends_all_that_is_in_flight(now: int, caplog: pytest.LogCaptureFixture) -> None:
    """No thread, socket or complaint is left of answers that were delayed, stalled or dribbled."""
    faults = [Stall(), Stall("mid-body"), Dribble("headers", pause=3600), Dribble(pause=3600), Delay(3600)]
    files, threads = open_files(), set(threading.enumerate())
    endings: list[str] = []
    with Emulator(now=lambda: now, faults=FaultPlan(faults)) as emulator:

        def ask() -> None:
            endings.append(raw_answer(emulator, start=now - DAY)[1])

        clients = [threading.Thread(target=ask) for _ in faults]
        for client in clients:
            client.start()
        wait_until(lambda: len(emulator.dealt) == len(faults))
    for client in clients:
        client.join()
    gc.collect()

    assert len(endings) == len(faults)
    assert set(endings) <= {"closed", "reset"}
    assert open_files() <= files  # A connection of an earlier test may have been idle for too long.
    assert set(threading.enumerate()) <= threads
    assert [record for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []


def test_a_client_that_leaves_takes_its_answer_with_it(now: int, caplog: pytest.LogCaptureFixture) -> None:
    """The emulator does not go on waiting for clients that gave up."""
    with Emulator(now=lambda: now, latency=3600) as emulator:
        for _ in range(3):
            assert raw_answer(emulator, start=now - DAY, patience=0.05) == (b"", "silent")
        wait_until(lambda: open_connections(emulator) == 0)

    assert [record for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []


def test_latency_does_not_make_requests_wait_for_each_other() -> None:
    """Eight requests are all received while the first is still waiting for its answer."""
    with Emulator(latency=3600) as emulator:
        clients = [
            threading.Thread(target=raw_answer, args=(emulator,), kwargs={"start": 0}) for _ in range(8)
        ]
        for client in clients:
            client.start()
        wait_until(lambda: len(emulator.requests) == len(clients))
    for client in clients:
        client.join()


def test_without_a_socket_there_is_nothing_to_break(now: int) -> None:
    """`app` says that these faults need a running emulator."""
    emulator = Emulator(now=lambda: now, faults=FaultPlan(Drop()))

    async def ask() -> None:
        transport = httpx.ASGITransport(app=emulator.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator/v1") as client:
            await client.get("organization/costs", params={"start_time": now})

    with pytest.raises(RuntimeError, match="use the emulator in a with statement"):
        asyncio.run(ask())


def open_files() -> int:
    """How many descriptors this process has; 0 where that cannot be told."""
    listing = Path("/proc/self/fd")
    return len(os.listdir(listing)) if listing.is_dir() else 0


def open_connections(emulator: Emulator) -> int:
    """How many connections to the emulator are established, by /proc; 0 where that cannot be told."""
    table, port = Path("/proc/net/tcp"), httpx.URL(emulator.base_url).port or 0
    lines = table.read_text().splitlines()[1:] if table.is_file() else []
    here = [line.split() for line in lines if line.split()[1].endswith(f":{port:04X}")]
    return sum(columns[3] in ("01", "08") for columns in here)


def wait_until(done: Callable[[], bool]) -> None:
    """Look again and again, and fail when nothing has come of it after a good while."""
    pause = threading.Event()
    for _ in range(3000):
        if done():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen")
