"""The libraries of tables are imported whole, whatever happens meanwhile."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from openai_org_usage.tables.optional_imports import import_whole


def test_ctrl_c_leaves_no_import_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the call, and the module is there all the same."""
    name = "interrupted_while_imported"
    source = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nis_whole = True\n"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(KeyboardInterrupt):
        import_whole(name, lambda: importlib.import_module(name))
    assert importlib.import_module(name).is_whole
