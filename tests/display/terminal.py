"""The real command in a pseudo-terminal, and what may come out of one."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Sequence

import attrs

from ..conftest import NOW
from .strings import FLOOD, is_forbidden, marked, sting

CHILD = """
import json, os, sys
from openai_org_usage.cli import main, app, budget, console, progress
import openai_org_usage.cli.endpoint.run
import openai_org_usage.cli.report.command
import openai_org_usage.cli.tables.layout
import openai_org_usage.cli.doctor.command
from openai_org_usage.cli.context import CommandContext
import openai_org_usage.report.renderers.terminal
now, patience, runs = json.loads(sys.stdin.readline())
progress.PATIENCE = patience
sys.stdin.close()
for words in runs:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 99
        try:
            code = main(words, context=CommandContext(clock=lambda: now))
        except SystemExit as end:
            code = end.code
        except BaseException:
            import traceback
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    status = os.waitpid(child, 0)[1]
    os.write(1, b"\\n~~~ %d\\n" % os.waitstatus_to_exitcode(status))
"""
_ENVIRONMENT = {
    "COLUMNS": "500",
    "TERM": "xterm-256color",
    "OPENAI_ADMIN_KEY": "sk-admin-canary-3f9a1c",
}
_END = re.compile(rb"\r\n~~~ (-?\d+)\r\n")
_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_PROGRESS = re.compile("\x1b\\[(?:1A|2K|\\?25[lh])|\r")
"""What the progress display uses besides: one line up, clear the line, hide and show the cursor."""


@attrs.frozen
class Shown:
    """What one run of the command left on the terminal."""

    words: Sequence[str]
    code: int
    text: str

    has_progress: bool = False

    @property
    def plain(self) -> str:
        """The text without what our own colours and the progress display are made of."""
        text = self.text.replace("\r\n", "\n")
        return _COLOURS.sub("", _PROGRESS.sub("", text) if self.has_progress else text)

    @property
    def colours(self) -> set[str]:
        """The codes of colours."""
        return set(_COLOURS.findall(self.text))

    @property
    def numbers(self) -> set[str]:
        """Which of the hostile texts are there in any form."""
        return set(re.findall(r"n\d\d\d", self.text))

    @property
    def forbidden(self) -> set[str]:
        """Characters that must not be on a terminal, and floods of marks."""
        found = {char for char in set(self.plain) if is_forbidden(char)}
        return found | {match[0] for match in FLOOD.finditer(self.plain)}

    @property
    def hits(self) -> list[str]:
        """The hostile texts that came through."""
        text = self.text.replace("\r\n", "\n")
        return [each for each in marked() if (raw := sting(each)) is not None and raw in text]


def shown(
    runs: Sequence[Sequence[str]],
    *,
    patience: float = 600.0,
    told: Callable[[bytes], object] = bool,
) -> list[Shown]:
    """What the commands show in a pseudo-terminal of 500 columns, each in a process of its own.

    `patience` is how long the progress display waits, by default so long that it is never seen by chance;
    `told` is given all output whenever there is more.
    """
    given = json.dumps([NOW, patience, [list(words) for words in runs]]).encode() + b"\n"
    code, output = in_terminal([sys.executable, "-c", CHILD], given, told=told)
    pieces = _END.split(output)
    assert (code, len(pieces)) == (0, 2 * len(runs) + 1), output[-2000:]
    return [
        Shown(words, int(found), text.decode("utf-8", "surrogateescape"))
        for words, text, found in zip(runs, pieces[::2], pieces[1::2], strict=False)
    ]


def in_terminal(
    command: Sequence[str | os.PathLike[str]],
    given: bytes = b"",
    *,
    told: Callable[[bytes], object] = bool,
) -> tuple[int, bytes]:
    """The exit code of `command` in a pseudo-terminal, and what stands there then."""
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=slave, stderr=slave, env={**os.environ, **_ENVIRONMENT}
        )
    finally:
        os.close(slave)
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    output = _read(master, told)
    return process.wait(timeout=60), output


def _read(master: int, told: Callable[[bytes], object]) -> bytes:
    output = bytearray()
    with os.fdopen(master, "rb", buffering=0) as stream:
        while True:
            try:
                piece = stream.read(65_536)
            except OSError:  # Linux says so where nobody has the other end any more.
                break
            if not piece:
                break
            output += piece
            told(bytes(output))
    return bytes(output)
