"""The process of one contestant: prepares it, then runs and times it for each line that it is sent.

The garbage collector is on, as users have it, and runs before each reading, so that no one pays for
another's garbage. Parent (`harness.py`) and child speak in lines of JSON.
"""

from __future__ import annotations

import gc
import importlib
import sys
import time
from collections.abc import Callable
from statistics import fmean
from typing import Protocol, TypeVar

import msgspec

ResultT = TypeVar("ResultT")

KEY = "sk-admin-" + "T3BlbkFJ" * 19
"""As long as real ones are: every body is searched for it."""


class Contestant(msgspec.Struct, frozen=True):
    """Where the function stands that prepares it (`module:function`), and what that is given."""

    prepare: str
    given: dict[str, str | int | float]


class Reading(msgspec.Struct):
    """One turn of a contestant, with numbers that tell whether it did its work."""

    seconds: float
    digest: list[float]


class Prepare(Protocol):
    """Makes what a contestant does when it is its turn."""

    def __call__(self, **given: str | int | float) -> Callable[[], Reading]: ...


def timed(
    run: Callable[[], ResultT],
    digest: Callable[[ResultT], list[float]],
    *,
    seconds: float = 0,
    clock: Callable[[], int] = time.perf_counter_ns,
) -> Callable[[], Reading]:
    """A turn that times `run` by `clock`, and not `digest` of its result.

    It runs again until `seconds` have passed, and the mean counts: what takes milliseconds would
    else meet the machine in a good or a bad moment. What waits for nothing is timed by the time of the
    processor: of a machine that others keep busy, long turns lose a larger share than short ones.
    """

    def turn() -> Reading:
        gc.collect()
        readings: list[float] = []
        while True:
            began = clock()
            result = run()
            readings.append((clock() - began) / 1e9)
            if sum(readings) >= seconds:
                return Reading(fmean(readings), digest(result))
            del result

    return turn


def main() -> None:
    """Prepare the contestant of the first line, then let it run once for each further line."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # What a contestant prints is no answer.
    contestant = msgspec.json.decode(sys.stdin.buffer.readline(), type=Contestant)
    module, _, function = contestant.prepare.partition(":")
    prepare: Prepare = getattr(importlib.import_module(module), function)
    turn = prepare(**contestant.given)
    answers.write(b"ready\n")
    answers.flush()
    while sys.stdin.buffer.readline():
        answers.write(msgspec.json.encode(turn()) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
