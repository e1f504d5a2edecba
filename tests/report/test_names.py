"""What projects, users and keys are called in a report, in all its forms; no figure depends on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from openai_org_usage import NamedKey, Names
from openai_org_usage.money import exact_sum
from openai_org_usage.report import (
    Refusal,
    Report,
    render_html,
    render_json,
    render_markdown,
    render_terminal,
)

from ..display.strings import is_forbidden
from .figures import report_of
from .hostile import EVIL, hostile_names, owners_report
from .owners import IDS, NAMES, owned_report, rows
from .pages import read_page

FORMS: list[Callable[[Report], str]] = [render_terminal, render_html, render_markdown, render_json]


@pytest.fixture(scope="module")
def plain() -> Report:
    """A report without names."""
    return owned_report()


@pytest.fixture(scope="module")
def report(plain: Report) -> Report:
    return plain.with_names(NAMES)


def section(text: str, heading: str) -> str:
    """The table below a heading of the terminal's form."""
    return text.partition(f"\n{heading} ")[2].partition("\n\n")[0]


def called(text: str, heading: str) -> list[str]:
    """What entries are called in a table of the terminal's form, with what stands below them."""
    lines = section(text, heading).splitlines()[2:]
    return [re.split(r" {2,}\$", line)[0].rstrip() for line in lines]


def test_projects_are_called_by_name(report: Report) -> None:
    """Two of one name are told apart, an archived one is marked, an unknown one keeps its id."""
    assert called(render_terminal(report, width=100), "By project") == [
        "Search (…h_prod)",
        "Search (…h_test, archived)",
        "proj_nameless",
        "proj_unknown",
        "proj_z",
        "no project given",
        "total",
    ]


def test_users_are_called_by_name_and_address(report: Report) -> None:
    """By the address alone where there is no name; a service account is marked."""
    assert called(render_terminal(report, width=100), "By user") == [
        "Amara Okafor · amara@example.com",
        "bruno@example.com",
        "chiara@example.com",
        "Docs pipeline (service account)",
        "user-unknown",
        "no user given",
        "total",
    ]


