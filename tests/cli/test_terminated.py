"""Commands that are told to end do: by the signal that they were sent, and nothing half done is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Stall

from ..lines import LIMIT, Lines

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
PULL = "completions --start-time 2026-09-01 --end-time 2026-11-01 --limit 20 --concurrency 1 --verbose"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


@pytest.fixture
def stalled() -> Iterator[Emulator]:
    """An emulator that answers a first request, and nothing after it."""
    with Emulator(faults=FaultPlan([None, Stall(), Stall()])) as emulator:
        yield emulator


class Command:
    """A command under way."""

    def __init__(self, words: list[str], emulator: Emulator | None = None, *, ignoring: str = "") -> None:
        key = {}
        if emulator is not None:
            key = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
        trap = f'trap "" {ignoring}; ' if ignoring else ""
        self.process = subprocess.Popen(
            ["sh", "-c", f'{trap}exec "$@"', "sh", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **key},
        )
        assert self.process.stdout
        assert self.process.stderr
        self.out = Lines(self.process, self.process.stdout)
        self.err = Lines(self.process, self.process.stderr)

    def ended_by(self, *signals: signal.Signals) -> tuple[int, str]:
        """Send `signals`; the exit code and what was said afterwards."""
        for number in signals:
            self.process.send_signal(number)
        assert self.process.stdin
        code = self.process.wait(LIMIT)
        self.process.stdin.close()
        self.out.rest()
        return code, self.err.rest()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_pull_leaves_what_stood_there(
    how: signal.Signals, suffix: str, stalled: Emulator, tmp_path: Path
) -> None:
    """The hidden folder is gone; who waits for the process sees the signal, which a shell adds 128 to."""
    path = tmp_path / f"rows.{suffix}"
    path.write_text("old")
    command = Command([str(SCRIPT), *PULL.split(), "--output", str(path)], stalled)
    command.err.until("page 1 of completions")
    assert len(os.listdir(tmp_path)) == 2
    assert command.ended_by(how) == (-how, "")
    assert (os.listdir(tmp_path), path.read_text()) == ([path.name], "old")


@pytest.mark.parametrize("ignored", [signal.SIGHUP, signal.SIGINT])
def test_what_is_to_be_ignored_is_ignored(ignored: signal.Signals, stalled: Emulator, tmp_path: Path) -> None:
    """As `nohup` has it, and a shell for what runs in the background: another signal ends it."""
    words = [str(SCRIPT), *PULL.split(), "--output", str(tmp_path / "rows.csv")]
    command = Command(words, stalled, ignoring=ignored.name.removeprefix("SIG"))
    command.err.until("page 1 of completions")
    assert command.ended_by(ignored, signal.SIGTERM) == (-signal.SIGTERM, "")
    assert os.listdir(tmp_path) == []


def test_a_second_ctrl_c_is_no_traceback(stalled: Emulator, tmp_path: Path) -> None:
    """Wherever it comes: either the part is kept, or nothing is."""
    command = Command([str(SCRIPT), *PULL.split(), "--output", str(tmp_path / "rows.csv")], stalled)
    command.err.until("page 1 of completions")
    code, said = command.ended_by(signal.SIGINT, signal.SIGINT)
    assert code == 130
    assert "Traceback" not in said
    assert os.listdir(tmp_path) in ([], ["rows.part.csv"])


def test_what_a_killed_pull_left_goes_with_the_next(stalled: Emulator, tmp_path: Path) -> None:
    """Whoever is killed cannot tidy up; the next for the same file does."""
    words = [str(SCRIPT), *PULL.split(), "--output", str(tmp_path / "rows.csv")]
    command = Command(words, stalled)
    command.err.until("page 1 of completions")
    assert command.ended_by(signal.SIGKILL)[0] == -signal.SIGKILL
    assert [name.endswith(".staged") for name in os.listdir(tmp_path)] == [True]
    stalled.reset()
    assert Command(words, stalled).ended_by()[0] == 0
    assert os.listdir(tmp_path) == ["rows.csv"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_vendoring_leaves_no_folder(how: signal.Signals, tmp_path: Path) -> None:
    """Neither the hidden one nor those that were made above it."""
    code = (
        "import sys\nfrom openai_org_usage.vendoring import copying\n"
        "def wait(new, target):\n    print('staged', flush=True)\n    sys.stdin.read()\n"
        "copying.replace_tree = wait\n"
        "from openai_org_usage.cli import main\n"
        "main(['vendor', sys.argv[1]])"
    )
    command = Command([sys.executable, "-c", code, str(tmp_path / "src" / "acme")])
    command.out.until("staged")
    assert command.ended_by(how) == (-how, "")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 0)]
)
def test_the_emulator_is_quiet(how: signal.Signals, code: int) -> None:
    """Ctrl-C is how it is meant to be ended."""
    command = Command([str(SCRIPT), "emulator"])
    command.out.until("Press Ctrl-C")
    assert command.ended_by(how) == (code, "")
