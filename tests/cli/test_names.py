"""Names beside ids, and filters by name, on the command line."""

from __future__ import annotations

import csv
import io
import re
import stat
from pathlib import Path

import pytest

from openai_org_usage import NamedProject, Names
from openai_org_usage.emulator import Emulator

from ..conftest import NOW
from .conftest import Run, Said
from .test_narrow_tables import OnTerminal, names as headings, on_terminal

DAY_OF = "--last 1d --group-by project_id,user_id"
__all__ = ["on_terminal"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "openai-org-usage"


def test_show(on_terminal: OnTerminal) -> None:
    for width in (150, 100, 80, 60, 44):
        s = on_terminal(f"costs {DAY_OF} --names", width=width)
        print(width); print(s.out, s.err)
    assert 0
