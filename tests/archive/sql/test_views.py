"""What an archive says when it is asked by SQL: exact sums, names, and what has settled."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import sum_amounts
from openai_org_usage.emulator import Emulator

from ...conftest import DAY, MIDNIGHT, NOW
from ..world import MovingClock, World, client_of_organization, world_in
from .conftest import SINCE
from .connections import ask

duckdb: Any = pytest.importorskip("duckdb")
pa: Any = pytest.importorskip("pyarrow")
_SEVERAL = "EXPLAIN SELECT (SELECT name FROM projects AS p WHERE p.id = project_id) FROM completions"
"""What looks up one value, and complains of several."""


def test_sums_are_those_of_the_api(kept: World) -> None:
    """Exact to the last digit."""
    asked = kept.client.costs(start_time=SINCE, group_by=["project_id", "line_item"])
    (row,) = ask(kept.archive, "SELECT sum(amount_value), any_value(amount_currency) FROM costs")
    assert row == (sum_amounts(asked)["usd"], "usd")


def test_names_stand_beside_their_ids(kept: World) -> None:
    """As those of the rows of a query, and null where nobody knows one."""
    names = kept.archive.names()
    found = ask(
        kept.archive,
        "SELECT DISTINCT project_id, project_name, user_id, user_name, user_email, api_key_id, api_key_name "
        "FROM completions",
    )
    assert len(found) > 5
    for project, project_name, user, user_name, email, key, key_name in found:
        assert project_name == names.project_name(project)
        assert (user_name, email) == (names.user_name(user), names.user_email(user))
        assert key_name == names.api_key_name(key)
    assert any(row[-1] is None for row in found), "keys that were deleted before have no name"


def test_names_that_rows_bring_stand_in_for_those_that_no_list_has(
    tmp_path: Path, served_api: Emulator, moving_clock: MovingClock
) -> None:
    """Costs say what their project is called."""
    with world_in(tmp_path / "archive", served_api, moving_clock) as world:
        world.sync("costs", since=MIDNIGHT - DAY)
        rows = {row["project_id"]: row["project_name"] for row in world.rows("costs")}
        assert None not in rows.values()
        asked = "SELECT DISTINCT project_id, project_name FROM costs"
        assert dict(ask(world.archive, asked)) == rows
        world.archive.sync(world.client, tables=["costs"])
        names = {id: world.archive.names().project_name(id) or own for id, own in rows.items()}
        assert dict(ask(world.archive, asked)) == names


def test_a_deleted_key_keeps_its_name(copy: World) -> None:
    """Its last version has one."""
    path = copy.files("api_keys")[0]

    def close(table: Any) -> Any:
        ended = pa.array(
            [datetime(2026, 11, 20, tzinfo=UTC)] * table.num_rows, table.schema.field("last_seen").type
        )
        return table.set_column(table.schema.get_field_index("last_seen"), "last_seen", ended)

    asked = "SELECT count(DISTINCT api_key_name) FROM completions"
    before = ask(copy.archive, asked)
    copy.rewrite(path, close)
    assert ask(copy.archive, asked) == before != [(0,)]
    (closed,) = ask(copy.archive, "SELECT bool_and(last_seen IS NOT NULL) FROM api_keys")
    assert closed == (True,)


def test_the_last_version_of_an_item_says_its_name(copy: World) -> None:
    """Also where it has none: what an older one had is over."""

    def follow(table: Any) -> Any:
        later = {"first_seen": [datetime(2026, 12, 20, tzinfo=UTC)] * table.num_rows}
        columns = table.to_pydict() | later | {"name": [None] * table.num_rows}
        return pa.concat_tables([table, pa.table(columns, schema=table.schema)])

    asked = "SELECT count(user_name), count(user_id) FROM completions"
    ((names, ids),) = ask(copy.archive, asked)
    copy.rewrite(copy.files("users")[0], follow)
    assert names > 0
    assert ask(copy.archive, asked) == [(0, ids)]


def test_lists_are_joined(kept: World) -> None:
    """Names of look-ups that may give several rows, DuckDB would look up in every query, needed or not."""
    for asked in ("count(*)", "project_name, count(*)", "*"):
        plan = str(ask(kept.archive, f"EXPLAIN SELECT {asked} FROM completions GROUP BY ALL"))
        assert "SINGLE" not in plan.upper()
    assert "SINGLE" in str(ask(kept.archive, _SEVERAL)).upper(), "else it is called something else by now"


def test_complete_are_buckets_that_had_been_over_for_the_lookback(kept: World) -> None:
    """Ten days are, of three weeks and the running day."""
    found = ask(
        kept.archive,
        "SELECT complete, min(start_time), max(start_time) FROM costs GROUP BY complete ORDER BY complete",
    )
    last = MIDNIGHT - 11 * DAY
    moments = [(each, int(first.timestamp()), int(end.timestamp())) for each, first, end in found]
    assert moments == [(False, last + DAY, MIDNIGHT), (True, SINCE, last)]


def test_what_the_api_forgot_before_it_had_settled_is_never_complete(
    tmp_path: Path, served_api: Emulator, moving_clock: MovingClock
) -> None:
    """Neither after a gap, nor by a look-back that is longer than the one it was read with."""
    asked = "SELECT DISTINCT start_time FROM images WHERE complete"
    with world_in(tmp_path / "archive", served_api, moving_clock) as world:
        world.sync(since="20d", lookback="1d")
        for _ in range(3):
            moving_clock.now += 5 * DAY
            world.sync(lookback="1d")
        moving_clock.now += DAY
        world.sync(lookback="12d")
        complete = {int(start.timestamp()) for (start,) in ask(world.archive, asked)}
        assert max(complete) == MIDNIGHT + 3 * DAY
        moving_clock.now += 100 * DAY
        world.sync(lookback="12d")
        later = {int(start.timestamp()) for (start,) in ask(world.archive, asked)}
        assert {start for start in later if start < MIDNIGHT + 40 * DAY} == complete
        assert max(later) == MIDNIGHT + (116 - 13) * DAY


def test_what_is_kept_is_a_view_itself(kept: World) -> None:
    """How far each table goes, and how old it is."""
    found = ask(
        kept.archive,
        "SELECT table_name, organization, group_by, read_from, read_until, read_at, complete_until, months, "
        "rows FROM archive_tables ORDER BY ALL",
    )
    now = datetime.fromtimestamp(NOW, UTC)
    first = datetime.fromtimestamp(SINCE, UTC)
    (costs,) = (row for row in found if row[0] == "costs")
    (count,) = ask(kept.archive, "SELECT count(*) FROM costs")
    settled = datetime.fromtimestamp(NOW - 10 * DAY, UTC)
    assert costs == ("costs", "default", "project_id,line_item", first, now, now, settled, 2, *count)
    assert [row[0] for row in found] == ["api_keys", "completions", "costs", "projects", "users"]


def test_days_are_utc(kept: World) -> None:
    """Wherever one asks from."""
    found = ask(kept.archive, "SELECT DISTINCT date_trunc('day', start_time) = start_time FROM costs")
    assert found == [(True,)]


def test_several_organizations_are_told_apart(copy: World) -> None:
    """Their names do not mix, though the ids of their projects, users and keys are the same."""
    with client_of_organization("org-other", copy.clock) as other:
        copy.archive.sync(other, organization="other", tables=["costs"], names=False, since=MIDNIGHT)
    asked = "SELECT organization, count(*) > 0, count(DISTINCT month) FROM costs GROUP BY 1 ORDER BY 1"
    assert ask(copy.archive, asked) == [("default", True, 2), ("other", True, 1)]
    users = "SELECT DISTINCT organization FROM users"
    assert ask(copy.archive, users) == [("default",)]


def test_sums_beyond_the_digits_are_refused(kept: World) -> None:
    """And never wrong."""
    connection = kept.archive.duckdb()
    (one,) = connection.execute("SELECT sum(v) FROM (VALUES (99999999::DECIMAL(38,30))) t(v)").fetchone()
    assert one == Decimal(99999999)
    with pytest.raises(duckdb.OutOfRangeException, match=r"(?i)overflow"):
        connection.execute(
            "SELECT sum(v) FROM (SELECT 99999999::DECIMAL(38,30) AS v FROM range(3))"
        ).fetchall()
    connection.close()
