"""`make pictures`: what commands print in a terminal, as the SVG files in docs/pictures.

Nobody takes them by hand, so they cannot show what the program does not do: each command runs in a
pseudo-terminal, with the emulator to answer and its clock standing still, and its colours are kept.
The same tree gives the same bytes. A test compares the committed pictures with what is printed now.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date
from io import StringIO

import attrs
from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from codegen.errors import CodegenError
from codegen.files import ROOT, write_atomically
from openai_org_usage.emulator import Emulator, Story, StoryKind

FOLDER = ROOT / "docs" / "pictures"
PROGRAM = "openai-org-usage"

_PRESENT = 1_795_188_600
"""2026-11-20 15:30 UTC, the present of the other examples in the documentation."""
_HEIGHT = 50
_COMMAND = f"""
from openai_org_usage.cli import main
from openai_org_usage.cli.context import CommandContext
raise SystemExit(main(context=CommandContext(clock=lambda: {_PRESENT})))
"""
"""What the console script does, on that day."""


class PictureError(CodegenError):
    """A command could not be pictured."""


@attrs.frozen
class Picture:
    """A command, and how much of what it prints is shown."""

    name: str
    line: str
    """The words after the program's name, as in a shell."""
    columns: int = 80
    rows: int | None = None
    """How many lines from the first on; None for all."""
    status: int = 0
    """The exit code that it has to end with."""
    is_eventful: bool = False
    """Whether something has happened to the organization whose key is at hand."""

    @property
    def title(self) -> str:
        """What somebody has typed to see this."""
        return f"$ {PROGRAM} {self.line}"


PICTURES = (
    Picture("help", "--help"),
    Picture("completions", "completions --last 7d --group-by model --totals --emulator", columns=100),
    Picture("report", "report --sections summary,days,breakdowns", rows=34, is_eventful=True),
    Picture("budget", "budget --limit 8000 --emulator", status=30),
)


def printed(picture: Picture) -> str:
    """What the command prints to a terminal, with its escape codes.

    Raises:
        PictureError: it ended with another exit code.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", _HEIGHT, picture.columns, 0, 0))
    organization = eventful_organization() if picture.is_eventful else nullcontext(_environment())
    with (
        organization as environment,
        subprocess.Popen(
            command_of(picture.line),
            stdin=subprocess.DEVNULL,
            stdout=its,
            stderr=subprocess.PIPE,
            env=environment,
        ) as process,
    ):
        os.close(its)
        output = _all_of(ours)
        errors = process.stderr.read().decode() if process.stderr else ""
    if process.returncode != picture.status:
        raise PictureError(f"{picture.title}: exit code {process.returncode}\n{errors}")
    lines = output.replace("\r\n", "\n").splitlines()
    return "\n".join(lines[: picture.rows])


def command_of(line: str) -> list[str]:
    """What runs the words of `line` on that day."""
    return [sys.executable, "-P", "-c", _COMMAND, *shlex.split(line)]


def draw(picture: Picture, text: str) -> str:
    """The SVG of a terminal that shows `text`."""
    console = Console(
        record=True,
        width=picture.columns,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        no_color=False,
    )
    for line in AnsiDecoder().decode(text):  # A terminal breaks lines at its edge, not between words.
        for part in line.divide(range(picture.columns, len(line), picture.columns)):
            console.print(part, no_wrap=True, crop=False)
    return console.export_svg(
        title=picture.title, theme=_THEME, code_format=_FORMAT, unique_id=f"terminal-{picture.name}"
    )


def main() -> int:
    """Write all pictures."""
    try:
        for picture in PICTURES:
            write_atomically(FOLDER / f"{picture.name}.svg", draw(picture, printed(picture)))
            print(f"docs/pictures/{picture.name}.svg")
    except CodegenError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def eventful_organization() -> Generator[Mapping[str, str]]:
    """What a command's environment has, with the key of an organization that had three dear days."""
    spike = Story(
        kind=StoryKind.SPIKE,
        first_day=date(2026, 11, 10),
        last_day=date(2026, 11, 12),
        amount=900,
        project_id="proj_support_assistant",
        line_item="gpt-5-2025-08-07, output",
    )
    with Emulator(now=lambda: _PRESENT, lively=True, stories=[spike]) as emulator:
        key = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
        yield {**_environment(), **key}


def _all_of(terminal: int) -> str:
    pieces: list[bytes] = []
    with os.fdopen(terminal, "rb", buffering=0) as stream:
        try:
            while piece := stream.read(65_536):
                pieces.append(piece)
        except OSError:  # How Linux says that nobody has the other end open any more.
            pass
    return b"".join(pieces).decode()


def _environment() -> dict[str, str]:
    """As in a terminal that shows every colour, with nothing that would change what is printed."""
    left_out = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "OPENAI_ADMIN_KEY", "OPENAI_BASE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"}


_THEME = TerminalTheme(
    (27, 30, 38),
    (220, 223, 228),
    [
        (27, 30, 38),
        (224, 108, 117),
        (152, 195, 121),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 182, 194),
        (220, 223, 228),
    ],
    [
        (122, 130, 145),
        (240, 134, 142),
        (178, 217, 150),
        (243, 211, 151),
        (134, 196, 247),
        (217, 153, 236),
        (122, 208, 218),
        (255, 255, 255),
    ],
)

_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{
font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: 16px;
}}
{styles}
</style>
<defs>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""That of rich refers to fonts on a server; this one takes what the reader's system has."""


if __name__ == "__main__":
    raise SystemExit(main())
