"""What an archive answers is what the API answered when it was read: row for row, whatever is asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import OPERATIONS, Operation, Request, UsageClient
from openai_org_usage.archive.archive import Archive
from openai_org_usage.archive.archive_table import ArchiveTable, default_tables
from openai_org_usage.emulator import Emulator, OrganizationSize
from openai_org_usage.errors import ArchiveCoverageError, ArchiveError, LookbackExceededError
from openai_org_usage.pagination.rules import Bucket

from ..conftest import DAY, MIDNIGHT, NOW
from ..contract.profiles import examples

pytest.importorskip("pyarrow")

FIRST = MIDNIGHT - 6 * DAY
HOURLY = (
    ArchiveTable.of("images", bucket_width="1h"),
    ArchiveTable.of("vector_stores", bucket_width="1h"),
    ArchiveTable.of("completions", bucket_width="1h", group_by=["project_id", "model"]),
)
BY_USER = ArchiveTable.of("costs", group_by=["project_id", "user_id", "api_source"])
Asked: TypeAlias = Request[object, Bucket, object]
DIMENSIONS = {name: each.parameter("group_by").allowed_values for name, each in OPERATIONS.items()}


@attrs.frozen
class Both:
    """The same moment of one organization, live and as it is kept."""

    live: UsageClient
    archive: Archive
    kept: UsageClient

    def asked(self, operation: str, **arguments: Any) -> tuple[Counter[str], Counter[str]]:
        """The rows of both answers, each with the number of its bucket; empty buckets count, too."""
        request = Asked.of(OPERATIONS[operation], arguments)
        live, kept = (Counter(map(str, rows_of(client, request))) for client in (self.live, self.kept))
        return live, kept


def rows_of(client: UsageClient, request: Asked) -> Iterator[object]:
    """The buckets and all rows of them, amounts without idle zeros."""
    for bucket in client.query(request):
        yield bucket.start_time, bucket.end_time
        for row in request.operation.row_type.of_bucket(bucket):
            yield {name: plain(value) for name, value in row.to_record().items()}


def plain(value: object) -> object:
    return value.normalize() if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A small organization, read from FIRST on."""
    size = OrganizationSize(projects=3, users=4, keys=5)
    archive = Archive(tmp_path_factory.mktemp("kept") / "archive", clock=lambda: NOW)
    with (
        Emulator(now=lambda: NOW, size=size) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: NOW) as live,
    ):
        archive.sync(live, tables=[*default_tables(), *HOURLY, BY_USER], since=FIRST, names=False)
        with archive.client() as kept:
            yield Both(live, archive, kept)


GROUPS = st.sampled_from(sorted(OPERATIONS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sets(st.sampled_from(DIMENSIONS[name])))
)


@given(
    asked=GROUPS,
    start=st.integers(0, 6),
    days=st.integers(1, 8) | st.none(),
    limit=st.sampled_from([None, 1, 3]),
    choice=st.randoms(use_true_random=False),
)
@examples(25, 2_000)
def test_it_answers_as_the_api(
    asked: tuple[str, set[str]], start: int, days: int | None, limit: int | None, choice: Any, both: Both
) -> None:
    """Every endpoint, by any of its dimensions and filters, from any day on, in pages of any size."""
    name, groups = asked
    if name == "costs" and not any(groups <= set(each.group_by) for each in (*default_tables(), BY_USER)):
        groups = {"line_item"}
    group_by = choice.sample(sorted(groups), len(groups))
    begin = FIRST + start * DAY
    arguments = {
        "start_time": begin,
        "end_time": None if days is None else begin + days * DAY,
        "group_by": group_by or None,
        "limit": limit,
        **filters(OPERATIONS[name], both, choice),
    }
    try:
        live, kept = both.asked(name, **arguments)
    except ArchiveCoverageError:
        assert name == "costs"  # Of which not all dimensions are kept together.
        return
    assert kept == live


