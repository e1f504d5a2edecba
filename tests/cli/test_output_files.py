"""What `--output` may name: files of every kind, what is no file, and what is refused at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator
from openai_org_usage.tables.atomic_files import write_atomically

from ..scripted import Script
from .conftest import Run
from .streams import FULL, LIMIT

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
PULL = "costs --start-time 2026-11-10 --end-time 2026-11-13 --format csv"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files are other there")


def loop(folder: Path) -> str:
    (folder / "loop.csv").symlink_to("loop.csv")
    return "loop.csv"


def loop_above(folder: Path) -> str:
    (folder / "loop").symlink_to("loop")
    return "loop/rows.csv"


def folder_called_so(folder: Path) -> str:
    (folder / "rows.csv").mkdir()
    return "rows.csv"


def file_above(folder: Path) -> str:
    (folder / "file").touch()
    return "file/rows.csv"


def nothing_above(folder: Path) -> str:
    return "missing/rows.csv"


def too_long(folder: Path) -> str:
    return "n" * 252 + ".csv"


def far_too_long(folder: Path) -> str:
    return "d/" * 3000 + "rows.csv"


def closed_descriptor(folder: Path) -> str:
    return "/dev/fd/987"


def full_device(folder: Path) -> str:
    return FULL


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (loop, "Too many levels of symbolic links"),
        (loop_above, "Too many levels of symbolic links"),
        (folder_called_so, "Is a directory"),
        (file_above, "Not a directory"),
        (nothing_above, "No such file or directory"),
        (too_long, "File name too long"),
        (far_too_long, "File name too long"),
        (closed_descriptor, "Bad file descriptor"),
    ],
)
@pytest.mark.parametrize("line", [PULL, "report --month 2026-10 --format json"])
def test_where_nothing_can_be_written(
    make: Callable[[Path], str],
    reason: str,
    line: str,
    command: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is sent; one line with the system's reason, exit code 27, and nothing has changed."""
    monkeypatch.chdir(tmp_path)
    name = make(tmp_path)
    before = sorted(os.listdir(tmp_path))
    transport = Script([])
    said = command(f"{line} --output {name}", transport=transport)
    assert (said.code, said.out) == (Exit.NOT_WRITTEN, "")
    assert said.err.startswith(f"error: {name[:250]}")
    assert said.err.endswith(f"{name[-250:]} cannot be written: {reason}\n")
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("name", ["''", "' '"])
@pytest.mark.parametrize("line", [PULL, "report"])
def test_an_empty_name_is_an_unset_variable(name: str, line: str, command: Run) -> None:
    """And no name of a file."""
    said = command(f"{line} --output {name}")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: --output is empty: name a file, or - for standard output\n")


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_dash_is_standard_output(name: str, command: Run) -> None:
    """As everywhere; so are the system's names of it, and the format is that of standard output."""
    line = PULL.removesuffix(" --format csv")
    assert command(f"{line} --output {name}") == command(line)


def test_a_dash_is_standard_output_of_a_report(command: Run) -> None:
    """There, too, no file is named `-`."""
    said = command("report --month 2026-10 --format json -o -")
    assert (said.code, said.out[:1]) == (0, "{")


def test_a_dash_is_no_part_of_the_command_for_the_rest(command: Run) -> None:
    """Standard output is where that goes anyway."""
    long_ago = "costs --start-time 2025-01-01 --emulator -o -"
    remedy = command(long_ago).err.splitlines()[1]
    assert remedy == "  openai-org-usage costs --start-time 2025-11-20 --emulator"


