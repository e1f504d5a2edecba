"""What holds the pages together: the landing page, the contents and the pictures."""

from __future__ import annotations

import re

import pytest

from .pages import DOCS, blocks, pages

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")


def test_the_landing_page_begins_as_the_readme_does() -> None:
    """It includes the first screen by the comments around it."""
    (block,) = blocks("{include}")
    start, end = re.findall("<!-- .* -->", block.text)
    screen = pages()["README"].partition(start)[2].partition(end)[0]
    assert "make demo" in screen
    assert "](docs/pictures/" in screen


def test_every_page_is_in_the_contents() -> None:
    """A page that nobody finds is not written, and one that is not written is not listed."""
    listed = {
        line for block in blocks("{toctree}") for line in block.lines if not line.startswith(":")
    }  # fmt: skip
    assert listed == (set(pages()) - {"index", "README"}) | {"endpoints/index"}


def test_every_picture_is_shown_and_described() -> None:
    """With words for those who do not see it, from where it stands, and small enough."""
    used = [
        (DOCS.parent if name == "README" else DOCS, *match)
        for name, text in pages().items()
        for match in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    ]
    assert [path for folder, _, path in used if not (folder / path).is_file()] == []
    assert [path for _, alt, path in used if len(alt) < 40] == []
    pictures = set((DOCS / "pictures").iterdir())
    assert {folder / path for folder, _, path in used} == pictures
    limits = {".svg": 100_000, ".png": 200_000}
    assert [path.name for path in pictures if path.stat().st_size > limits[path.suffix]] == []
