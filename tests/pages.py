"""The fenced blocks of the README and of the documentation, for the tests that run or compare them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

OF_ARCHIVE = re.compile("openai-org-usage (sync|sql|restatements) |openai-org-usage .* --archive ")
"""The commands for archives."""
_FENCE = re.compile(r"^(?P<fence>[`~:]{3,})(?P<language>\S*)[^\n]*\n(?P<text>.*?)^(?P=fence) *$", re.M | re.S)


class Block(NamedTuple):
    """A fenced block: where it stands, what it is, and what is in it."""

    page: str
    """The name of the file without its suffix, such as `README` or `cli`."""
    line: int
    """The line of the page in which it begins."""
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines, those that are empty or comments left out."""
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]


def pages() -> dict[str, str]:
    """Every page by its name; none where they are not shipped."""
    paths = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))] if DOCS.is_dir() else []
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def blocks(language: str | None = None, *, page: str | None = None) -> list[Block]:
    """The blocks of all pages, or those of one language or one page."""
    found = [
        Block(name, text.count("\n", 0, match.start()) + 1, match["language"], match["text"])
        for name, text in pages().items()
        for match in _FENCE.finditer(text)
    ]
    return [b for b in found if language in (None, b.language) and page in (None, b.page)]


def commands() -> list[tuple[str, str]]:
    """Every line of every shell block, and every command after a prompt, each with its page."""
    typed = [(b.page, line) for b in blocks("sh") for line in b.lines]
    prompted = [(b.page, line[2:]) for b in blocks("console") for line in b.lines if line.startswith("$ ")]
    return typed + prompted
