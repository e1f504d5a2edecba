"""Standard streams that are closed, full or gone: data comes where it can, and the exit code is right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator

from ..contract.profiles import LONG
from ..pages import ROOT
from .streams import FULL, KINDS, LIMIT, Kind, Left, left_by

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
MODULE = f"{sys.executable} -X dev -W error -m"
PULL = "completions --start-time 2026-08-01 --end-time 2026-11-01 --bucket-width 1h --group-by model"
LINES = [
    f"{SCRIPT} costs --start-time 2026-11-10 --end-time 2026-11-13",
    f"{SCRIPT} {PULL} --format ndjson",
    f"{SCRIPT} costs --start-time 2026-11-10 --end-time 2026-11-13 --output {{folder}}/rows.csv",
    f"{SCRIPT} costs --start-time 2026-11-10 --end-time 2026-11-13 --format parquet",
    f"{SCRIPT} costs --start-time 2026-11-10 --end-time 2026-11-13 --format table",
    f"{SCRIPT} costs --start-time 2026-11-10 --dry-run",
    f"{SCRIPT} costs --start-time 2026-11-10 --end-time 2026-11-13 --raw --verbose",
    f"{SCRIPT} report --month 2026-10 --format markdown",
    f"{SCRIPT} report --month 2026-10",
    f"{SCRIPT} budget --limit 100000000",
    f"{SCRIPT} shell-completion bash",
    f"{SCRIPT} vendor {{folder}}",
    f"{SCRIPT} vendor {{folder}} --check",
    f"{SCRIPT} --help",
    f"{SCRIPT} --version",
    f"{SCRIPT} --exit-codes",
    f"{SCRIPT} complitions",
    f"{SCRIPT} vendor --help",
    f"{SCRIPT} emulator --port x",
    f"{SCRIPT} doctor",
    f"{MODULE} openai_org_usage --version",
    f"{MODULE} openai_org_usage costs --help",
    f"{MODULE} openai_org_usage.emulator --help",
    f"{MODULE} openai_org_usage.demo",
    f"{MODULE} codegen --help",
    f"{MODULE} codegen pin",
    f"{MODULE} benchmarks --help",
    f"{MODULE} referees --help",
]
"""Commands that end by themselves, two of them with wrong usage."""
OF_THE_MOMENT = ("doctor", "demo", "report", "budget")
"""What is said at two moments is not the same."""
TOOLS = ("codegen", "benchmarks", "referees")
CASES = [(line, kind) for line in LINES for kind in KINDS[1:]]
GONE = next(kind for kind in KINDS if kind.wrong == {1: "gone"})
SAMPLE = [(LINES[0], kind) for kind in KINDS[1:]] + [
    (line, GONE if number % 2 else KINDS[1 + (5 * number) % (len(KINDS) - 1)])
    for number, line in enumerate(LINES[1:])
    if "openai_org_usage.demo" not in line  # It takes seconds.
]

pytestmark = pytest.mark.skipif(not Path(FULL).exists(), reason="needs a device that is full")


def run(line: str, kind: Kind, emulator: Emulator, folder: Path) -> Left:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    key = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    words = line.format(folder=folder).split()
    left = left_by(words, kind, env={**inherited, **key, "PYTHONPATH": str(ROOT)})
    return left._replace(out=left.out.replace(bytes(folder), b"FOLDER"))


@pytest.fixture(scope="module")
def expected() -> dict[str, tuple[Left, dict[str, bytes]]]:
    """What the lines that have been run leave with streams as they should be, and the files they make."""
    return {}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param(line, kind, id=f"{line.replace(str(SCRIPT), '').replace(MODULE, '')[:40]} {kind.name}")
        for line, kind in (CASES if LONG else SAMPLE)
    ],
)
def test_what_can_be_written_is_written(
    line: str,
    kind: Kind,
    expected: dict[str, tuple[Left, dict[str, bytes]]],
    running_emulator: Emulator,
    tmp_path: Path,
) -> None:
    """Nothing else than what can not be is missing; no traceback, and no word of Python's own."""
    if any(f" {tool}" in line for tool in TOOLS) and not (ROOT / "codegen").is_dir():
        pytest.skip("the tools are not shipped")
    if line not in expected:
        good = tmp_path / "good"
        good.mkdir()
        expected[line] = run(line, KINDS[0], running_emulator, good), files(good)
    normal, made = expected[line]
    folder = tmp_path / "bad"
    folder.mkdir()

    left = run(line, kind, running_emulator, folder)

    assert b"Traceback" not in left.err
    assert b"ignored" not in left.err
    hindered = kind.code is not None and bool(normal.out)
    assert left.code == (kind.code if hindered else normal.code), left.err
    if not kind.loses(1) and not any(word in line for word in OF_THE_MOMENT):
        assert left.out == normal.out
    if not kind.loses(2) and hindered:
        said = b"error: standard output cannot be written: " in left.err
        assert said == (kind.code == 27), left.err
    assert files(folder) == made or hindered


def test_a_slow_reader_of_a_pipe_that_does_not_block_gets_all(
    running_emulator: Emulator, tmp_path: Path
) -> None:
    """More than a pipe holds, in pieces."""
    plain = run(LINES[1], KINDS[0], running_emulator, tmp_path)
    kind = next(kind for kind in KINDS if kind.wrong == {1: "non-blocking"})
    assert run(LINES[1], kind, running_emulator, tmp_path) == plain
    assert len(plain.out) > 1 << 20


def test_no_file_or_socket_takes_the_place_of_a_closed_stream() -> None:
    """The three numbers belong to the null device, in programs that are started, too."""
    code = (
        "import os\nfrom openai_org_usage.terminal.commands import run_command\n"
        "def work():\n"
        "    null = os.stat(os.devnull)\n"
        "    found = [os.path.samestat(os.fstat(n), null) and os.get_inheritable(n) for n in range(3)]\n"
        "    return 40 + sum(found) + bool(os.dup(0) < 3)\n"
        "raise SystemExit(run_command(work))"
    )
    kind = next(kind for kind in KINDS if len(kind.wrong) == 3)
    assert left_by([sys.executable, "-c", code], kind, env=os.environ).code == 43


def test_the_emulator_ends_where_its_greeting_cannot_be_read(
    running_emulator: Emulator, tmp_path: Path
) -> None:
    """It says where it listens, and nobody would know; with its notes lost, it serves."""
    for kind in (kind for kind in KINDS if kind.code is not None and len(kind.wrong) == 1):
        assert run(f"{SCRIPT} emulator", kind, running_emulator, tmp_path).code == kind.code


def test_a_reader_that_leaves_midway(running_emulator: Emulator) -> None:
    """Of rows, of pages and of columns: no word, and the exit code that shells expect."""
    key = {"OPENAI_ADMIN_KEY": running_emulator.admin_key, "OPENAI_BASE_URL": running_emulator.base_url}
    for format in ("--format csv", "--format parquet", "--raw"):
        process = subprocess.Popen(
            [SCRIPT, *PULL.split(), *format.split()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **key},
        )
        assert process.stdout is not None
        process.stdout.read(100)
        process.stdout.close()
        _, error = process.communicate(timeout=LIMIT)
        assert (process.returncode, error) == (141, b""), format


def test_the_list_of_make_s_targets_ends_with_its_reader() -> None:
    """`make help | head -1` shows one line, and no complaint of make."""
    if not (ROOT / "Makefile").exists():
        pytest.skip("the Makefile is not shipped")
    left = left_by(["make", "--no-print-directory", "-C", str(ROOT), "help"], GONE, env=os.environ)
    assert left.err == b""