def filters(operation: Operation, both: Both, choice: Any) -> dict[str, object]:
    """None, or some values of a dimension; also such as no row has."""
    every = [
        each for each in operation.parameters if each.name.removesuffix("s") in DIMENSIONS[operation.name]
    ]
    chosen = choice.choice([None, *every])
    if chosen is None:
        return {}
    dimension = chosen.name.removesuffix("s")
    if dimension == "batch":
        return {"batch": choice.choice([True, False])}
    if chosen.allowed_values:
        return {chosen.name: choice.sample(chosen.allowed_values, 2)}
    rows = both.kept.query(Asked.of(operation, {"start_time": FIRST, "group_by": [dimension]})).to_records()
    known = sorted({row[dimension] for row in rows if row[dimension] is not None})
    return {chosen.name: choice.sample([*known, "none such"], min(2, len(known) + 1))}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("images", {"bucket_width": "1h", "start_time": NOW - 30 * 3600 - NOW % 3600}),
        ("images", {"start_time": MIDNIGHT - DAY + 5 * 3600, "group_by": ["model"]}),
        ("images", {"start_time": MIDNIGHT - DAY, "end_time": MIDNIGHT + 7 * 3600}),
        ("images", {"start_time": MIDNIGHT - DAY, "end_time": NOW, "group_by": ["size"]}),
        ("completions", {"bucket_width": "1h", "start_time": "30h", "models": ["gpt-4o-2024-08-06"]}),
        ("vector_stores", {"start_time": MIDNIGHT - DAY + 5 * 3600}),
        ("vector_stores", {"start_time": MIDNIGHT - DAY + 5 * 3600, "group_by": ["project_id"]}),
        ("costs", {"start_time": MIDNIGHT - DAY + 5 * 3600, "end_time": MIDNIGHT + 7 * 3600}),
    ],
)
def test_hours_become_days(name: str, arguments: dict[str, Any], both: Both) -> None:
    """Where a range does not begin or end with a day, too; of levels the last counts."""
    live, kept = both.asked(name, **arguments)
    assert kept == live


def test_tables_are_the_same(both: Both) -> None:
    """Arrow gets the values of an archive as it gets those of the API."""
    live, kept = (
        client.costs(start_time=FIRST, group_by=["project_id"]).to_arrow().to_pylist()
        for client in (both.live, both.kept)
    )
    assert kept == live


def test_what_was_before_it_is_refused_as_the_api_refuses(both: Both) -> None:
    """The error names the earliest start, from which on the archive answers."""
    with pytest.raises(LookbackExceededError, match="the archive begins at 2026-11-14") as caught:
        list(both.kept.costs(start_time=FIRST - 1))
    assert caught.value.earliest_start == FIRST
    assert list(both.kept.costs(start_time=caught.value.earliest_start))


@pytest.mark.parametrize(
    ("name", "arguments", "remedy"),
    [
        ("costs", {"group_by": ["line_item", "api_source"]}, "--table costs --group-by line_item,api_source"),
        ("images", {"start_time": MIDNIGHT + 1800}, "a full hour"),
        ("images", {"bucket_width": "1m"}, "no buckets of 1m"),
        (
            "embeddings",
            {"bucket_width": "1h"},
            "this adds it: openai-org-usage sync .+ --table embeddings --width 1h",
        ),
        (
            "completions",
            {"bucket_width": "1h", "user_ids": ["user_1"]},
            "--table completions --width 1h --group-by user_id",
        ),
        ("images", {"start_time": MIDNIGHT + 3600, "extra_query": {"colours": "red"}}, "colours"),
    ],
)
def test_what_is_not_kept_is_said_with_what_would_keep_it(
    name: str, arguments: dict[str, Any], remedy: str, both: Both
) -> None:
    """A grouping, a width or a filter."""
    with pytest.raises(ArchiveCoverageError, match=remedy):
        list(getattr(both.kept, name)(**{"start_time": MIDNIGHT, **arguments}))


def test_lists_are_no_answers_of_it(both: Both) -> None:
    """The names are at another place."""
    with pytest.raises(ArchiveCoverageError, match="usage and costs alone"):
        list(both.kept.projects())


def test_nobody_is_kept_under_another_name(both: Both) -> None:
    """The error says who is."""
    with pytest.raises(ArchiveError, match="'acme'; there are: default"):
        both.archive.client(organization="acme")


def test_threads_share_it(both: Both) -> None:
    """Queries of several threads, several at once, get their own answers."""
    client = both.kept.with_options(concurrency=4)
    expected = {
        name: list(getattr(both.kept, name)(start_time=FIRST, limit=2)) for name in ("costs", "images")
    }
    found: list[bool] = []

    def ask(name: str) -> None:
        found.append(list(getattr(client, name)(start_time=FIRST, limit=2)) == expected[name])

    threads = [threading.Thread(target=ask, args=(name,)) for name in expected for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
