"""Where the environment names a moment, it is the present: here, and in every process started from here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

MOMENT = os.environ.get("CLOCK")


@pytest.mark.skipif(MOMENT is None, reason="the clock is this machine's")
def test_the_moment_is_the_present() -> None:
    """By each way to ask; without this, the runs at other moments would pass as well."""
    asked = "import datetime, time; print([time.time(), datetime.datetime.now(datetime.UTC).timestamp()])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    moments = [time.time(), datetime.now(UTC).timestamp()]
    assert moments == [float(MOMENT or 0)] * 2
    assert done.stdout.strip() == str(moments)
