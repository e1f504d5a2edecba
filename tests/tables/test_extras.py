"""Without an optional library, what needs it says how to install it, and all else works."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from openai_org_usage.emulator import Emulator
from openai_org_usage.installation import install_command

CALL = """
import asyncio, io, sys
for name in {blocked}:
    sys.modules[name] = None
from openai_org_usage import AsyncUsageClient, UsageClient
from openai_org_usage import MissingExtraError

def main():
    with UsageClient() as client:
        query = client.costs(start_time="3d")
        {statement}

async def amain():
    async with AsyncUsageClient() as client:
        query = client.costs(start_time="3d")
        await ({statement})

try:
    {run}
except MissingExtraError as error:
    assert isinstance(error, ImportError)
    print(error.name, error.extra, error)
"""
NEEDS = {
    "query.to_arrow()": "arrow",
    "query.to_reader()": "arrow",
    "query.__arrow_c_stream__()": "arrow",
    "query.write(io.BytesIO(), format='parquet')": "arrow",
    "query.write(io.BytesIO(), format='arrow')": "arrow",
    "query.to_polars()": "polars",
    "query.to_pandas()": "pandas",
}
ASYNC = [name for name in NEEDS if "reader" not in name and "stream" not in name]
LIBRARY = {"arrow": "pyarrow", "polars": "polars", "pandas": "pandas"}


def said(statement: str, blocked: list[str], emulator: Emulator, *, run: str = "main()") -> str:
    """What a program prints that cannot import `blocked`."""
    code = CALL.format(statement=statement, blocked=blocked, run=run)
    keys = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("statement", NEEDS)
def test_a_missing_library_is_named_with_its_extra(statement: str, running_emulator: Emulator) -> None:
    """Before anything is sent."""
    extra = NEEDS[statement]
    library = LIBRARY[extra]
    before = len(running_emulator.requests)

    message = said(statement, [library], running_emulator)

    assert message.startswith(f"{library} {extra} ")
    assert message.endswith(install_command(extra))
    assert len(running_emulator.requests) == before


@pytest.mark.parametrize("statement", ASYNC)
def test_a_missing_library_is_named_by_the_asynchronous_query(
    statement: str, running_emulator: Emulator
) -> None:
    """In the same words."""
    message = said(statement, [LIBRARY[NEEDS[statement]]], running_emulator, run="asyncio.run(amain())")
    assert message.endswith(install_command(NEEDS[statement]))


def test_records_and_text_need_no_library(running_emulator: Emulator) -> None:
    """On the three dependencies alone."""
    statement = "print(len(query.to_records()) > 0, *(query.write(io.BytesIO(), format=f) > 0 for f in {}))"
    formats = ["csv", "ndjson", "json"]
    assert (
        said(statement.format(formats), [*LIBRARY.values(), "numpy"], running_emulator)
        == "True True True True"
    )
