"""Rows that no emulator has: several currencies, amounts without one, kinds of results yet unknown."""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from openai_org_usage.money import exact_sum
from openai_org_usage.tables.literals import digits

from ..conftest import DAY, MIDNIGHT
from ..scripted import Json, Script, page
from .conftest import Run

UNKNOWN: Json = {"object": "organization.costs.credit", "amount": {"value": 1, "currency": "usd"}}
REFUND: Json = {**UNKNOWN, "object": "organization.costs.refund"}
"""For tests that leave the announcing of the other to its own test."""


def result(value: str | None, currency: str | None = "usd", **more: Any) -> Json:
    amount = None if value is None else {"value": value, "currency": currency}
    return {"object": "organization.costs.result", "amount": amount, **more}


def days(*results: list[Json], pages: int = 1) -> Script:
    """A bucket for each day up to today, the last `pages - 1` of them on pages of their own."""
    first = MIDNIGHT - (len(results) - 1) * DAY
    buckets = [
        {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": found}
        for start, found in zip(range(first, MIDNIGHT + 1, DAY), results, strict=True)
    ]
    alone = buckets[len(buckets) - pages + 1 :]
    cursors = [*(f"page_{number}" for number in range(1, pages)), None]
    groups = [buckets[: len(buckets) - len(alone)], *([bucket] for bucket in alone)]
    return Script([page(*group, cursor=cursor) for group, cursor in zip(groups, cursors, strict=True)])


def unknown_yesterday(request: httpx.Request) -> httpx.Response:
    """Nothing, but for a result of an unknown kind yesterday."""
    start, end = MIDNIGHT - DAY, MIDNIGHT
    bucket = {"object": "bucket", "start_time": start, "end_time": end, "results": [REFUND]}
    asked = int(request.url.params["start_time"]) <= start < int(request.url.params["end_time"])
    return httpx.Response(200, json=page(*[bucket] * asked))


EXTREMES = ("1E+30", "-1E+30", "1E-30", "9.99E+6144", "-9.99E+6144", "1E-6176", "-1E-6176", "0E+6111")


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("options", ["", "--totals"])
def test_any_amount_that_can_be_sent_has_its_place(value: str, options: str, command: Run) -> None:
    """In a table and in what it adds up to, not a digit is lost."""
    rows = [[result(value, line_item="a"), result("0.5", line_item="b")]] * 2
    said = command(f"costs --last 2d --format table --exact {options}", transport=days(*rows))

    assert (said.code, said.err) == (0, "")
    shown = [Decimal(word) for word in re.findall(r"-?[\d.]+(?:E[-+]\d+)?", said.out.replace(",", " "))]
    wanted = exact_sum([Decimal(value)] * (2 if "--totals" in options else 1))
    assert wanted in shown or digits(wanted) in said.out.replace(",", "")


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("form", ["terminal", "json", "markdown", "html"])
def test_any_amount_can_be_reported(value: str, form: str, command: Run) -> None:
    """In each form, with the charts that it has."""

    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["start_time"])
        if not request.url.path.endswith("costs") or start > MIDNIGHT:
            return httpx.Response(200, json=page())
        found = [result(value if day % 2 else "0.5", line_item="a") for day in range(3)]
        first = max(start, MIDNIGHT - 2 * DAY)
        buckets = [
            {"object": "bucket", "start_time": first + day * DAY, "end_time": first + (day + 1) * DAY}
            | {"results": [row]}
            for day, row in enumerate(found)
            if first + day * DAY < min(MIDNIGHT + DAY, int(request.url.params["end_time"]))
        ]
        return httpx.Response(200, json=page(*buckets))

    said = command(f"report --no-names --format {form}", transport=httpx.MockTransport(answer))

    assert (said.code, said.err) == (0, "")
    assert "0.5" in said.out