@pytest.mark.parametrize(
    "name",
    [
        "n" * 250 + ".csv",
        "n" * 251 + ".csv",
        "ñ" * 125 + ".csv",
        "line\nend.csv",
        "\x1b[2J\x07.csv",
        "\u202etxt.csv",
        "--help.csv",
        "{0}%s[red].csv",
        " .csv",
    ],
)
def test_a_name_may_be_anything_that_the_system_takes(
    name: str, command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it may be; the hidden folder has a name of its own, and so have part and rest."""
    from openai_org_usage.cli.output.destination import part_name, rest_name

    monkeypatch.chdir(tmp_path)
    said = command(PULL + " " + "--output=" + "'" + name + "'")
    assert said.code == 0, said.err
    assert os.listdir(tmp_path) == [name]
    for other in (part_name(Path(name)), rest_name(Path(name))):
        other.touch()
        assert other.suffix == ".csv"


def test_a_named_pipe_and_the_null_device_stay_what_they_are(command: Run, tmp_path: Path) -> None:
    """They are written to as rows come, by the library, too: only files are replaced."""
    pipe, found = tmp_path / "pipe.csv", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    assert command(f"{PULL} --output {pipe}").code == 0
    reader.join()
    assert found[0].decode() == command(PULL).out
    null = os.stat(os.devnull)
    assert command(f"{PULL} --output {os.devnull}").code == 0
    write_atomically(Path(os.devnull), b"data")
    assert stat.S_ISCHR(null.st_mode)
    assert os.path.samestat(null, os.stat(os.devnull))
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("line", ["costs --last 2d", "report --last 7d"])
def test_what_is_no_file_gets_what_a_pipe_gets(command: Run, line: str) -> None:
    """Its name has no suffix that could say the format."""
    assert command(f"{line} --output {os.devnull}").code == 0
    reader, writer = os.pipe()
    with open(reader, "rb") as pipe:
        assert command(f"{line} --output /dev/fd/{writer}").code == 0
        os.close(writer)
        assert pipe.read().decode() == command(line).out


def test_a_descriptor_is_written_to(command: Run, tmp_path: Path) -> None:
    """Where it is: a file that has no name any more, after what is there."""
    with (tmp_path / "rows").open("wb+") as file:
        file.write(b"before\n")
        file.flush()
        (tmp_path / "rows").unlink()
        assert command(f"{PULL} --output /dev/fd/{file.fileno()}").code == 0
        file.seek(0)
        assert file.read().decode() == "before\n" + command(PULL).out
    assert os.listdir(tmp_path) == []


def test_a_link_is_followed_even_to_what_is_not_there_yet(command: Run, tmp_path: Path) -> None:
    """It stays a link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.csv").symlink_to("elsewhere/rows.csv")
    for _ in range(2):
        assert command(f"{PULL} --output {tmp_path / 'link.csv'}").code == 0
        assert (tmp_path / "link.csv").is_symlink()
        assert os.listdir(tmp_path / "elsewhere") == ["rows.csv"]


def by_script(line: str, emulator: Emulator, *, before: str = "") -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, after what a shell does `before`."""
    key = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    return subprocess.run(
        ["sh", "-c", f'{before}exec "$@"', "sh", SCRIPT, *line.split()],
        capture_output=True,
        env={**os.environ, **key},
        check=False,
        timeout=LIMIT,
    )


def test_a_name_may_be_in_another_encoding(running_emulator: Emulator, tmp_path: Path) -> None:
    """It is escaped where it is shown."""
    done = by_script(f"costs --last 2d --output {tmp_path}/caf\udce9.csv", running_emulator)
    assert (done.returncode, done.stdout) == (0, b"")
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.csv"]


def test_a_full_disk_leaves_what_stood_there(running_emulator: Emulator, tmp_path: Path) -> None:
    """Here, a file that may not grow beyond a limit; in every format."""
    for format in ("csv", "parquet"):
        path = tmp_path / f"rows.{format}"
        path.write_text("old")
        line = f"costs --last 9d --group-by line_item --output {path}"
        done = by_script(line, running_emulator, before="ulimit -f 2; ")
        assert done.returncode == 27, done.stderr
        assert done.stderr.decode() == f"error: {path} cannot be written: File too large\n"
        assert path.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["rows.csv", "rows.parquet"]


@pytest.mark.skipif(not Path(FULL).exists(), reason="needs a device that is full")
def test_a_full_device_is_said_in_a_line(command: Run) -> None:
    """As of a full disk."""
    said = command(f"{PULL} --output {FULL}")
    assert (said.code, said.err) == (27, f"error: {FULL} cannot be written: No space left on device\n")


def test_what_may_not_be_written_is_not_replaced(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without write permission is one to keep; of a folder it is said that it is the folder."""
    path = tmp_path / "rows.csv"
    path.write_text("old")
    mine = os.access

    def access(name: Path, mode: int) -> bool:
        return mine(name, mode) and Path(name) != path  # As for anybody but root.

    monkeypatch.setattr(os, "access", access)
    said = command(f"{PULL} --output {path}")
    assert (said.code, said.err) == (27, f"error: {path} cannot be written: Permission denied\n")
    assert path.read_text() == "old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_file_keeps_its_owner_and_permissions(command: Run, tmp_path: Path) -> None:
    """Where root writes another user's."""
    path = tmp_path / "rows.csv"
    path.write_text("old")
    path.chmod(0o640)
    os.chown(path, 12345, 23456)
    assert command(f"{PULL} --output {path}").code == 0
    found = path.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 23456, 0o640)


def test_the_hidden_folders_of_another_name_are_left_alone(tmp_path: Path) -> None:
    """`rows` is no `rows.csv`, whose hidden folders only begin alike."""
    other = tmp_path / ".rows.csv.0123456789abcdef.staged"
    other.mkdir()
    write_atomically(tmp_path / "rows", b"data")
    assert other.is_dir()
