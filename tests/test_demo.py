"""The demonstration, as `make demo` runs it."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

from openai_org_usage import UsageClient, sum_amounts
from openai_org_usage.demo import pull
from openai_org_usage.summary import model_of, summarize_costs, top

from .conftest import DAY, MIDNIGHT


def test_the_demo_prints_a_plain_report_in_a_pipe() -> None:
    """It exits with 0, shows totals, rankings and the chart, no escape codes, and no progress."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "openai_org_usage.demo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("12 endpoints", "Cost by day", "Top models", "Top projects", "█", "vector_stores"):
        assert part in done.stdout
    assert "\x1b" not in done.stdout


def test_the_figures_of_the_report_are_those_of_the_api(client: UsageClient) -> None:
    """The total, the sum of the days, of the items and of the projects are one exact amount."""
    start, end = MIDNIGHT - 30 * DAY, MIDNIGHT
    summary = summarize_costs(pull(client, start=start, end=end).costs)
    expected = sum_amounts(client.costs(start_time=start, end_time=end).rows())["usd"]
    assert summary.total == expected
    assert list(summary.by_day) == list(range(start, end, DAY))
    for parts in (summary.by_day, summary.by_item, summary.by_project):
        values: list[Decimal] = list(parts.values())
        assert sum(values[1:], values[0]).quantize(Decimal("1e-20")) == expected.quantize(Decimal("1e-20"))


def test_a_ranking_keeps_the_rest_as_one() -> None:
    """Shares add up to the whole."""
    ranking: dict[str, Any] = {"a": Decimal(5), "b": Decimal(3), "c": Decimal(1), "d": Decimal(1)}
    shares = top(ranking, 2)
    assert [(share.name, share.value) for share in shares] == [
        ("a", Decimal(5)),
        ("b", Decimal(3)),
        ("2 others", Decimal(2)),
    ]
    assert sum(share.of_total for share in shares) == 1


def test_line_items_are_read_as_model_and_kind() -> None:
    """A category is left alone, even one with a comma."""
    assert model_of("gpt-4o-mini-2024-07-18, input") == "gpt-4o-mini-2024-07-18"
    assert model_of("gpt-4o-mini-2024-07-18, cached input") == "gpt-4o-mini-2024-07-18"
    assert model_of("Image models") == "Image models"
    assert model_of("Storage, files") == "Storage, files"
