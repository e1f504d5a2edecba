"""Tables on terminals of all widths: numbers, dates and headings stay whole, and no line is too long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from openai_org_usage import OPERATIONS, NamedProject, Names
from openai_org_usage.tables.columns import Kind, columns_of

from ..conftest import DAY, MIDNIGHT, NOW
from ..scripted import Script, page
from .conftest import Run, Said
from .ledgers import cost

WIDTHS = (40, 60, 80, 120)


class OnTerminal(Protocol):
    """Runs the command where standard output is a terminal without colours, `width` characters wide."""

    def __call__(self, line: str, *, width: int, transport: Script | None = None) -> Said: ...


@pytest.fixture
def on_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> OnTerminal:
    """What runs it."""

    def run(line: str, *, width: int, transport: Script | None = None) -> Said:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("COLUMNS", str(width))
        return command(line, transport=transport)

    return run


def cells(table: str) -> Counter[str]:
    return Counter(
        cell for line in table.splitlines() if "─" not in line for cell in re.split(" {2,}", line.strip())
    )


def names(table: str) -> list[str]:
    """The columns in the heading, without a currency."""
    return [cell.partition(",")[0] for cell in re.split(" {2,}", table.splitlines()[0].strip())]


def left_out(said: Said) -> tuple[list[str], int]:
    """The columns that the note names, and how many more there are."""
    found = re.search("no room for (.*?)(?: and ([0-9]+) more)?: choose", said.err)
    return (found[1].split(", "), int(found[2] or 0)) if found else ([], 0)


@pytest.mark.parametrize("totals", ["", " --totals"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_numbers_dates_and_headings_stay_whole(name: str, totals: str, on_terminal: OnTerminal) -> None:
    """Of each endpoint, by up to four groupings; there is a number always, and all else is named."""
    operation = OPERATIONS[name]
    kinds = {column.name: column.kind for column in columns_of(operation)}
    groups = operation.parameter("group_by").allowed_values
    for number in {0, 2, min(4, len(groups))}:
        grouped = f" --group-by {','.join(groups[:number])}" if number else ""
        line = f"{name.replace('_', '-')} --last 2d{grouped}{totals}"
        whole = on_terminal(line, width=1000)
        assert whole.err == "" or "level" in whole.err
        for width in WIDTHS:
            said = on_terminal(line, width=width)
            assert max(map(len, said.out.splitlines())) <= width
            shown = names(said.out)
            named, more = left_out(said)
            assert len(shown) + len(named) + more == len(names(whole.out))
            assert set(named) <= set(names(whole.out)) - set(shown)

            kept = [one for one in shown if kinds[one] not in (Kind.TEXT, Kind.FLAG)]
            assert any(kinds[one] is not Kind.TIME for one in kept)
            same = on_terminal(f"{line} --columns {','.join(kept)}", width=1000).out
            assert cells(same) - cells(said.out) == Counter(), f"{line} at {width}"


def test_the_range_of_totals_goes_first(on_terminal: OnTerminal) -> None:
    """Then what describes; a note says the range, which is the same in all rows."""
    line = "costs --last 2d --group-by project_id --totals"
    headings = {}
    for width in (90, 70, 50, 44):
        said = on_terminal(line, width=width)
        headings[width] = names(said.out)
        assert ("all rows are of 2026-11-19 to 2026-11-21" in said.err) == (width < 90)
    assert headings == {
        90: ["start_time", "end_time", "project_id", "project_name", "amount_value"],
        70: ["project_id", "project_name", "amount_value"],
        50: ["project_id", "project_name", "amount_value"],
        44: ["project_id", "project_name", "amount_value"],
    }


@pytest.mark.parametrize(
    ("second", "kept"), [("Search", "project_name"), ("", "project_id"), ("Mobile app", "project_id")]
)
def test_names_stay_and_ids_go_where_names_tell_them_apart(
    second: str, kept: str, on_terminal: OnTerminal, tmp_path: Path
) -> None:
    """Not where an id has no name, or two ids have the same."""
    ids = ("proj_mobile_app_of_long_ago", "proj_search_of_long_ago")
    named = zip(ids, ("Mobile app", second), strict=True)
    projects = {id: NamedProject(id=id, name=name) for id, name in named if name}
    file = tmp_path / "names.json"
    Names(projects=projects, read_at=NOW).save(file)
    bucket = {"object": "bucket", "start_time": MIDNIGHT, "end_time": MIDNIGHT + DAY}
    days = page({**bucket, "results": [cost("1", project_id=id) for id in ids]})
    said = on_terminal(
        f"costs --last 1d --group-by project_id --totals --names --names-file {file}",
        width=30,
        transport=Script([days]),
    )
    assert names(said.out) == [kept, "amount_value"]


def test_chosen_columns_are_all_there(on_terminal: OnTerminal) -> None:
    """Texts are folded for them; where that is not enough, lines are longer rather than numbers split."""
    chosen = ["start_time", "end_time", "line_item", "amount_value"]
    said = on_terminal(
        f"costs --last 1d --group-by line_item --totals --columns {','.join(chosen)}", width=40
    )
    assert names(said.out) == chosen
    assert "no room" not in said.err
    assert max(map(len, said.out.splitlines())) > 40


def test_points_of_quantities_stand_below_each_other(on_terminal: OnTerminal) -> None:
    """Without zeros that the API did not send."""
    results = [
        {
            "object": "organization.costs.result",
            "amount": {"value": 1, "currency": "usd"},
            "line_item": item,
            "quantity": quantity,
            "quantity_unit": "hours",
        }
        for item, quantity in (("a", "1234.5"), ("b", "7"), ("c", "0.125"))
    ]
    bucket = {"object": "bucket", "start_time": MIDNIGHT, "end_time": MIDNIGHT + DAY, "results": results}
    said = on_terminal(
        "costs --last 1d --group-by line_item --columns line_item,quantity",
        width=80,
        transport=Script([page(bucket)]),
    )
    shown = [line[11:] for line in said.out.splitlines() if line[:1] in "abct"]
    assert shown == ["1,234.5  ", "    7    ", "    0.125", "1,241.625"]


def test_characters_that_take_two_places_count_twice(on_terminal: OnTerminal) -> None:
    """The lines of a table end below each other, with names in all scripts."""
    bucket = costs({"画像の生成と編集の費用": "1.5", "a": "2"})
    said = on_terminal("costs --last 1d --group-by line_item", width=33, transport=Script([page(bucket)]))
    lines = said.out.splitlines()
    assert lines[2:4] == ["画像の…の費用                1.50", "a                            2.00"]


def test_texts_are_shortened_as_far_as_they_stay_apart(on_terminal: OnTerminal) -> None:
    """In their middle; a text that is short enough is whole."""
    items = ("gpt-4o-2024-08-06, cached input", "gpt-4o-2024-08-06, cached output", "tts-1, characters")
    bucket = costs(dict.fromkeys(items, "1"))
    said = on_terminal("costs --last 1d --group-by line_item", width=38, transport=Script([page(bucket)]))
    shown = [line.partition("  ")[0] for line in said.out.splitlines()[2:5]]
    assert shown == ["gpt-4o-20…hed input", "gpt-4o-20…ed output", "tts-1, characters"]


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        (("1234.565", "0.0049", "0"), ["1,234.56", "<0.01", "0.00", "1,234.57"]),
        (("0.0123", "0.00017", "-0.0001"), ["0.012", "<0.001", ">-0.001", "0.012"]),
    ],
    ids=["cents", "small amounts alone"],
)
def test_amounts_are_rounded_to_be_read(
    amounts: tuple[str, ...], shown: list[str], on_terminal: OnTerminal
) -> None:
    """To the cent, or two digits of the largest; the sum is that of the exact amounts."""
    bucket = costs(dict(zip("abc", amounts, strict=True)))
    said = on_terminal("costs --last 1d --group-by line_item", width=80, transport=Script([page(bucket)]))
    assert [line.split()[-1] for line in said.out.splitlines() if line[:1] in "2t"] == shown


def test_exact_shows_all_digits(on_terminal: OnTerminal) -> None:
    """With points below each other."""
    bucket = costs({"a": "1234.565", "b": "0.0049"})
    line = "costs --last 1d --group-by line_item --columns line_item,amount_value --exact"
    said = on_terminal(line, width=80, transport=Script([page(bucket)]))
    shown = [line[-10:] for line in said.out.splitlines() if line[:1] in "abt"]
    assert shown == ["1,234.565 ", "    0.0049", "1,234.5699"]


def costs(amounts: Mapping[str, str]) -> dict[str, object]:
    """A bucket with a line item for each of `amounts`."""
    results = [
        {
            "object": "organization.costs.result",
            "amount": {"value": value, "currency": "usd"},
            "line_item": item,
        }
        for item, value in amounts.items()
    ]
    return {"object": "bucket", "start_time": MIDNIGHT, "end_time": MIDNIGHT + DAY, "results": results}
