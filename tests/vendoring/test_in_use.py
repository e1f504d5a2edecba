"""Copies read the emulator from wherever they are, under whatever name, beside one another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import UsageClient, __version__, sum_amounts
from openai_org_usage.emulator import Emulator
from openai_org_usage.vendoring.contents import CopySource
from openai_org_usage.vendoring.copying import vendor

from ..conftest import DAY, MIDNIGHT

START, END = MIDNIGHT - 3 * DAY, MIDNIGHT
NAMES = ("openai_org_usage", "spending", "_usage2")
READ = """
import asyncio, importlib, json, sys

base_url, key, start, end, *names = sys.argv[1:]
span = {"start_time": int(start), "end_time": int(end)}


async def images(package):
    async with package.AsyncUsageClient(admin_key=key, base_url=base_url) as client:
        return [row.images async for row in client.images(**span).rows()]


def read(name):
    package = importlib.import_module(name)
    with package.UsageClient(admin_key=key, base_url=base_url) as client:
        rows = list(client.completions(group_by=["model"], **span).rows())
        usd = package.sum_amounts(client.costs(**span).rows())["usd"]
    total = sum(row.input_tokens for row in rows)
    return [package.__version__, len(rows), total, str(usd), sum(asyncio.run(images(package)))]


def parts(name):
    package = importlib.import_module(name)
    return {package.UsageClient, package.Request, importlib.import_module(name + ".errors").OpenAIUsageError}


read_by = {name: read(name) for name in names}
distinct = len(set.union(*map(parts, names))) == 3 * len(names)
print(json.dumps([read_by, distinct, sorted(sys.modules)]))
"""


def read_through(names: list[str], *, cwd: Path, emulator: Emulator) -> tuple[dict[str, Any], list[str]]:
    """What each package reads, all in one process that starts in `cwd`; and the modules loaded."""
    arguments = [emulator.base_url, emulator.admin_key, str(START), str(END), *names]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", READ, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read_by, distinct, modules = json.loads(done.stdout)
    assert distinct
    return read_by, modules


@pytest.fixture(scope="session")
def expected(client: UsageClient) -> list[Any]:
    """What the installed package reads."""
    completions = client.completions(start_time=START, end_time=END, group_by=["model"])
    rows = list(completions.rows())
    usd = sum_amounts(client.costs(start_time=START, end_time=END).rows())["usd"]
    images = sum(row.images for row in client.images(start_time=START, end_time=END).rows())
    return [len(rows), sum(row.input_tokens for row in rows), str(usd), images]


@pytest.mark.parametrize("parents", [(), ("acme",), ("acme", "billing", "_vendor")], ids=len)
def test_three_names_at_one_depth_read_the_emulator(
    parents: tuple[str, ...], tmp_path: Path, emulator: Emulator, expected: list[Any]
) -> None:
    """Side by side in one process, at each of three depths, without the installed package."""
    folder = tmp_path
    for parent in parents:
        folder = folder / parent
        folder.mkdir()
        (folder / "__init__.py").touch()
    for name in NAMES:
        vendor(folder, name=name)
    packages = [".".join([*parents, name]) for name in NAMES]
    read_by, modules = read_through(packages, cwd=tmp_path, emulator=emulator)
    assert read_by == {package: [__version__, *expected] for package in packages}
    strangers = [name for name in modules if name.startswith("openai_org_usage")]
    assert all(not parents and name.split(".")[0] == "openai_org_usage" for name in strangers)
    assert "openai_org_usage_generated" not in modules


def test_a_copy_works_beside_an_installed_other_version(
    tmp_path: Path, older: CopySource, emulator: Emulator, expected: list[Any]
) -> None:
    """One process reads through both; they share no class."""
    vendor(tmp_path / "acme", source=older)
    names = ["openai_org_usage", "acme.openai_org_usage"]
    read_by, modules = read_through(names, cwd=tmp_path, emulator=emulator)
    assert read_by == {names[0]: [__version__, *expected], names[1]: ["0.0.1", *expected]}
    assert "openai_org_usage_generated" in modules
