"""An archive of three weeks, to be asked or to be changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator

from ...conftest import DAY, MIDNIGHT
from ..world import MovingClock, World, world_in

SINCE = MIDNIGHT - 22 * DAY
"""In the month before."""


@pytest.fixture(scope="package")
def kept(
    tmp_path_factory: pytest.TempPathFactory, served_api: Emulator, moving_clock: MovingClock
) -> Iterator[World]:
    """A world whose archive has costs and completions of three weeks, and names."""
    with world_in(tmp_path_factory.mktemp("kept") / "archive", served_api, moving_clock) as world:
        world.archive.sync(world.client, tables=["costs", "completions"], since=SINCE)
        yield world


@pytest.fixture
def copy(kept: World, tmp_path: Path) -> World:
    """The same, to be changed."""
    folder = tmp_path / "copy"
    shutil.copytree(kept.folder, folder)
    return World(kept.api, kept.clock, kept.client, folder)
