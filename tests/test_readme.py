"""The README's Python runs as it stands, and its commands exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the README is not shipped")


def blocks(language: str) -> list[str]:
    text = README.read_text() if README.is_file() else ""
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_every_python_block_runs(number: int, running_emulator: Emulator) -> None:
    """With a key and the emulator's address in the environment, as a newcomer would run it."""
    environment = {
        **os.environ,
        "OPENAI_ADMIN_KEY": running_emulator.admin_key,
        "OPENAI_BASE_URL": running_emulator.base_url,
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", blocks("python")[number]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_make_target_named_exists() -> None:
    """And every target that has a description is listed by `make help`."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", README.read_text()))
    assert named <= targets


def test_every_method_is_named() -> None:
    """A new endpoint is not forgotten."""
    assert [name for name in OPERATIONS if f"`{name}`" not in README.read_text()] == []
