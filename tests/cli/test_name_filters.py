"""Filters by name on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator

from .conftest import Lists, Run
from .list_requests import RefusingKeys


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("--project Search", {"project_ids": ["proj_search_prod"]}),
        ("--project search --project 'Mobile app'", {"project_ids": ["proj_search_prod", "proj_mobile_app"]}),
        ("--project-ids proj_a --project Search", {"project_ids": ["proj_a", "proj_search_prod"]}),
        ("--user 'Amara Okafor' --user bruno@example.com", {"user_ids": ["user-amara", "user-bruno"]}),
    ],
)
def test_filters_take_names(line: str, asked: dict[str, list[str]], command: Run, emulator: Emulator) -> None:
    """And e-mail addresses; the API is asked for ids."""
    seen = len(emulator.requests)
    assert command(f"completions --last 1d {line}").code == 0
    queries = [r.query for r in emulator.requests[seen:] if r.path.endswith("/usage/completions")]
    assert queries
    for query in queries:
        for name, ids in asked.items():
            assert [value for key, value in query if key == name] == ids


@pytest.mark.parametrize(
    "line",
    [
        "--project proj_search_prod",
        "--user user-amara",
        "--user svc_acct_docs_pipeline",
        "--api-key key_search_prod",
        "--project-ids proj_search_prod --user-ids user-amara",
    ],
)
def test_ids_need_no_list(line: str, command: Run, lists: Lists, cache: Path) -> None:
    """Neither in their own options nor in those for names, also where nothing is sent."""
    assert command(f"completions --last 1d {line}").code == 0
    assert lists.asked() == 0
    assert not cache.exists()
    (request,) = command(f"completions --last 1d {line} --dry-run").requests
    assert set(line.split()) & {value for _, value in request}


@pytest.mark.parametrize(
    ("line", "noun", "meant"),
    [
        ("completions --last 1d --names --project-ids proj_serch_prod", "project", "proj_search_prod"),
        ("completions --last 1d --project Search --user user-amarra", "user", "user-amara"),
        ("key-costs --last 3d --names --project proj_serch_prod", "project", "proj_search_prod"),
        ("report --last 3d --api-key key_serch_prod --project Search", "API key", "key_search_prod"),
    ],
)
def test_an_id_in_no_list_is_told(line: str, noun: str, meant: str, command: Run) -> None:
    """Wherever lists are read: it may have been deleted, or mistyped in a job that nobody looks at."""
    said = command(line)
    assert said.code == 0
    assert f"note: the organization lists no {noun} '" in said.err
    assert f"(did you mean '{meant}'?); it may have been deleted" in said.err


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (
            "--project 'Data science'",
            "--project: 'Data science' may be any of proj_data_science, proj_sandbox: say which, or take all "
            "of them by --project-ids",
        ),
        (
            "--project Serch",
            "--project: nothing is called 'Serch' (close: proj_search_prod): give another name, or the id by "
            "--project-ids",
        ),
        ("--api-key ''", "--api-key: nothing is called '': give another name, or the id by --api-key-ids"),
        (
            "--project Search --dry-run",
            "--dry-run asks for no names: give the ids of projects, users and keys",
        ),
        ("--columns user_name", "user_name is there with --names only"),
        ("--sort user_name", "user_name is there with --names only"),
        (
            "--columns user_name --names",
            "completions: user_name stands beside user_id, never instead of it: name both",
        ),
        ("--columns user_id,user_email --no-emails", "--no-emails leaves user_email out"),
        ("--raw --names", "--raw gives the pages as they came, one a line: leave --names out"),
        ("--raw --no-emails", "--raw gives the pages as they came, one a line: leave --no-emails out"),
        ("--names-file names.json", "--names-file is for --names and for filters by name"),
    ],
)
def test_refusals(line: str, refusal: str, command: Run, emulator: Emulator) -> None:
    """In a line, before usage is asked for; no name is in it that was not typed."""
    seen = len(emulator.requests)
    said = command(f"completions --last 1d {line}")
    assert (said.code, said.out, said.err) == (2, "", f"error: {refusal}\n")
    assert not [request for request in emulator.requests[seen:] if "/usage/" in request.path]


def test_close_names_are_shown_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no log keeps them."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert "(close: 'Search' (proj_search_prod))" in command("completions --last 1d --project Serch").err


def test_only_lists_of_that_kind_matter_to_a_filter(command: Run) -> None:
    """A mistyped project is not blamed on keys that are missing; a key may be one of those."""
    transport = RefusingKeys("proj_search_prod")
    said = command("completions --last 1d --project Serch", transport=transport)
    assert said.code == 2
    assert "nothing is called 'Serch' (close: proj_search_prod)" in said.err
    said = command("completions --last 1d --api-key Nonesuch", transport=RefusingKeys("proj_search_prod"))
    assert said.code == 21
    assert "there are no names of the keys of 1 project" in said.err


def test_all_who_have_a_close_name_are_suggested(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never one of two as if it were the only one."""
    twice = "proj_data_science, proj_sandbox"
    assert f"(close: {twice})" in command("completions --last 1d --project 'Data scince'").err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "300")
    assert f" ({twice})" in command("completions --last 1d --project 'Data scince'").err


def test_a_name_in_place_of_an_id_is_noticed(command: Run) -> None:
    """Where nothing came, a note says which option takes names; not where ids are ids."""
    hint = "; 'Search' does not look like an id: --project takes names\n"
    assert command("completions --last 1d --project-ids Search").err.endswith(hint)
    said = command("completions --last 1d --project-ids proj_nobody")
    assert said.err.endswith("so there are no rows\n")
