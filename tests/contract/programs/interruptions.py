"""Ctrl-C at random moments, of pulls and of commands."""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import os
import shlex
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType

from openai_org_usage import UsageClient

from ..echo_server import question
from .clients import client_of


def interrupted(base_url: str, number: str = "20") -> None:
    """Ctrl-C at a random moment of a pull is KeyboardInterrupt and nothing else, and the client goes on.

    Python loses it in `__del__`, which asyncio's transports have: the collector runs between the pulls.
    """
    gc.disable()
    random, took = Random(number), dict[tuple[object, ...], float]()
    used = {concurrency: client_of(base_url, concurrency=concurrency) for concurrency in (1, 8)}
    signal.signal(signal.SIGALRM, _press_ctrl_c)
    for index in range(int(number)):
        pull, concurrency, is_new = random.choice(PULLS), random.choice([1, 8]), random.random() < 0.5
        client = client_of(base_url, concurrency=concurrency) if is_new else used[concurrency]
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
