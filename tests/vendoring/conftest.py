"""Fixtures of the vendoring tests: what to copy, a copy to spoil, and the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from openai_org_usage.cli import main
from openai_org_usage.vendoring.contents import CopySource, installed
from openai_org_usage.vendoring.copying import vendor

from .versions import another_version


class Said(NamedTuple):
    """What a run of the command left."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """`openai-org-usage` with the given arguments, run in this process."""

    def run(*arguments: object) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def source() -> CopySource:
    """What is installed."""
    return installed()


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> CopySource:
    """What was installed long ago."""
    return another_version(tmp_path_factory.mktemp("older"), "0.0.1")


@pytest.fixture(scope="session")
def newer(tmp_path_factory: pytest.TempPathFactory) -> CopySource:
    """What will be installed some day."""
    return another_version(tmp_path_factory.mktemp("newer"), "99.0.0")


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """A folder of somebody's repository."""
    folder = tmp_path / "acme" / "_vendor"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def copy(dest: Path) -> Path:
    """An untouched copy of what is installed, in `dest`."""
    return vendor(dest)[0]
