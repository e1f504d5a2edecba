"""Rows with names, by `query.rows(names=...)` of both clients."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

from openai_org_usage import (
    InvalidParameterError,
    NamedKey,
    NamedProject,
    NamedRow,
    NamedUser,
    NameLookup,
    Names,
    UsageClient,
    sum_amounts,
)
from openai_org_usage.emulator import Emulator

from .scripted import START, bucket, page, result, scripted, scripted_async

NAMES = Names(
    projects={"proj_a": NamedProject(id="proj_a", name="Search")},
    users={"user-a": NamedUser(id="user-a", name="Ada", email="ada@example.org")},
    api_keys={"key_a": NamedKey(id="key_a", name="nightly")},
)
KNOWN = result(project_id="proj_a", user_id="user-a", api_key_id="key_a", project_name="search (old)")
UNKNOWN = result(project_id="proj_b", user_id="user-b", project_name="Sandbox", user_email="b@example.org")
ANSWER = page(bucket(0, KNOWN, UNKNOWN, result()))


def test_names_are_looked_up_or_those_of_the_row() -> None:
    """None where nobody knows one. The rows themselves are as without names."""
    client, _ = scripted(ANSWER, ANSWER)
    query = client.completions(start_time=START)
    rows = list(query.rows(names=NAMES))
    assert [(row.project_name, row.user_name, row.user_email, row.api_key_name) for row in rows] == [
        ("Search", "Ada", "ada@example.org", "nightly"),
        ("Sandbox", None, "b@example.org", None),
        (None, None, None, None),
    ]
    assert [row.row for row in rows] == list(query.rows())


def test_the_asynchronous_query_has_the_same() -> None:
    """Row by row."""
    client, _ = scripted(ANSWER)
    other, _ = scripted_async(ANSWER)

    async def read() -> list[Any]:
        async with other:
            return [row async for row in other.completions(start_time=START).rows(names=NAMES)]

    assert asyncio.run(read()) == list(client.completions(start_time=START).rows(names=NAMES))


def test_a_record_has_names_after_their_ids() -> None:
    """Each once; all else is as in the record of the row."""
    client, _ = scripted(ANSWER)
    (row, *_) = client.completions(start_time=START).rows(names=NAMES)
    record = row.to_record()
    columns = list(record)
    at = columns.index("project_id")
    assert columns[at : at + 7] == [
        "project_id",
        "project_name",
        "user_id",
        "user_name",
        "user_email",
        "api_key_id",
        "api_key_name",
    ]
    assert (record["project_name"], record["api_key_name"]) == ("Search", "nightly")
    plain = row.row.to_record()
    assert record.keys() - plain.keys() == {"user_name", "api_key_name"}
    changed = {name for name, value in plain.items() if record[name] != value}
    assert changed == {"project_name", "user_email"}


def test_named_rows_are_values() -> None:
    """They are compared, hashed and pickled with their names, which no representation shows."""
    client, _ = scripted(ANSWER, ANSWER)
    query = client.completions(start_time=START)
    first, second = (list(query.rows(names=NAMES)) for _ in range(2))
    assert first == second
    assert len({*first, *second}) == 3
    assert pickle.loads(pickle.dumps(first)) == first
    assert len(pickle.dumps(first[0])) < len(pickle.dumps((first[0].row, NAMES)))
    assert NamedRow(first[0].row, Names()) != first[0]
    assert first[0] != first[0].row
    assert "Ada" not in repr(first[0])
    held = repr(first[0].__reduce__())
    assert "FixedNames" in held
    assert "ada" not in held.casefold()
    assert repr(first[0]).startswith("NamedRow(UsageCompletionsRow(")


def test_sums_of_rows_are_as_without_names(emulator: Emulator, client: UsageClient) -> None:
    """To the last digit."""
    query = client.costs(start_time="30d", group_by=["line_item", "project_id"])
    named = [row.row for row in query.rows(names=NAMES)]
    assert len(named) > 100
    assert sum_amounts(named) == sum_amounts(query.rows())


@pytest.mark.parametrize("names", ["names.json", {"proj_1": "One"}, 5])
def test_what_has_no_names_is_refused(names: NameLookup) -> None:
    """When the first row is asked for, by the name of the argument, and without what was given."""
    client, script = scripted(ANSWER)
    query = client.completions(start_time=START)
    rows = query.rows(names=names)
    with pytest.raises(InvalidParameterError, match="names are such as those of client") as caught:
        next(rows)
    assert (caught.value.parameter, "names.json" in str(caught.value)) == ("names", False)
    with pytest.raises(InvalidParameterError):
        query.to_records(names=names)
    assert script.requests == []
