"""What cannot be done is refused in a sentence, nothing is lost, and the next sync goes on."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from openai_org_usage import (
    OPERATIONS,
    ArchiveError,
    ArchiveTable,
    BadRequestError,
    InvalidParameterError,
    OtherOrganizationError,
    PermissionDeniedError,
    ResponseDecodeError,
    ServerError,
)
from openai_org_usage.archive.archive_table import default_tables
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused, HtmlPage, LookbackExceeded, MissingScope, Status

from ..conftest import DAY, MIDNIGHT, NOW
from ..scripted import bucket, page, scripted
from .world import DAYS_SERVED, World

COSTS_BY_KEY = ArchiveTable.of("costs", group_by=["api_key_id"], name="costs_by_key")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lookback": "a week"}, "lookback: 'a week' is no span: write a whole number and h, d or w"),
        ({"lookback": "0d"}, "lookback: '0d' is no span"),
        (
            {"lookback": "366d"},
            "lookback: 366d is more than the year that the API goes back: take at most 365d",
        ),
        ({"since": "yesterday"}, "since: 'yesterday' is no time"),
        ({"since": "2026-12-24"}, "since: 2026-12-24 is ahead"),
        ({"organization": "../x"}, "organization: '../x' cannot be part of a path"),
        ({"organization": ""}, "organization: '' cannot be part of a path"),
        ({"tables": ["cost"]}, "there is no endpoint 'cost'"),
        ({"tables": [ArchiveTable.of("costs", name="a/b")]}, "tables: 'a/b' cannot be part of a path"),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_is_asked(
    world: World, options: dict[str, Any], said: str
) -> None:
    """The sentence says what to write."""
    with pytest.raises(InvalidParameterError, match=re.escape(said)):
        world.archive.sync(world.client, **options)
    assert world.asked == []
    assert not (world.folder / "manifest.json").exists()


def test_a_table_keeps_its_width_and_grouping(world: World) -> None:
    """Another one needs another name; the names of other tables are taken."""
    world.sync("images", since="2d")
    other = ArchiveTable.of("images", group_by=["model"], name="images")
    with pytest.raises(ArchiveError, match="the table images is kept with another width or grouping"):
        world.sync(other)
    with pytest.raises(ArchiveError, match="restatements is a table of its own: give this one another name"):
        world.sync(ArchiveTable.of("images", name="restatements"))


def test_a_table_can_be_asked_for_by_its_name(world: World) -> None:
    """Whether it is one of the usual ones, or one that is kept."""
    mine = ArchiveTable.of("images", group_by=["model"], name="mine")
    world.sync(mine, since="2d")
    assert [table.name for table in world.sync("mine", "images").tables] == ["mine", "images"]
    world.api.faults = FaultPlan(Status(400), operations=[name for name in OPERATIONS if name != "images"])
    names = [table.name for table in world.archive.sync(world.client, names=False, since="1d").tables]
    assert names == [*(table.name for table in default_tables()), "mine"]


def test_another_organization_needs_another_name(world: World) -> None:
    """Nothing of it is written under this one, and nothing is written for an audit either."""
    world.sync("images", since="2d")
    before = world.snapshot()
    nothing = page(bucket(9) | {"results": []})
    answer = httpx.Response(200, json=nothing, headers={"openai-organization": "org-other"})
    said = "the key is of the organization org-other; what is kept as default is of org-emulated"
    client, _ = scripted(answer, answer, clock=world.clock)
    with client:
        with pytest.raises(OtherOrganizationError, match=said):
            world.archive.sync(client, tables=["completions"], names=False, since="3d")
        with pytest.raises(OtherOrganizationError, match=said):
            world.archive.audit(client)
    assert world.snapshot() == before


def test_a_table_that_is_refused_stops_no_other(world: World) -> None:
    """It is noted, and asked for again the next time."""
    world.api.faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    result = world.sync(COSTS_BY_KEY, "images", since="2d")
    refused, given = result.tables
    assert refused.refused is not None
    assert refused.refused.startswith(
        "costs: status 400: Invalid 'group_by': grouping by 'api_key_id' is not"
    )
    assert (refused.rows, refused.requests, given.refused) == (0, 1, None)
    assert world.archive.manifest().organizations["default"].tables["costs_by_key"].refused == refused.refused
    before = world.snapshot()
    assert world.sync(COSTS_BY_KEY, "images").files_written == 0
    assert world.snapshot() == before
    world.api.reset()
    assert world.sync(COSTS_BY_KEY, "images", since="2d").tables[0].refused is None
    assert world.archive.manifest().organizations["default"].tables["costs_by_key"].refused is None


def test_a_table_that_is_refused_before_a_moment_is_kept_from_there(world: World) -> None:
    """All of it, from the first whole day, at the first reading and at one that asks for more."""
    first = int(world.clock.now) // 86_400 * 86_400 - 20 * 86_400
    fault = GroupingRefused("api_key_id", before=first - 3600)
    world.api.faults = FaultPlan(fault, operations="costs")
    for options in ({}, {"since": "30d"}):
        (by_key,) = world.sync(COSTS_BY_KEY, **options).tables
        assert (by_key.refused, by_key.gaps) == (None, ())
        assert world.archive.manifest().organizations["default"].tables["costs_by_key"].read_from == first
    served = world.client.query(COSTS_BY_KEY.request(start_time=first)).to_records()
    kept = sorted(str(row["amount_value"]) for row in world.rows("costs_by_key"))
    assert kept == sorted(str(row["amount_value"]) for row in served)


@pytest.mark.parametrize(
    ("fault", "error"), [(MissingScope(), PermissionDeniedError), (Status(400), BadRequestError)]
)
def test_where_everything_is_refused_there_is_no_archive(
    world: World, fault: Any, error: type[Exception]
) -> None:
    """The refusal says why."""
    world.api.faults = FaultPlan(fault)
    with pytest.raises(error):
        world.sync("images", "vector_stores")
    assert not (world.folder / "manifest.json").exists()


def test_where_nothing_can_be_read_there_is_no_archive(world: World) -> None:
    """As behind a page to log in on."""
    world.api.faults = FaultPlan(HtmlPage())
    with pytest.raises(ResponseDecodeError, match="images"):
        world.sync("images", "vector_stores")
    assert not (world.folder / "manifest.json").exists()


def test_answers_that_cannot_be_read_stop_no_other_table(world: World) -> None:
    """The error comes in the end."""
    world.api.faults = FaultPlan(HtmlPage(), operations="images")
    with pytest.raises(ResponseDecodeError, match="images"):
        world.sync("images", "vector_stores", since="2d")
    assert [path.parts[-4] for path in world.files()] == ["table=vector_stores"]


def test_a_clock_that_went_back_reads_nothing(world: World) -> None:
    """What is newer would be replaced by what is older; some minutes do not matter."""
    world.sync("images", since="2d")
    world.clock.now -= 200
    world.sync("images")
    world.clock.now -= 3600
    world.api.reset()
    said = "the clock went back: it is 2026-11-20T14:26:40Z, and the archive was read at 2026-11-20T15:26:40Z"
    with pytest.raises(ArchiveError, match=said):
        world.sync("images")
    assert world.asked == []


def test_an_api_that_names_no_earliest_start_goes_back_a_year(world: World) -> None:
    """That is what it is said to keep."""
    world.client = world.client.with_options(concurrency=1)
    world.api.faults = FaultPlan([LookbackExceeded(naming="nothing")])
    assert world.sync("images").tables[0].requests == 4
    starts = [MIDNIGHT - days * DAY for days in (400, 364, DAYS_SERVED, DAYS_SERVED)]
    assert [asked["start_time"] for asked in world.asked] == list(map(str, starts))


def test_what_is_no_archive_is_said_to_be_none(world: World) -> None:
    """A folder of something else is not written to."""
    with pytest.raises(ArchiveError, match="is no archive"):
        world.archive.manifest()
    with pytest.raises(ArchiveError, match="is no archive"):
        world.archive.audit(world.client)
    world.folder.mkdir()
    (world.folder / "letter.txt").write_text("dear")
    with pytest.raises(ArchiveError, match="is no archive, and is not empty"):
        world.sync()


def test_an_audit_goes_on_without_a_table_that_is_refused(world: World) -> None:
    """It is noted, as a sync does; other errors end it."""
    world.sync("images", "vector_stores", since="2d")
    world.api.faults = FaultPlan(Status(400), operations="images")
    images, stores = world.archive.audit(world.client).tables
    assert images.refused is not None
    assert images.refused.startswith("images: status 400")
    assert (images.start, images.rows) == (None, 0)
    assert (stores.start, stores.rows, stores.refused) == (MIDNIGHT - DAY, 12, None)
    world.api.faults = FaultPlan(Status(500), operations="images")
    with pytest.raises(ServerError):
        world.archive.audit(world.client)


def test_an_audit_of_nothing_says_so(world: World) -> None:
    """By the name of the organization."""
    world.sync("images", since="2d")
    with pytest.raises(ArchiveError, match="nothing is kept of an organization called other"):
        world.archive.audit(world.client, organization="other")


def test_a_look_back_of_a_year_is_the_longest(world: World) -> None:
    """As long as the API goes back."""
    assert world.sync("vector_stores", lookback="365d").rows > 0
    assert world.archive.manifest().organizations["default"].tables["vector_stores"].read_at == NOW
