"""docs/regenerating.md shows what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.diff.release import EXIT_STATUS
from codegen.files import ROOT

from .conftest import UPSTREAM
from .walkthrough import PAGE, blocks, needs_upstream, played

BLOCKS = blocks(PAGE.read_text())
HOW = "run `python -m tests.regenerating.walkthrough` and read what changed"


@pytest.mark.skipif(not UPSTREAM.is_dir(), reason="upstream's documents are not beside the repository")
def test_the_real_change_is_told_as_printed(tmp_path: Path) -> None:
    """From 2026-05-13 to 2026-08-21, each block in its order, to the letter."""
    assert sum(needs_upstream(block) for block in BLOCKS) == 3
    assert played(BLOCKS, tmp_path) == BLOCKS, HOW


def test_the_example_is_told_as_printed(tmp_path: Path) -> None:
    """The block that needs no document of upstream's, to the letter."""
    example = [block for block in BLOCKS if not needs_upstream(block)]

    assert len(example) == 1
    assert played(example, tmp_path) == example, HOW


def test_the_page_names_the_statuses_and_what_exists() -> None:
    """Files named in the page are there, and so are all statuses of `diff`."""
    page = PAGE.read_text()
    named = re.findall(r"`((?:codegen|overlays)/[\w./]+)`", page)

    assert len(named) == 4
    assert [name for name in named if not (ROOT / name).exists()] == []
    statuses = page.partition("exits with ")[2].partition(".")[0]
    assert all(f"{status} " in statuses for status in {*EXIT_STATUS.values(), 1, 2})
    assert len(page.splitlines()) < 135
