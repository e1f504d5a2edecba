"""The command in a process of its own: what the system refuses, another writer, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Stall

from ...lines import LIMIT
from ..conftest import Said
from .kept_files import FEW, content

SCRIPT = Path(sys.executable).with_name("openai-org-usage")


@pytest.fixture
def present() -> Iterator[Emulator]:
    """The same with this machine's clock, for processes of their own."""
    with Emulator() as emulator:
        yield emulator


def script(emulator: Emulator, line: str, **more: Any) -> subprocess.Popen[str]:
    """The console script, in a process of its own."""
    keys = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    keys["PYTHONDONTWRITEBYTECODE"] = "1"  # Python would keep bytecode that a limit for files has cut off.
    return subprocess.Popen(
        [SCRIPT, *line.split()],
        env={**os.environ, **keys},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def ran(process: subprocess.Popen[str]) -> Said:
    """What a process left."""
    out, err = process.communicate(timeout=LIMIT)
    return Said(process.returncode, out, err)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no limits for processes")
def test_a_full_disk(present: Emulator, folder: Path) -> None:
    """What stood there still does, and the next sync goes on."""
    import resource

    def hold() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    said = ran(script(present, f"sync usage {FEW}", preexec_fn=hold))
    assert said.code == Exit.NOT_WRITTEN
    assert said.err == "error: usage cannot be written: file too large\n"
    assert ran(script(present, f"sync usage {FEW}")).code == 0


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="there is no folder that nobody may write to")
def test_a_folder_that_cannot_be_written(present: Emulator) -> None:
    """Not even by root."""
    said = ran(script(present, f"sync /sys/usage {FEW}"))
    assert said.code == Exit.NOT_WRITTEN
    assert said.err.startswith("error: /sys/usage cannot be written: ")
    assert not present.requests


def test_two_writers(present: Emulator, folder: Path) -> None:
    """The second is told; what the first does is not disturbed."""
    with open_storage("usage").writer_lock():
        said = ran(script(present, f"sync usage {FEW}"))
    assert (said.code, said.err) == (
        Exit.ARCHIVE_LOCKED,
        "error: usage is being written by another process\n",
    )
    assert not present.requests


def test_ctrl_c_keeps_what_is_complete(present: Emulator, folder: Path) -> None:
    """The first table is kept while the second is waited for; then it goes on."""
    present.faults = FaultPlan(Stall(), operations="images")
    process = script(present, f"sync usage {FEW} --table images")
    while not any(request.path.endswith("images") for request in list(present.requests)):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    said = ran(process)
    assert (said.code, said.out) == (Exit.INTERRUPTED, "")
    assert said.err == "error: interrupted; what was complete is kept, the next sync goes on\n"
    assert [name for name in content(folder) if name.endswith(".parquet")]
    present.faults = FaultPlan()
    assert ran(script(present, f"sync usage {FEW} --table images")).code == 0
