"""Ctrl-C and failures halfway: what was read is kept whole, and a command for the rest is named."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator
from openai_org_usage.pagination.rules import Bucket
from openai_org_usage.tables.binary import ParquetSink
from openai_org_usage.tables.optional_imports import ArrowBatch
from openai_org_usage.tables.text import TextSink

from ..scripted import error
from .conftest import Run

COMPLETIONS = OPERATIONS["completions"]
PULL = "completions --start-time 2026-09-01 --end-time 2026-11-01 --limit 20 --concurrency 1"


class Spoilt(httpx.AsyncBaseTransport):
    """The network, but for the second answer: that is spoilt by what it is given."""

    def __init__(self, spoil: Callable[[], httpx.Response | None]) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._spoil = spoil
        self._requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._requests += 1
        answer = await self._inner.handle_async_request(request)
        if self._requests != 2:
            return answer
        spoilt = self._spoil()
        if spoilt is not None:
            await answer.aclose()
        return spoilt or answer

    async def aclose(self) -> None:
        await self._inner.aclose()


def press_ctrl_c() -> None:
    """As a terminal does it."""
    os.kill(os.getpid(), signal.SIGINT)


def fail() -> httpx.Response:
    return error(500, "Oops")


SPOILT = pytest.mark.parametrize(
    ("spoil", "code", "why"),
    [
        (press_ctrl_c, Exit.INTERRUPTED, "interrupted"),
        (fail, Exit.NO_ANSWER, "completions: status 500: Oops"),
    ],
)


@SPOILT
def test_a_file_is_kept_in_two_parts(
    spoil: Callable[[], httpx.Response | None], code: Exit, why: str, command: Run, tmp_path: Path
) -> None:
    """Never under the final name; the named command writes the rest: nothing is lost or doubled."""
    path = tmp_path / "rows.csv"
    line = f"{PULL} --group-by model --max-retries 0 --output {path}"

    said = command(line, transport=Spoilt(spoil))

    assert (said.code, said.out) == (code, "")
    complaint, remedy = said.err.splitlines()
    assert complaint.startswith(f"error: {why}; the rows before 2026-")
    assert complaint.endswith(f"are in {tmp_path / 'rows.part.csv'}, for the rest:")
    assert os.listdir(tmp_path) == ["rows.part.csv"]
    assert command(remedy.strip().removeprefix("openai-org-usage ")).code == 0
    part, rest = (tmp_path / name for name in ("rows.part.csv", "rows.rest.csv"))
    head, _, rows = rest.read_text().partition("\n")
    assert command(line).code == 0
    assert path.read_text() == part.read_text() + rows
    assert head == path.read_text().splitlines()[0]


def test_files_are_named_as_they_were_typed(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part as well as the rest; but a link's part is where it points to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.csv").symlink_to("elsewhere/real.csv")
    for name, part in (("rows.csv", "rows.part.csv"), ("link.csv", f"{tmp_path}/elsewhere/real.part.csv")):
        said = command(f"{PULL} --output {name}", transport=Spoilt(press_ctrl_c))
        complaint, remedy = said.err.splitlines()
        assert complaint.endswith(f"are in {part}, for the rest:")
        assert f"--output {name.replace('.', '.rest.')} " in remedy
        assert (tmp_path / part).is_file()
    assert command("costs --last 1d --output rows.csv").err == "note: 1 row in rows.csv\n"


@SPOILT
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_a_binary_file_is_kept_in_two_parts(
    spoil: Callable[[], httpx.Response | None],
    code: Exit,
    why: str,
    format: str,
    command: Run,
    tmp_path: Path,
) -> None:
    """Both are whole files that a reader opens."""
    pytest.importorskip("pyarrow")
    from ..tables.reading import of_file

    path, whole = tmp_path / f"rows.{format}", tmp_path / f"whole.{format}"
    line = f"{PULL} --group-by model --max-retries 0"

    said = command(f"{line} --output {path}", transport=Spoilt(spoil))

    assert (said.code, said.out, path.exists()) == (code, "", False), said.err
    complaint, remedy = said.err.splitlines()
    assert complaint.endswith(f"are in {tmp_path / f'rows.part.{format}'}, for the rest:")
    for rest in (remedy.strip().removeprefix("openai-org-usage "), f"{line} --output {whole}"):
        assert command(rest).code == 0
    parts = [of_file(tmp_path / f"rows.{name}.{format}", COMPLETIONS) for name in ("part", "rest")]
    assert [*parts[0], *parts[1]] == of_file(whole, COMPLETIONS)
    assert all(parts)


@SPOILT
@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_a_stream_ends_with_a_whole_bucket(
    spoil: Callable[[], httpx.Response | None], code: Exit, why: str, format: str, command: Run
) -> None:
    """What was printed and what the named command prints make the whole."""
    line = f"{PULL} --format {format} --max-retries 0"

    said = command(line, transport=Spoilt(spoil))

    assert said.code == code
    complaint, remedy = said.err.splitlines()
    assert complaint.startswith(f"error: {why}; the rows before ")
    rest = command(remedy.strip().removeprefix("openai-org-usage ")).out
    rows = rest if format == "ndjson" else rest.partition("\n")[2]
    assert said.out + rows == command(line).out


@pytest.mark.parametrize(
    "options", ["--format table", "--totals", "--sort model", "--sort model --format parquet"]
)
def test_part_of_a_sum_is_of_no_use(options: str, command: Run) -> None:
    """Nothing is printed then, and it is said."""
    said = command(f"{PULL} {options}", transport=Spoilt(press_ctrl_c))
    assert (said.code, said.out) == (Exit.INTERRUPTED, ""), said.err
    assert said.err == "error: interrupted; nothing was written\n"


@pytest.mark.parametrize(
    ("options", "code", "rows"),
    [
        ("--start-time 2026-11-20", 0, 1),
        ("--start-time 2026-11-18 --end-time 2026-11-19", 0, 1),
        ("--start-time 2026-11-18 --end-time 2026-11-20", Exit.INTERRUPTED, 1),
    ],
)
def test_after_the_last_row_it_comes_too_late(
    options: str, code: int, rows: int, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pressed while the first bucket is being written: it is finished, and counts if more were to come."""
    add = TextSink.add

    def add_and_press(sink: TextSink, bucket: Bucket) -> None:
        add(sink, bucket)
        press_ctrl_c()

    monkeypatch.setattr(TextSink, "add", add_and_press)
    said = command(f"completions {options} --columns start_time")
    assert (said.code, len(said.out.splitlines())) == (code, 1 + rows)


def test_while_the_last_columns_are_written_it_comes_too_late(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that there is has been read: the file is finished."""
    pytest.importorskip("pyarrow")
    add = ParquetSink.add

    def press_and_add(sink: ParquetSink, batch: ArrowBatch) -> None:
        press_ctrl_c()
        add(sink, batch)

    monkeypatch.setattr(ParquetSink, "add", press_and_add)
    said = command(f"{PULL} --output {tmp_path}/rows.parquet")
    assert (said.code, os.listdir(tmp_path)) == (0, ["rows.parquet"])


def test_before_the_first_page_nothing_is_written(command: Run, tmp_path: Path) -> None:
    """What stood there before still does."""
    path = tmp_path / "rows.csv"
    path.write_text("old")
    said = command(f"{PULL} --max-retries 0 --output {path} --base-url http://127.0.0.1:9/v1")
    assert said.code == Exit.NO_ANSWER
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["rows.csv"])


def test_ctrl_c_is_the_program_s_again_afterwards(command: Run, emulator: Emulator) -> None:
    """The handler is only there while rows are read."""
    before = signal.getsignal(signal.SIGINT)
    assert command("images --last 1d").code == 0
    assert signal.getsignal(signal.SIGINT) is before
