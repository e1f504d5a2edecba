"""`report` of a part of the organization, and a part of the report."""

from __future__ import annotations

import json
from decimal import Decimal

from openai_org_usage import UsageClient, sum_amounts

from .conftest import Run


def test_a_report_of_what_is_called_by_name(client: UsageClient, command: Run) -> None:
    """Its figures are of that project and model alone, and it says so by name."""
    project, *_ = client.names(max_age=0).projects.values()
    costs = client.costs(
        start_time="2026-11-01", end_time="2026-11-20", project_ids=[project.id], group_by=["line_item"]
    )
    rows = [row for row in costs.rows() if (row.line_item or "").startswith("gpt-5-2025-08-07,")]
    report = json.loads(command(f"report --project '{project.name}' --model gpt-5 --format json").out)
    assert Decimal(report["spends"][0]["total"]) == sum_amounts(rows)["usd"]
    assert report["part"] == [
        {"dimension": "project_id", "key": project.id, "name": project.name},
        {"dimension": "model", "key": "gpt-5", "name": None},
    ]


def test_sections_are_all_that_is_written(command: Run) -> None:
    """In the order of the report, whatever that of the option; weeks stand for days."""
    said = command("report --last 30d --sections days,SUMMARY --by week")
    assert said.code == 0
    headings = [line.split(" ─")[0] for line in said.out.splitlines() if " ──" in line and line[0] != " "]
    assert headings == ["Per week (Monday to Sunday), USD"]
    assert said.out.index("has cost") < said.out.index("Per week")


def test_a_name_that_nobody_has_is_told_before_costs_are_read(command: Run) -> None:
    """As at the endpoint commands, though a report has no options for ids."""
    said = command("report --project Serch")
    assert (said.code, said.out) == (2, "")
    assert "--project: nothing is called 'Serch'" in said.err
    assert "give another name, or the id\n" in said.err


def test_a_model_that_no_costs_are_of_is_told_beside_the_report(command: Run) -> None:
    """With what is called nearly so, even where the report goes without its notes."""
    said = command("report --model gpt-55 --model gpt-5 --sections summary")
    assert said.code == 0
    assert (
        said.err == "note: No costs that were read are of a model called gpt-55; there is gpt-5-2025-08-07.\n"
    )


def test_a_quiet_month_says_so_in_one_line(command: Run) -> None:
    """What moved is listed where the section is asked for."""
    whole, why = (command(f"report --month 2026-10{more}").out for more in ("", " --sections why"))
    assert "Nothing stands out." in whole
    assert "Nothing stands out." in why
    assert ("what moved most" in whole, "what moved most" in why) == (False, True)
