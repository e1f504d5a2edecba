"""The page docs/regenerating.md: its commands, and what they print.

`python -m tests.regenerating.walkthrough` writes what they print now into the page.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path
from unittest.mock import patch

from codegen.__main__ import main
from codegen.files import ROOT

from .conftest import UPSTREAM

PAGE = ROOT / "docs" / "regenerating.md"
VERSION = "0.1.0"
"""The version that the page is written for: a release changes nothing in it."""

_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def blocks(page: str) -> list[str]:
    """The console blocks of the page: commands after `$`, each followed by what it prints."""
    return _BLOCK.findall(page)


def commands(block: str) -> list[str]:
    """The commands of a block."""
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def needs_upstream(block: str) -> bool:
    """Whether a command of the block reads one of upstream's documents."""
    return ".yaml.gz" in block


def played(page_blocks: list[str], folder: Path) -> list[str]:
    """The blocks as they should be, their commands run in `folder` one after the other."""
    (folder / "tests").symlink_to(ROOT / "tests")
    for document in UPSTREAM.glob("*.yaml.gz"):
        (folder / document.name).symlink_to(document)
    with contextlib.chdir(folder), patch("openai_org_usage.__version__", VERSION):
        return ["".join(f"$ {c}\n{_printed(c)}" for c in commands(block)) for block in page_blocks]


def _printed(command: str) -> str:
    """What `command` prints: a make target by the command behind it, perhaps cut by head or tail."""
    run, _, cut = command.partition(" | ")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(_arguments(shlex.split(run)))
    lines = printed.getvalue().splitlines(keepends=True)
    if cut:
        program, number = cut.split(" -")
        lines = lines[: int(number)] if program == "head" else lines[-int(number) :]
    return "".join(lines)


def _arguments(words: list[str]) -> list[str]:
    """The arguments of `python -m codegen` for a command of the page."""
    if words[0] == "python":
        return words[3:]
    given = dict(word.split("=", 1) for word in words[2:])
    upstream = [given.pop("UPSTREAM")] if "UPSTREAM" in given else []
    return [words[1], *upstream, *(part for k, v in given.items() for part in (f"--{k.lower()}", v))]


def rewrite() -> None:
    """Put what the commands print now into the page."""
    page = PAGE.read_text()
    with tempfile.TemporaryDirectory() as folder:
        fresh = iter(played(blocks(page), Path(folder)))
    PAGE.write_text(_BLOCK.sub(lambda _: next(fresh), page))


if __name__ == "__main__":
    rewrite()