def test_amounts_of_several_currencies_are_never_added(command: Run) -> None:
    """A table names each and has no sum; totals are by currency."""
    rows = [[result("1.5"), result("7", "eur")], [result("2.25"), result(None)]]

    table = command("costs --last 2d --format table", transport=days(*rows)).out
    totals = command("costs --last 2d --totals --format ndjson", transport=days(*rows)).out

    assert table.splitlines()[0].split() == ["start_time", "amount_value", "amount_currency"]
    assert "total" not in table
    found = [json.loads(line) for line in totals.splitlines()]
    assert [(row["amount_value"], row["amount_currency"]) for row in found] == [
        ("7", "eur"),
        ("3.75", "usd"),
        (None, None),
    ]


@pytest.mark.parametrize("currency", [None, "", " "])
def test_amounts_without_a_currency_are_never_added(currency: str | None, command: Run) -> None:
    """They may be of several: a table has no sum of them, and totals leave each as it is."""
    rows = [[result("1.5", currency), result("2")], [result("2.25", currency), result("3")]]
    alone = [[result("1.5", currency)], [result("2.25", currency)]]

    table = command("costs --last 2d --format table", transport=days(*alone)).out
    totals = command("costs --last 2d --totals --format ndjson", transport=days(*rows)).out

    assert "total" not in table
    found = [json.loads(line) for line in totals.splitlines()]
    assert [row["amount_value"] for row in found] == ["5", "1.5", "2.25"]


def test_sums_have_every_digit(command: Run) -> None:
    """Thirty after the point, where Decimal's own context would round."""
    rows = [[result("12345678.000000000000000000000000000001")], [result("0.000000000000000000000000000002")]]
    said = command("costs --last 2d --totals --columns amount_value", transport=days(*rows))
    assert said.out.splitlines()[1] == "12345678.000000000000000000000000000003"
    table = command("costs --last 2d --format table --exact", transport=days(*rows)).out
    assert table.splitlines()[-1].split()[-1] == "12,345,678.000000000000000000000000000003"


def test_a_number_with_an_exponent_is_shown_with_it(command: Run) -> None:
    """It has no digit to stand in line with others; a zero with 6,176 decimals is a zero."""
    rows = [[result("1.5"), result("0E-6176"), result("-9E+999", "eur"), result("1.5E-4000", "eur")]]
    table = command(
        "costs --last 1d --format table --exact --columns amount_value", transport=days(*rows)
    ).out
    assert [line.strip() for line in table.splitlines()[2:]] == ["1.50", "0.00", "-9E+999", "1.5E-4000"]


def test_what_does_not_fit_is_said_with_its_row(command: Run, tmp_path: Path) -> None:
    """Exit code 27, and what to give on the command line; with it, the file is there."""
    pytest.importorskip("pyarrow")
    rows, path = [[result("1"), result("1.5E-4000", line_item="gpt, input")]], tmp_path / "rows.parquet"
    said = command(f"costs --last 1d --output {path}", transport=days(*rows))
    assert said.code == 27
    for words in ("amount_value: 1.5E-4000", "the row of 2026-11-20", "line_item 'gpt, input'", "--decimals"):
        assert words in said.err
    assert command(f"costs --last 1d --output {path} --decimals string", transport=days(*rows)).code == 0


def test_floats_stand_beside_exact_numbers(command: Run) -> None:
    """By `--decimals float64`, in text, too."""
    said = command("costs --last 1d --format ndjson --decimals float64", transport=days([result("0.10")]))
    (row,) = map(json.loads, said.out.splitlines())
    assert (row["amount_value"], row["amount_value_float"]) == ("0.10", 0.1)


