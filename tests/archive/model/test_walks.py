"""The model-based test of the archive: random organizations, failures and times, and always the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from ...contract.profiles import amount
from .walk import TABLES, Walk
from .world import DAY, World

DAYS = amount(20, 220)
"""How many days a walk takes."""


@contextmanager
def walk_of(dice: Random, folder: Path, counts: Counter[str], *, days: int = 1) -> Generator[Walk]:
    """A walk that begins with an empty archive, of an organization that restates for at least so many days."""
    api_days = dice.randint(45, amount(50, 120))
    with World(dice, api_days=api_days, days=dice.randint(days, 8)) as world:
        tables = dice.sample(TABLES, k=dice.randint(1, 3))
        yield Walk(world, folder, tables=tables, dice=dice, counts=counts)


@pytest.mark.parametrize("seed", range(amount(2, 12)))
def test_with_a_wide_look_back_the_archive_is_what_a_full_pull_says(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Row for row, after each sync that has come to its end, for all that the archive has; an audit agrees."""
    dice = Random(seed)
    with walk_of(dice, tmp_path, counts) as walk:
        begin, world = walk.world.now, walk.world
        while world.now < begin + DAYS * DAY:
            lookback = world.days + dice.choice([0, 0, 0, 1, 5])
            for table in walk.sync(lookback=lookback, fails=dice.random() < 0.35):
                walk.check_same(table)
                if dice.random() < 0.1:
                    walk.audit(table, finished=True)
            world.pass_time()
        counts["simulated days"] += (world.now - begin) // DAY


@pytest.mark.parametrize("seed", range(1000, 1000 + amount(1, 4)))
def test_with_a_look_back_too_short_an_audit_finds_every_difference(
    seed: int, tmp_path: Path, counts: Counter[str]
) -> None:
    """Right after a sync, and before the next one, of what was over by then."""
    dice = Random(seed)
    with walk_of(dice, tmp_path, counts, days=3) as walk:
        begin, world = walk.world.now, walk.world
        while world.now < begin + DAYS * DAY:
            for table in walk.sync(lookback=1, fails=dice.random() < 0.2):
                walk.audit(table, finished=True)
            world.pass_time()
            for table in walk.tables:
                walk.audit(table, finished=False)
        counts["simulated days"] += (world.now - begin) // DAY
