"""docs/report.md: its code runs, and its figures are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator
from openai_org_usage.report import forecast, seasonality

PAGE = Path(__file__).parents[2] / "docs" / "report.md"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not shipped")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_python_block_runs(number: int, running_emulator: Emulator, tmp_path: Path) -> None:
    """As it stands, with a key and the emulator's address in the environment."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert len(blocks) == 3
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", blocks[number]],
        env={
            **os.environ,
            "OPENAI_ADMIN_KEY": running_emulator.admin_key,
            "OPENAI_BASE_URL": running_emulator.base_url,
            "PYTHONIOENCODING": "utf-8",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_forecasts_figures_are_those_of_the_code() -> None:
    """Weeks, days and limits."""
    text = " ".join(PAGE.read_text().split())
    assert f"last {seasonality.PATTERN_WEEKS} weeks" in text
    assert f"last {seasonality.LEVEL_DAYS} complete days" in text
    assert f"each of the last {forecast.HISTORY_DAYS} days" in text
    assert f"fewer than {forecast.MIN_DAYS} " in text
    assert f"| {forecast.MIN_DAYS} to {forecast.MIN_DAYS_FOR_RANGE - 1} | yes | none |" in text
