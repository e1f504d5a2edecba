"""The Python of docs/data.md runs as it stands, and its table of types is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator
from openai_org_usage.tables.columns import columns_of
from openai_org_usage.tables.formats import BY_SUFFIX
from openai_org_usage.tables.literals import PLAIN_AT_MOST
from openai_org_usage.tables.schema import Decimals, columns_for, schema_of

from .reading import pa

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
TEXT = PAGE.read_text() if PAGE.is_file() else ""
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)

pytestmark = pytest.mark.skipif(not TEXT, reason="the page is not shipped")


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_python_block_runs(number: int, running_emulator: Emulator) -> None:
    """With a key and the emulator's address in the environment."""
    if "to_excel" in BLOCKS[number]:
        pytest.importorskip("openpyxl")
    keys = {"OPENAI_ADMIN_KEY": running_emulator.admin_key, "OPENAI_BASE_URL": running_emulator.base_url}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKS[number]],
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_types_named_are_the_types() -> None:
    """Each Arrow type that any endpoint has stands in the table."""
    schemas = [schema_of(columns_of(operation)) for operation in OPERATIONS.values()]
    types = {field.type for schema in schemas for field in schema}
    named = {
        "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
        "int64": pa.int64(),
        "bool": pa.bool_(),
        "decimal128(38, 30)": pa.decimal128(38, 30),
        "decimal128(38, 27)": pa.decimal128(38, 27),
        "dictionary<int32, string>": pa.dictionary(pa.int32(), pa.string()),
        "string": pa.string(),
    }
    assert set(named.values()) == types
    assert [name for name in named if f"| `{name}` |" not in TEXT] == []


def test_every_choice_of_decimals_is_named() -> None:
    """With the types that it means."""
    money = OPERATIONS["costs"]
    for choice in get_args(Decimals):
        columns = columns_for(money, ["amount_value"], decimals=choice)
        types = [str(field.type) for field in schema_of(columns, decimals=choice)]
        line = next(line for line in TEXT.splitlines() if line.startswith(f"| `{choice}`"))
        assert [kind for kind in types if f"`{kind.replace('double', 'float64')}`" not in line] == []


def test_the_longest_plain_number_is_named() -> None:
    """As `digits` has it."""
    assert f"more than {PLAIN_AT_MOST} characters" in " ".join(TEXT.split())


def test_every_suffix_is_named() -> None:
    """With the format that it means."""
    assert [suffix for suffix in BY_SUFFIX if f"`{suffix}`" not in TEXT] == []
