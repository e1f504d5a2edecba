"""An archive answers what the API would have answered."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeGuard

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.cli.exit_codes import Exit

from ...conftest import NOW
from ..conftest import Said
from .conftest import Kept

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def plain(value: Any) -> Any:
    """`value` with numbers in texts as numbers: zeros at their end say nothing."""
    if is_object(value):
        return {name: plain(each) for name, each in value.items()}
    if is_array(value):
        return [plain(each) for each in value]
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def rows(said: Said) -> list[Any]:
    """The rows of ndjson or CSV, in an order of their own."""
    assert said.code == 0, said
    lines = said.out.splitlines()
    if lines[0].startswith("{"):
        return sorted((plain(json.loads(line)) for line in lines), key=str)
    return sorted([plain(cell) for cell in line.split(",")] for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "costs --last 3d --group-by line_item --format csv",
        "costs --month 2026-10 --group-by project_id,api_key_id --names --format ndjson",
        "costs --this-month --group-by user_id --totals --names --no-emails --format csv",
        "completions --last 40d --group-by model,batch --batch true --format ndjson",
        "completions --last 4d --project {project} --group-by user_id --format ndjson",
        "vector-stores --last 9d --totals --format csv",
        "key-costs --last 3d --by-line-item --names --format csv",
    ],
)
def test_rows_are_those_of_the_api(
    line: str, live: Callable[..., Said], archived: Callable[..., Said], kept: Kept
) -> None:
    """With filters, names, totals and in all forms."""
    with UsageClient(admin_key=kept.api.admin_key, base_url=kept.api.base_url) as client:
        called = Counter(project.name for project in client.projects())
    words = line.format(project=next(repr(name) for name, count in called.items() if count == 1))
    expected, found = live(words), archived(words)
    assert rows(found) == rows(expected)
    assert "note: from the archive, read on 2026-11-20 15:30 UTC, just now\n" in found.err


def test_a_report_loads_no_pandas(kept: Kept) -> None:
    """It would take longer than the report does: Arrow loads it in many ways, where it is installed."""
    words = ["report", "--archive", str(kept.folder), "--format", "json", "-q"]
    code = (
        "import sys; from openai_org_usage.cli import main; from openai_org_usage.cli.context import *\n"
        f"assert main({words}, context=CommandContext(clock=lambda: {NOW})) == 0\n"
        "print([name for name in ('pyarrow', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "['pyarrow']"), done.stderr


@pytest.mark.parametrize("days", ["", "--last 7d", "--month 2026-10", "--start-time 2026-11-02 --no-names"])
def test_reports_are_those_of_the_api(
    days: str, live: Callable[..., Said], archived: Callable[..., Said]
) -> None:
    """Figure for figure; the first note says how old they are."""
    expected, found = (run(f"report {days} --format json") for run in (live, archived))
    assert expected.code == found.code == 0, found
    report, kept = json.loads(expected.out), json.loads(found.out)
    age = next(note for note in kept["notes"] if "archive" in note)
    assert age == "The figures are from the archive, read on 2026-11-20 15:30 UTC, just now."
    kept["notes"].remove(age)
    assert plain(kept) == plain(report)


def test_a_budget_is_that_of_the_api(live: Callable[..., Said], archived: Callable[..., Said]) -> None:
    """As long as the archive is of the same day."""
    line = "budget --limit 500000 --format json"
    expected, found = live(line), archived(line)
    assert (found.code, plain(json.loads(found.out))) == (Exit.DONE, plain(json.loads(expected.out)))
    assert "read on 2026-11-20 15:30 UTC" in found.err
