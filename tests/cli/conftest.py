"""Fixtures of the command's tests: the command in this process, with the emulator to ask."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from openai_org_usage.cli import main
from openai_org_usage.cli.context import CommandContext
from openai_org_usage.emulator import Emulator

from ..conftest import NOW


class Said(NamedTuple):
    """What a run of the command left."""

    code: int
    out: str
    err: str

    @property
    def requests(self) -> list[list[tuple[str, str]]]:
        """The queries of the curl commands that --dry-run printed, as names and values."""
        commands = [shlex.split(line) for line in self.out.splitlines() if line.startswith("curl ")]
        return [parse_qsl(urlsplit(words[-1]).query) for words in commands]


class Run:
    """`openai-org-usage` with words as a shell would give them, its clock standing still."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(
        self,
        line: str,
        *,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
        now: float = NOW,
    ) -> Said:
        """Run it with the words in `line`."""
        code = main(shlex.split(line), context=CommandContext(clock=lambda: now, transport=transport))
        said = self._capture.readouterr()
        return Said(code, said.out, said.err)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands keep names: one of this test, and not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))  # Without a configuration.
    return tmp_path / ".cache" / "openai-org-usage"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with the emulator's key and address in the environment."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
    monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
    monkeypatch.setenv("COLUMNS", "80")
    return Run(capsys)


class Lists:
    """How often lists were asked for since the last time."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._seen = len(emulator.requests)

    def asked(self) -> int:
        new = self._emulator.requests[self._seen :]
        self._seen += len(new)
        return sum("/usage/" not in request.path and "/costs" not in request.path for request in new)


@pytest.fixture
def lists(emulator: Emulator) -> Lists:
    return Lists(emulator)
