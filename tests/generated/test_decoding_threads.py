"""Decoding in several threads at once, and what it leaves behind in the process: nothing."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from openai_org_usage._generated import (
    OPERATIONS,
    ResponseDecodeError,
    UnknownFieldWarning,
    usage_audio_speeches,
    usage_costs,
    usage_file_search_calls,
)

from .pages import COST, page

THREADS = 8
State = tuple[bool, tuple[int, int, int]]


@pytest.fixture(autouse=True)
def _restless() -> Iterator[None]:
    """Threads that take turns every few microseconds."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture(params=[(True, 700), (True, 0), (False, 300)], ids=["usual", "never", "disabled"])
def collector(request: pytest.FixtureRequest) -> Iterator[State]:
    """The cyclic collector as the caller has set it: on or off, and its thresholds."""
    before = gc.isenabled(), gc.get_threshold()
    enabled, threshold = request.param
    (gc.enable if enabled else gc.disable)()
    gc.set_threshold(threshold, 11, 13)
    yield state()
    (gc.enable if before[0] else gc.disable)()
    gc.set_threshold(*before[1])


def state() -> State:
    """Whether the cyclic collector is on, and its thresholds."""
    return gc.isenabled(), gc.get_threshold()


def at_once(work: Callable[[int], object]) -> list[object]:
    """What `work` returns in each of the threads, which start together."""
    barrier = Barrier(THREADS)

    def run(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_threads_do_not_mix_their_pages(collector: State) -> None:
    """Good pages, pages with new fields and bad ones, all at once: each call gets its own.

    The cyclic collector is never disabled on the way, and set as it was afterwards.
    """
    request = usage_costs.request(start_time=0)
    enabled: set[bool] = set()

    def pull(number: int) -> object:
        answers: list[object] = []
        for turn in range(40):
            news = f', "thread_{number}_{turn // 20}": {turn}' if turn % 3 else ""
            good = page(*[(COST % number)[:-1] + news + "}"] * 5)
            result = request.decode(good).data[0].results[4]
            answers.append((result.amount and result.amount.value, dict(result.additional_properties)))
            with pytest.raises(ResponseDecodeError):
                request.decode(page(COST % '"NaN"') if turn % 2 else good[:-9])
            enabled.add(gc.isenabled())
        return answers

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        answers = at_once(pull)

    for number, answer in enumerate(answers):
        expected = [{f"thread_{number}_{turn // 20}": turn} if turn % 3 else {} for turn in range(40)]
        assert answer == [(Decimal(number), kept) for kept in expected]
    assert (enabled, state()) == ({collector[0]}, collector)


@pytest.mark.parametrize("body", [page(COST % "1"), page(COST % '"NaN"'), b"[", b"[" * 100_000, b"\xff"])
def test_the_collector_is_left_as_it_was(collector: State, body: bytes) -> None:
    """After a page and after every kind of error."""
    with contextlib.suppress(ResponseDecodeError):
        usage_costs.request(start_time=0).decode(body)

    assert state() == collector


@pytest.mark.parametrize("extra", ["", ', "heavy": "x", "weights": [1]'])
def test_a_large_page_starts_no_collections(extra: str) -> None:
    """One at most, for 10,000 objects of which none is garbage, however they are cut into buckets."""
    request = usage_costs.request(start_time=0)
    small, large = (page(*[(COST % "1.5")[:-1] + extra + "}"] * count) for count in (1, 5_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        request.decode(small)
    phases: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        phases.append(phase)

    gc.callbacks.append(note)
    try:
        decoded = request.decode(large)
    finally:
        gc.callbacks.remove(note)

    assert len(decoded.data[0].results) == 5_000
    assert phases.count("start") <= 1


FIRST = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from openai_org_usage._generated import OPERATIONS, Request, ResponseDecodeError

sys.setswitchinterval(1e-6)
barrier = Barrier(8)

def run(number):
    for operation in OPERATIONS.values():
        for body in [b'{"object": "page", "data": [], "has_more": false, "next_page": null}', b"{}"]:
            barrier.wait()
            try:
                print(len(Request.of(operation, {"start_time": 0}).decode(body).data))
            except ResponseDecodeError as error:
                print(error.json_path)

with ThreadPoolExecutor(8) as pool:
    list(pool.map(run, range(8)))
"""


def test_threads_may_be_the_first_to_decode_at_once() -> None:
    """What is made when first used is made by one of them: msgspec would crash the process."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.replace("\n", "")) == sorted("$0" * 8 * len(OPERATIONS))


def test_threads_that_meet_a_field_at_once_announce_it_once() -> None:
    """Whoever comes first warns; all keep the field, on this page and the next."""
    row = '{"object": "organization.usage.file_searches.result", "num_requests": 1, "rush": 1}'
    request = usage_file_search_calls.request(start_time=0)

    def pull(_: int) -> object:
        return [dict(request.decode(page(row)).data[0].results[0].additional_properties) for _ in range(2)]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answers = at_once(pull)

    assert answers == [[{"rush": 1}] * 2] * THREADS
    assert [w.category for w in caught] == [UnknownFieldWarning]


def test_fields_that_threads_meet_at_once_are_all_kept() -> None:
    """Each thread has a new field of its own; afterwards pages with all of them are read."""
    row = '{"object": "organization.usage.audio_speeches.result", "characters": 1, "num_model_requests": 1%s}'
    request = usage_audio_speeches.request(start_time=0)
    names = [f"own_{number}" for number in range(THREADS)]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        at_once(lambda number: request.decode(page(row % f', "{names[number]}": 1')))
    (result,) = request.decode(page(row % "".join(f', "{name}": 1' for name in names))).data[0].results

    assert dict(result.additional_properties) == dict.fromkeys(names, 1)
