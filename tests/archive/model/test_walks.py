"""CONTRACT.md 11: random organizations, failures and times, and always the same rows as the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from ...contract.profiles import amount
from .simulated_organization import DAY, SimulatedOrganization
from .walk import TABLES, Walk

DAYS = amount(10, 220)
"""How many days a walk takes."""
PAUSE = amount(4, 31)
"""How many days are at most between two syncs; the API goes back farther than that and two weeks."""


@contextmanager
def walk_of(dice: Random, folder: Path, counts: Counter[str], *, days: int = 1) -> Generator[Walk]:
    """A walk from an empty archive on, of an organization that restates for `days` at least."""
    api_days = dice.randint(PAUSE + 14, amount(20, 120))
    with SimulatedOrganization(dice, api_days=api_days, days=dice.randint(days, 8)) as simulated:
        tables = dice.sample(TABLES, k=dice.randint(1, amount(2, 3)))
        yield Walk(simulated, folder, tables=tables, dice=dice, counts=counts)


@pytest.mark.parametrize("seed", range(4, 4 + amount(1, 10)))
def test_with_a_wide_look_back_the_archive_is_what_a_full_pull_says(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Row for row, after each sync that has come to its end, of all that it has; an audit agrees."""
    dice = Random(seed)
    with walk_of(dice, tmp_path, counts) as walk:
        begin, simulated = walk.organization.now, walk.organization
        while simulated.now < begin + DAYS * DAY:
            lookback = simulated.days + dice.choice([0, 0, 0, 1, 5])
            since = simulated.now - dice.randrange(40 * DAY) if dice.random() < 0.2 else None
            for table in walk.sync(lookback=lookback, fails=dice.random() < 0.4, since=since):
                walk.check_same(table)
                walk.check_complete(table)
                if dice.random() < 0.1:
                    walk.check_idle(table, lookback=lookback)
                if dice.random() < 0.1:
                    walk.audit(table, finished=True)
            simulated.pass_time(days=PAUSE)
        counts["simulated days"] += (simulated.now - begin) // DAY


@pytest.mark.parametrize("seed", range(1002, 1002 + amount(1, 2)))
def test_with_a_look_back_too_short_an_audit_finds_every_difference(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Right after a sync, and before the next one, of what was over by then.

    A longer one at times makes good for that: then there is none.
    """
    dice = Random(seed)
    with walk_of(dice, tmp_path, counts, days=3) as walk:
        begin, simulated = walk.organization.now, walk.organization
        while simulated.now < begin + DAYS * DAY:
            is_wide = dice.random() < 0.2
            for table in walk.sync(lookback=simulated.days if is_wide else 1, fails=dice.random() < 0.2):
                walk.audit(table, finished=True)
                if is_wide:
                    walk.check_complete(table)
            simulated.pass_time(days=PAUSE)
            for table in walk.tables:
                walk.audit(table, finished=False)
        counts["simulated days"] += (simulated.now - begin) // DAY


@pytest.mark.parametrize("seed", range(2001, 2001 + amount(1, 2)))
def test_what_the_api_forgets_before_it_is_read_is_a_gap_and_all_else_is_kept(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Syncs come too seldom: what was read is what it was when it was read last."""
    dice = Random(seed)
    with walk_of(dice, tmp_path, counts) as walk:
        begin, simulated = walk.organization.now, walk.organization
        for _ in range(amount(8, 25)):
            lookback = simulated.days + dice.choice([0, 1])
            before = {table: walk.look(table).state for table in walk.tables}
            for table in walk.sync(lookback=lookback):
                walk.check_outlived(table, before[table], lookback=lookback)
                walk.check_complete(table)
            simulated.now += dice.randrange(
                dice.choice([3, simulated.api_days, 2 * simulated.api_days]) * DAY
            )
        counts["simulated days"] += (simulated.now - begin) // DAY