def test_keys_stand_with_owner_and_project(report: Report) -> None:
    """Whichever of these is known by name; projects of one name are told apart here, too."""
    assert called(render_terminal(report, width=100), "By API key") == [
        "backend (key_a) · Amara · Search (…h_prod)",
        "backend (key_b) · bruno@example.com · Search (…h_test)",
        "key_c · Docs pipeline · Search (…h_prod)",
        "dora@example.com · dora@example.com · proj_gone",
        "key_deleted",
        "no API key given",
        "total",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_details_stand_below_where_there_is_no_room(report: Report, width: int) -> None:
    """Lines fit, and every amount stands there whole."""
    text = render_terminal(report, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    for entry in report.spends[0].breakdowns[-1].entries:
        assert f" ${entry.amount:.2f} " in section(text, "By API key")
    below = {
        60: ["  bruno@example.com", "  Search (…h_test)"],
        80: ["  bruno@example.com · Search (…h_test)"],
    }
    lines = called(text, "By API key")
    place = next(place for place, line in enumerate(lines) if line.startswith("backend (key_b)"))
    expected = below.get(width, [])
    assert lines[place + 1 :][: len(expected)] == expected
    assert lines[place].endswith("(key_b)" if expected else "Search (…h_test)")


def test_a_name_of_the_lists_wins_over_that_of_the_rows() -> None:
    """Which stays where no list knows the id, also of a key that is deleted by now."""
    by = {
        "project_id": rows("project_id", ["proj_search_prod", "proj_unknown"], project_name="Of rows"),
        "api_key_id": rows("api_key_id", ["key_a", "key_deleted"], api_key_name="Of rows"),
        "user_id": rows(
            "user_id", ["user-amara", "user-z"], user_name="Of rows", user_email="row@example.com"
        ),
    }
    report = report_of(by["project_id"], by=by)
    deleted = Names(api_keys={"key_deleted": NamedKey(id="key_deleted", name="Of the file")})
    spend = report.with_names(NAMES.merged_with(deleted)).spends[0]
    names = {each.dimension: [entry.name for entry in each.entries] for each in spend.breakdowns[2:]}
    assert names == {
        "project_id": ["Search", "Of rows"],
        "api_key_id": ["backend", "Of the file"],
        "user_id": ["Amara Okafor", "Of rows"],
    }


def test_the_json_document_has_names_beside_ids(report: Report) -> None:
    """Null where nothing is known."""
    found = json.loads(render_json(report))["spends"][0]["breakdowns"]
    key, _, unnamed, *_ = found["api_key_id"]["entries"]
    names = ("key", "name", "owner", "owner_id", "project", "project_id")
    assert [key[name] for name in names] == [
        "key_a", "backend", "Amara", "user-amara", "Search", "proj_search_prod"
    ]  # fmt: skip
    assert (unnamed["key"], unnamed["name"], unnamed["owner"]) == ("key_c", None, "Docs pipeline")
    archived = [entry["is_archived"] for entry in found["project_id"]["entries"]]
    assert archived == [False, True, None, None, None, None]
    users = found["user_id"]["entries"]
    emails = [entry["email"] for entry in users]
    assert emails == ["amara@example.com", "bruno@example.com", None, None, None, None]
    assert users[3]["is_service_account"] is True
    assert found["api_key_id"]["is_estimate"] is False


def test_markdown_has_columns_for_what_is_known_besides(report: Report) -> None:
    """Owner and project of keys, addresses of users; ids stand by the names."""
    text = render_markdown(report)
    assert "|  | Owner | Project | Amount | Share |" in text
    assert "| `backend (key_a)` | `Amara` | `Search (…h_prod)` | $" in text
    assert "| `key_c` | `Docs pipeline` | `Search (…h_prod)` | $" in text
    assert "|  | E-mail | Amount | Share |" in text
    assert "| `Search (proj_search_test)` (archived) | $" in text


def test_the_page_has_a_second_line(report: Report) -> None:
    """With owner, project and id."""
    page = read_page(render_html(report))
    cells = [cell.text for cell in page.every("span", "label")]
    assert "backend Amara · Search (…h_prod) · key_a" in cells
    assert "Search (archived) proj_search_test" in cells
    assert "bruno@example.com user-bruno" in cells


CALLED = ("name", "email", "owner", "owner_id", "project", "project_id", "is_archived", "is_service_account")
"""Members of an entry that say what it is called."""


def figures(document: str) -> object:
    """A JSON document without what entries are called."""

    def unnamed(members: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in members.items() if name not in CALLED or "key" not in members}

    found: object = json.loads(document, object_hook=unnamed)
    return found


def test_figures_are_the_same_with_and_without_names(plain: Report, report: Report) -> None:
    """To the last digit, and in the same order."""
    documents = [render_json(each) for each in (plain, report, report.with_names(None, emails=False))]
    assert len(set(documents)) == 3
    assert figures(documents[0]) == figures(documents[1]) == figures(documents[2])
    (spend,) = report.spends
    for breakdown in spend.breakdowns:
        assert exact_sum(entry.amount for entry in breakdown.entries) == spend.total


@pytest.mark.parametrize("render", FORMS)
def test_without_emails_there_is_no_address(render: Callable[[Report], str], plain: Report) -> None:
    """Neither of lists nor of rows, nor a name that is one, nor in what the API says of a refusal."""
    by = {
        "user_id": rows("user_id", IDS["user_id"], user_email="row@example.com"),
        "project_id": rows("project_id", IDS["project_id"], project_name="of row@example.com"),
        "api_key_id": rows("api_key_id", IDS["api_key_id"], api_key_name="row@example.com"),
    }
    refusal = Refusal("user_id", "ask admin@example.com")
    whole = report_of(by["user_id"], by=by, refusals=[refusal])
    for report in (whole, plain):
        named = report.with_names(NAMES)
        assert "example.com" in shown(render, named)
        for bare in (named.with_names(None, emails=False), report.with_names(NAMES, emails=False)):
            text = shown(render, bare)
            assert not re.search(r"example|@", text)
            assert "Amara Okafor" in text
            assert "user-bruno" in text
    assert "ask (address)" in shown(render, whole.with_names(None, emails=False)).replace("\\", "")


def shown(render: Callable[[Report], str], report: Report) -> str:
    """A form of the report; of a page its text."""
    text = render(report)
    return read_page(text).one("body").text if render is render_html else text


@pytest.mark.parametrize("render", FORMS)
def test_names_are_names_only(render: Callable[[Report], str]) -> None:
    """Whatever they are: no form has markup of theirs, or a character that is not seen."""
    text = render(owners_report().with_names(hostile_names()))
    assert {char for char in text if is_forbidden(char)} == set()
    if render is render_html:
        assert "<script" not in text
        assert EVIL in read_page(text).one("main").text
    if render is render_markdown:
        tables = [block for block in text.split("\n\n") if block.startswith("|")]
        for table in tables:
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1
        assert "evil.example" not in re.sub(r"(`+).*?\1", "", text)
    if render is render_terminal:
        assert max(map(cell_len, text.splitlines())) <= 80


def test_no_name_is_in_a_representation(report: Report) -> None:
    """As these end up in logs."""
    for value in (report, report.spends, report.spends[0].breakdowns):
        assert not re.search("example|Amara|backend|Search", repr(value))


def test_an_estimate_is_marked_in_every_form(report: Report) -> None:
    """As such, beside the reason; the other breakdowns are not."""
    by = {"api_key_id": rows("api_key_id", IDS["api_key_id"])}
    refusal = Refusal("api_key_id", "No.", is_estimated=True)
    estimated = report_of(by["api_key_id"], by=by, refusals=[refusal]).with_names(NAMES)
    assert "By API key, estimated ─" in render_terminal(estimated)
    assert "no API key, or not counted by it" in render_terminal(estimated)
    assert "## By API key, estimated\n" in render_markdown(estimated)
    headings = [heading.text for heading in read_page(render_html(estimated)).every("h3")]
    assert [text for text in headings if "estimated" in text] == ["By API key, estimated"]
    document = json.loads(render_json(estimated))
    found = document["spends"][0]["breakdowns"]
    assert {name: each["is_estimate"] for name, each in found.items()} == {
        "model": False,
        "line_item": False,
        "api_key_id": True,
    }
    assert document["refusals"] == [
        {"dimension": "api_key_id", "reason": "No.", "is_estimated": True, "is_of_archive": False}
    ]
    for render in FORMS:
        assert "figures are estimates" in " ".join(render(estimated).split())
        assert "estimated" not in render(report).replace("is_estimated", "")
