"""A small organization and its archive, to ask one or the other."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import attrs
import pytest

from openai_org_usage import Archive, ArchiveTable, UsageClient
from openai_org_usage.emulator import Emulator, OrganizationSize

from ...conftest import NOW
from ..conftest import Run, Said

pytest.importorskip("pyarrow")

TABLES: list[ArchiveTable | str] = [
    "costs",
    "costs_by_key",
    "completions",
    "vector_stores",
    ArchiveTable.of("costs", group_by=["user_id"]),
]


@attrs.frozen
class Kept:
    """A small organization, live and as it was read at NOW."""

    folder: Path
    api: Emulator


@pytest.fixture(scope="package")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("archived") / "archive"
    size = OrganizationSize(projects=3, users=4, keys=5)
    with (
        Emulator(now=lambda: NOW, size=size, lookback_days=58) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: NOW) as client,
    ):
        Archive(folder).sync(client, tables=TABLES)
        yield Kept(folder, api)


@pytest.fixture
def live(kept: Kept, command: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Said]:
    """Runs a command that asks the API."""

    def run(line: str) -> Said:
        with monkeypatch.context() as patch:
            patch.setenv("OPENAI_ADMIN_KEY", kept.api.admin_key)
            patch.setenv("OPENAI_BASE_URL", kept.api.base_url)
            return command(line)

    return run


@pytest.fixture
def archived(kept: Kept, command: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs a command with `--archive`, without a key, and where nothing can be reached."""

    def run(line: str, *, now: float = NOW) -> Said:
        with monkeypatch.context() as patch:
            patch.delenv("OPENAI_ADMIN_KEY")
            patch.delenv("OPENAI_BASE_URL")
            patch.setattr(socket.socket, "connect", _unreachable)
            patch.setattr(socket, "getaddrinfo", _unreachable)
            return command(f"{line} --archive {kept.folder}", now=now)

    return run


def _unreachable(*_: object) -> NoReturn:
    raise AssertionError("an archive asked the network")
