"""The demonstration, as `make demo` runs it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from openai_org_usage import UsageClient, sum_amounts
from openai_org_usage.demo import DAYS, pull

from .conftest import DAY, MIDNIGHT, NOW


def test_the_demo_prints_a_plain_report_in_a_pipe() -> None:
    """It exits with 0, shows report, chart and totals, no escape codes, and no progress."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "openai_org_usage.demo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("12 endpoints", "OpenAI spend", "By model", "By project", "█", "vector_stores"):
        assert part in done.stdout
    assert "\x1b" not in done.stdout


def test_the_figures_of_the_demo_are_those_of_the_api(client: UsageClient) -> None:
    """Its report covers the thirty days before today, to the last digit."""
    pulled = pull(client, now=datetime.fromtimestamp(NOW, UTC))
    (spend,) = pulled.report.spends
    costs = client.costs(start_time=MIDNIGHT - DAYS * DAY, end_time=MIDNIGHT)
    assert {spend.currency: spend.total} == sum_amounts(costs.rows())
    assert len(pulled.usage) == 12