def test_times_as_text_are_no_groups(command: Run) -> None:
    """Many organizations get the times of buckets twice: totals are over them, and tables show them once."""
    buckets = [
        {"object": "bucket", "start_time": start, "end_time": start + DAY, "start_time_iso": f"day {start}"}
        for start in (MIDNIGHT - DAY, MIDNIGHT)
    ]
    answer = page(*({**bucket, "results": [result("1.5")]} for bucket in buckets))

    totals = command("costs --last 2d --totals --format ndjson", transport=Script([answer]))
    table = command("costs --last 2d --format table", transport=Script([answer]))

    (row,) = map(json.loads, totals.out.splitlines())
    assert (row["amount_value"], row["start_time_iso"]) == ("3.0", None)
    assert table.out.split()[:3] == ["start_time", "amount_value,", "usd"]


def test_a_sum_that_does_not_fit_is_not_rounded(command: Run, tmp_path: Path) -> None:
    """Exit code 27 names the column; wider decimals hold it."""
    pytest.importorskip("pyarrow")
    rows, path = [[result("123456789.000000000000000000000000000001")]], tmp_path / "rows.parquet"
    said = command(f"costs --last 1d --output {path}", transport=days(*rows))
    assert (said.code, path.exists()) == (27, False)
    assert "amount_value" in said.err
    wide = command(f"costs --last 1d --output {path} --decimals decimal256", transport=days(*rows))
    assert (wide.code, path.exists()) == (0, True)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_bad_page_ends_the_file_before_it(format: str, command: Run, tmp_path: Path) -> None:
    """What is no number is found late, amid the making of columns; the rows before it are kept as ever."""
    pytest.importorskip("pyarrow")
    script = days([result("1")], [result("2")], [result("NaN")], pages=2)

    said = command(f"costs --last 3d --concurrency 1 --output {tmp_path}/rows.{format}", transport=script)

    assert said.code == 26
    assert f"the rows before 2026-11-19 UTC are in {tmp_path}/rows.part.{format}, for the rest:" in said.err
    assert os.listdir(tmp_path) == [f"rows.part.{format}"]


def test_results_of_an_unknown_kind_stay_as_they_are(command: Run) -> None:
    """They are rows of their own, and in no total: nobody knows what could be added up."""
    rows = [[result("1"), UNKNOWN], [result("2")]]

    plain = command("costs --last 2d --format ndjson --sort amount_value", transport=days(*rows))
    totals = command("costs --last 2d --format ndjson --totals", transport=days(*rows))

    found = [json.loads(line) for line in plain.out.splitlines()]
    assert [row["amount_value"] for row in found] == ["1", "2", None]
    assert [json.loads(line)["object"] for line in totals.out.splitlines()] == [
        "organization.costs.result",
        "organization.costs.credit",
    ]
    assert plain.err == (
        "note: costs: 1 kind of result is new to this version (organization.costs.credit), and in no sum; "
        "see the column additional_properties, or --raw\n"
    )


@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json"])
def test_a_report_says_what_it_leaves_out(form: str, command: Run) -> None:
    """Before all figures, and with what it is known to be: too little to say that nothing was spent."""
    said = command(f"report --no-names --format {form}", transport=httpx.MockTransport(unknown_yesterday))

    assert (said.code, said.err) == (0, "")
    assert "Nothing was spent" not in said.out
    if form == "json":
        assert json.loads(said.out)["left_out"][0] == {
            "operation": "costs",
            "kind": "organization.costs.refund",
            "results": 1,
            "period": {"start": "2026-11-19", "end": "2026-11-20", "days": 1},
            "why": "unknown_kind",
            "amount": None,
        }
    else:
        text = " ".join(said.out.replace("\\", "").split())
        note = "1 result of costs of an unknown kind, 19 November 2026 (organization.costs.refund)"
        assert text.index(note) < text.index("Of 1")


def test_raw_pages_keep_what_is_unknown(command: Run) -> None:
    """And numbers as they were written."""
    body = b'{"object": "page",\n "data": [], "has_more": false, "next_page": null, "sum": 1.50e2}'
    said = command("costs --last 1d --raw -q", transport=Script([httpx.Response(200, content=body)]))
    assert said.out == '{"object":"page","data":[],"has_more":false,"next_page":null,"sum":1.50e2}\n'
