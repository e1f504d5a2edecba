"""Contestants in processes of their own, run in turns.

A process for each, so that the imports and the heap of one do not slow the garbage collector of
another; in turns, so that a busy minute of the machine falls on all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from .child import Contestant, Reading
from .results_model import Series, duration

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


class Worker:
    """The process of one contestant, made by `started`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def turn(self) -> Reading:
        """Let it run once."""
        return msgspec.json.decode(self.ask(b"go"), type=Reading)

    def ask(self, line: bytes) -> bytes:
        """What it answers to `line`."""
        write, read = _pipes(self._process)
        with suppress(BrokenPipeError):
            write.write(line + b"\n")
            write.flush()
        answer = read.readline()
        if not answer:
            raise RuntimeError(f"a contestant has ended with status {self._process.wait()}; see above")
        return answer


@contextmanager
def started(contestant: Contestant) -> Generator[Worker]:
    """The process of `contestant`, ready for its turns; it ends with the block."""
    process = _started("benchmarks.child")
    try:
        worker = Worker(process)
        worker.ask(msgspec.json.encode(contestant))
        yield worker
    finally:
        _end(process)


def take_turns(
    contestants: Mapping[str, Contestant], *, rounds: int, say: Callable[[str], None], warm_up: bool = False
) -> dict[str, Series]:
    """The readings of each contestant, by name; each round begins with another one.

    A round to warm up does not count: it imports, connects and fills caches.

    Raises:
        RuntimeError: two contestants read different numbers from the same data.
    """
    with ExitStack() as stack:
        workers = {name: stack.enter_context(started(c)) for name, c in contestants.items()}
        digests: dict[str, list[float]] = {}

        def turn_of(name: str) -> float:
            reading = workers[name].turn()
            digests[name] = reading.digest
            if reading.digest != next(iter(digests.values())):
                raise RuntimeError(f"the contestants read different numbers: {digests}")
            return reading.seconds

        if warm_up:
            for name in workers:
                turn_of(name)
        return _rounds(list(workers), turn_of, rounds=rounds, say=say)


def run_in_turns(
    commands: Mapping[str, Sequence[str]], *, rounds: int, say: Callable[[str], None], pycache: Path
) -> dict[str, Series]:
    """The time that each command takes, from start to end of its process, by name.

    Byte code is kept in `pycache`, so that all run from it, as installed packages do; a round that
    does not count makes it.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(pycache)
    environment["PATH"] = os.pathsep.join([str(BIN), environment.get("PATH", "")])

    def run(name: str) -> float:
        began = time.perf_counter_ns()
        done = subprocess.run(commands[name], cwd=ROOT, env=environment, capture_output=True, check=False)
        seconds = (time.perf_counter_ns() - began) / 1e9
        if done.returncode:
            raise RuntimeError(f"{name} has failed: {done.stderr.decode()}")
        return seconds

    for name in commands:
        run(name)
    return _rounds(list(commands), run, rounds=rounds, say=say)


def _rounds(
    names: list[str], turn_of: Callable[[str], float], *, rounds: int, say: Callable[[str], None]
) -> dict[str, Series]:
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(turn_of(name))
        readings = ", ".join(f"{name} {duration(taken[name][-1])}" for name in names)
        say(f"round {number + 1} of {rounds}: {readings}")
    return {name: Series(tuple(seconds)) for name, seconds in taken.items()}


@contextmanager
def serving(module: str, *arguments: str) -> Generator[str]:
    """The first line that `python -m module` prints; it runs until the end of the block."""
    process = _started(module, *arguments)
    try:
        line = _pipes(process)[1].readline().decode().strip()
        if not line:
            raise RuntimeError(f"{module} has ended with status {process.wait()}; see above")
        yield line
    finally:
        _end(process)


def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was made without pipes")
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """The end of its input ends a child."""
    for pipe in _pipes(process):
        with suppress(BrokenPipeError):
            pipe.close()
    process.wait()
