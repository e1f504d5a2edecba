"""Names outlive what has them: each list is kept with what it said of an item, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from openai_org_usage import Archive, PermissionDeniedError, RetryPolicy, UsageClient

from ..conftest import DAY, NOW
from ..directory.organizations import SCOPE, Organization, OrganizationTransport

pq: Any = pytest.importorskip("pyarrow.parquet")
ADMIN_KEY = "sk-admin-lists"
TABLES = {"projects": "projects", "users": "users", "api_keys": "project_api_keys"}
"""Each list of the archive, and what the lists of the API are called that have its items."""


@attrs.define(eq=False)
class Lists:
    """The lists of an organization, which a test changes, and an archive of them."""

    folder: Path
    organization: Organization
    transport: OrganizationTransport
    client: UsageClient
    now: float = NOW
    archive: Archive = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.archive = Archive(self.folder)

    def sync(self, *, later: float = DAY) -> int:
        """Read the lists some time later; how many files were written."""
        self.now += later
        return self.archive.sync(self.client, tables=[]).files_written

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What is kept of a list."""
        path = self.folder / f"table={table}" / "organization=default" / "month=all" / "data.parquet"
        rows: list[dict[str, Any]] = pq.ParquetFile(path).read().to_pylist()
        return rows

    def versions(self, table: str, id: str) -> list[dict[str, Any]]:
        """What is kept of an item."""
        return [row for row in self.rows(table) if row["id"] == id]

    def item(self, table: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """A list that has items of `table`, and one of them that has a name."""
        lists = {
            "projects": [self.organization.lists["projects"]],
            "users": [self.organization.lists["users"]],
            "api_keys": [
                self.organization.lists[f"{id}/api_keys"]
                for id in self.organization.project_names
                if id not in self.organization.archived
            ],
        }
        found = [(items, item) for items in lists[table] for item in items if item["name"]]
        return found[-1]


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Lists]:
    """An organization whose lists were never read."""
    organization = Organization(3, projects=4, users=6, keys=12, is_as_large=True)
    transport = OrganizationTransport(organization)
    made: list[Lists] = []
    with UsageClient(
        admin_key=ADMIN_KEY,
        transport=transport,
        clock=lambda: made[0].now,
        retry=RetryPolicy(max_retries=0),
    ) as client:
        made.append(Lists(tmp_path / "archive", organization, transport, client))
        yield made[0]


def day(number: int) -> datetime:
    """The moment of the sync with that number, from 1."""
    return datetime.fromtimestamp(NOW + number * DAY, UTC)


def seen(version: dict[str, Any]) -> tuple[object, ...]:
    return version["name"], version["name_before"], version["first_seen"], version["last_seen"]


@pytest.mark.parametrize("table", TABLES)
def test_a_renamed_item_has_a_version_for_each_name(table: str, lists: Lists) -> None:
    """The old one ends with the last reading that saw it, and the new one knows it."""
    _, item = lists.item(table)
    old = item["name"]
    lists.sync()
    lists.sync()
    item["name"] = "renamed"
    lists.sync()
    assert [seen(version) for version in lists.versions(table, item["id"])] == [
        (old, None, day(1), day(2)),
        ("renamed", old, day(3), None),
    ]
    names = lists.archive.names()
    named = {"projects": names.project_name, "users": names.user_name, "api_keys": names.api_key_name}
    assert named[table](item["id"]) == "renamed"


@pytest.mark.parametrize("table", ["users", "api_keys"])
def test_a_deleted_item_keeps_its_name_and_one_that_comes_back_begins_anew(table: str, lists: Lists) -> None:
    """In between it was in no list."""
    items, item = lists.item(table)
    if table == "users":  # Or its keys still tell of it.
        for name, keys in lists.organization.lists.items():
            if name.endswith("/api_keys"):
                keys[:] = [key for key in keys if item["id"] not in str(key["owner"])]
    lists.sync()
    items.remove(item)
    lists.sync()
    assert [seen(version) for version in lists.versions(table, item["id"])] == [
        (item["name"], None, day(1), day(1))
    ]
    names = lists.archive.names()
    assert (names.users if table == "users" else names.api_keys)[item["id"]].name == item["name"]
    items.append(item)
    lists.sync()
    assert [seen(version)[2:] for version in lists.versions(table, item["id"])] == [
        (day(1), day(1)),
        (day(3), None),
    ]


