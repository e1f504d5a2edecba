"""docs/spark.md: its code runs, with a session that stands in for Spark, and its tables are complete."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

pytest.importorskip("pyspark.sql.datasource", reason="needs the extra spark")

from openai_org_usage.connectors.spark import OpenAIUsageReader, OpenAIUsageSource
from openai_org_usage.errors import ConfigurationError

from ..pages import blocks, pages

BLOCKS = blocks("python", page="spark")
pytestmark = pytest.mark.skipif(not BLOCKS, reason="the documentation is not shipped")


class StandIn:
    """What the page uses of a session. Frames take every call; the data source is the real one."""

    def __init__(self) -> None:
        self.dataSource = SimpleNamespace(register=self._register)
        self.conf: Any = MagicMock()
        self.readers: list[OpenAIUsageReader] = []
        self.read = self
        self._source: type[OpenAIUsageSource] | None = None
        self._options: dict[str, str] = {}

    def _register(self, source: type[OpenAIUsageSource]) -> None:
        self._source = source

    def format(self, name: str) -> StandIn:
        assert self._source is not None
        assert self._source.name() == name
        return self

    def option(self, name: str, value: str) -> StandIn:
        self._options[name] = value
        return self

    def options(self, **values: str) -> StandIn:
        self._options |= values
        return self

    def load(self) -> Any:
        """A frame, whose read has been planned."""
        assert self._source is not None
        source = self._source(self._options)
        reader = source.reader(source.schema())
        assert reader.partitions()
        self.readers.append(reader)
        frame = MagicMock()
        frame.month.__ge__.return_value = "a condition"
        return frame


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """delta-rs and the secret store, which are not installed."""
    written = MagicMock()
    monkeypatch.setitem(sys.modules, "deltalake", written)
    monkeypatch.setitem(sys.modules, "boto3", MagicMock())
    return written


def test_every_python_block_runs(written: MagicMock) -> None:
    """One after the other, as in a notebook; each read is planned."""
    spark = StandIn()
    names: dict[str, Any] = {"spark": spark}
    for block in BLOCKS:
        exec(compile(block.text, f"docs/spark.md:{block.line}", "exec"), names)
    assert len(spark.readers) == 3
    assert "month >= '" in written.write_deltalake.call_args.kwargs["predicate"]
    assert names["key_of"]("acme")


def test_the_table_has_every_option() -> None:
    """Those that a refusal lists."""
    with pytest.raises(ConfigurationError) as caught:
        OpenAIUsageSource({"endpoint": "costs", "other": ""}).schema()
    known = str(caught.value).partition("there are ")[2].split(", ")
    table = "".join(line for line in pages()["spark"].splitlines() if line.startswith("| `"))
    assert [name for name in known if f"`{name}`" not in table] == []
    assert set(re.findall(r"`(\w+|NAME\.\w+)`", "".join(re.findall(r"\| (`.*?) \|", table)))) <= {*known}