@pytest.mark.parametrize(
    ("refused", "refusal"),
    [
        ("users", (403, SCOPE)),
        ("projects", (403, SCOPE)),
        ("project_api_keys", (403, SCOPE)),
        ("project_api_keys", (404, "Not here")),
    ],
)
def test_what_may_not_be_listed_is_not_gone(refused: str, refusal: tuple[int, str], lists: Lists) -> None:
    """A key that has lost a scope sees nothing, and nothing is concluded from that."""
    lists.sync()
    before = lists.archive.names()
    lists.transport.refusals[refused] = refusal
    lists.sync()
    for table in TABLES:
        assert {row["last_seen"] for row in lists.rows(table)} == {None}
    assert lists.archive.names().api_keys == before.api_keys


def test_the_keys_of_an_archived_project_are_not_gone(lists: Lists) -> None:
    """The API may refuse its list, as it is archived."""
    project = next(
        id for id in lists.organization.project_names if lists.organization.lists[f"{id}/api_keys"]
    )
    key = lists.organization.lists[f"{project}/api_keys"][0]
    lists.sync()
    entry = next(each for each in lists.organization.lists["projects"] if each["id"] == project)
    entry |= {"status": "archived", "archived_at": 1}
    lists.organization.archived.add(project)
    lists.organization.lists[f"{project}/api_keys"].clear()
    lists.sync()
    assert [version["last_seen"] for version in lists.versions("api_keys", key["id"])] == [None]
    was, is_now = lists.versions("projects", project)
    assert (was["is_archived"], is_now["is_archived"], is_now["first_seen"]) == (False, True, day(2))
    assert is_now["name_before"] is None


def test_lists_are_read_once_a_day_and_unchanged_ones_are_not_written(lists: Lists) -> None:
    """Also when a day is some hours short. The manifest says when, and nothing else changes."""
    lists.sync()
    pages = lists.transport.pages
    assert lists.sync(later=20 * 3600 - 1) == 0
    assert lists.transport.pages == pages
    files = {path: path.stat().st_mtime_ns for path in lists.folder.rglob("data.parquet")}
    assert lists.sync(later=1) == 1  # The manifest.
    assert lists.transport.pages > pages
    assert {path: path.stat().st_mtime_ns for path in lists.folder.rglob("data.parquet")} == files
    assert lists.archive.names().read_at == lists.now


def test_what_is_known_better_is_no_other_version(lists: Lists) -> None:
    """An address that a list tells later belongs to the same item."""
    _, item = lists.item("users")
    email = item.pop("email")
    for name, keys in lists.organization.lists.items():
        if name.endswith("/api_keys"):
            keys.clear()
    lists.sync()
    item["email"] = email or "late@example.org"
    lists.sync()
    (version,) = lists.versions("users", item["id"])
    assert (version["email"], version["first_seen"], version["last_seen"]) == (item["email"], day(1), None)
    item["email"] = None
    lists.sync()
    assert lists.versions("users", item["id"]) == [version]


def test_names_can_be_left_out(lists: Lists) -> None:
    """Then no list is read, and nobody has a name."""
    lists.archive.sync(lists.client, tables=[], names=False)
    assert lists.transport.pages == 0
    assert not lists.archive.names().projects


def test_an_error_of_a_list_is_raised(lists: Lists) -> None:
    """What was read before is kept."""
    lists.sync()
    lists.transport.refusals["users"] = (403, "Missing scopes: api.management.read, and more")
    lists.transport.refusals["projects"] = (500, "down")
    with pytest.raises(Exception, match="down") as failed:
        lists.sync()
    assert not isinstance(failed.value, PermissionDeniedError)
    assert lists.archive.names().projects
