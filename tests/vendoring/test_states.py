"""What `--check` makes of a copy, and what `--update` does about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage import __version__
from openai_org_usage.vendoring.contents import CopyKind, CopySource
from openai_org_usage.vendoring.copying import vendor
from openai_org_usage.vendoring.exit_codes import EXIT_CODES

from .conftest import Command
from .versions import another_version, tree


def edit(copy: Path) -> None:
    with (copy / "client.py").open("a") as file:
        file.write("# ours\n")


def cut_short(copy: Path) -> None:
    (copy / "money.py").write_bytes((copy / "money.py").read_bytes()[:100])


def remove(copy: Path) -> None:
    (copy / "times.py").unlink()
    shutil.rmtree(copy / "_generated" / "models")


def add(copy: Path) -> None:
    (copy / "sub").mkdir()
    (copy / "sub" / "ours.py").touch()
    (copy / ".gitattributes").touch()


def link(copy: Path) -> None:
    (copy / "query.py").rename(copy.parent / "query.py")
    (copy / "query.py").symlink_to(copy.parent / "query.py")


def everything(copy: Path) -> None:
    for spoil in (edit, cut_short, remove, add, link):
        spoil(copy)


SPOILT = [
    (edit, 4, ["edited: client.py"]),
    (link, 4, ["edited: query.py"]),
    (cut_short, 5, ["cut short: money.py"]),
    (remove, 5, ["missing: _generated/models/__init__.py", "missing: times.py"]),
    (add, 5, ["added: .gitattributes", "added: sub/ours.py"]),
    (everything, 4, ["edited: client.py", "cut short: money.py", "missing: times.py", "added: sub/ours.py"]),
]


def test_an_untouched_copy_is_up_to_date(copy: Path, command: Command) -> None:
    """Also with the bytecode that importing leaves in it; and nothing is written."""
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "client.cpython-311.pyc").touch()
    before = tree(copy.parent)
    assert command("vendor", copy.parent, "--check") == (0, f"up to date ({__version__})\n", "")
    assert command("vendor", copy.parent, "--update").out.endswith(f"up to date ({__version__})\n")
    assert tree(copy.parent) == before


@pytest.mark.parametrize(("spoil", "code", "lines"), SPOILT)
def test_check_tells_what_has_become_of_a_copy(
    spoil: Callable[[Path], None], code: int, lines: list[str], copy: Path, command: Command
) -> None:
    """The most serious finding is the exit code, and each file is listed."""
    spoil(copy)
    said = command("vendor", copy.parent, "--check")
    assert said.code == code
    assert said.out.startswith(EXIT_CODES[code])
    assert set(lines) <= {line.strip() for line in said.out.splitlines()}
    assert said.err == ""


@pytest.mark.parametrize(("spoil", "code", "lines"), [case for case in SPOILT if case[0] is not remove])
def test_an_update_refuses_to_lose_changes(
    spoil: Callable[[Path], None],
    code: int,
    lines: list[str],
    copy: Path,
    source: CopySource,
    command: Command,
) -> None:
    """It lists them and leaves everything alone; with --force it makes the copy anew."""
    spoil(copy)
    before = tree(copy.parent)
    said = command("vendor", copy.parent, "--update")
    assert (said.code, said.out) == (code, "")
    assert "--force" in said.err.splitlines()[0]
    assert set(lines) <= {line.strip() for line in said.err.splitlines()}
    assert tree(copy.parent) == before
    assert command("vendor", copy.parent, "--update", "--force").code == 0
    assert tree(copy) == tree(vendor(copy.parent / "fresh", source=source)[0])


def test_an_update_puts_missing_files_back(copy: Path, command: Command) -> None:
    """Nothing is lost by that, so it needs no --force."""
    before = tree(copy)
    remove(copy)
    assert command("vendor", copy.parent, "--update").code == 0
    assert tree(copy) == before


def test_an_update_brings_an_old_copy_up_to_date(dest: Path, older: CopySource, command: Command) -> None:
    """`--check` says that it is behind, with both versions, and afterwards that it is not."""
    copy, _ = vendor(dest, source=older)
    said = command("vendor", dest, "--check")
    assert said.code == 3
    assert f"behind: 0.0.1 is here, {__version__} installed; files that differ: 2" in said.out
    assert command("vendor", dest, "--update") == (0, f"{copy}: {__version__} copied\n", "")
    assert command("vendor", dest, "--check").code == 0
    assert not (copy / "only_there.py").exists()


def test_an_old_copy_that_was_edited_is_both(dest: Path, older: CopySource, command: Command) -> None:
    """The edit is the more serious."""
    edit(vendor(dest, source=older)[0])
    said = command("vendor", dest, "--check")
    assert (said.code, said.out.splitlines()[1]) == (4, "  edited: client.py")
    assert said.out.startswith("locally edited and behind the installed version (0.0.1)")


def test_a_copy_of_a_later_version_is_ahead(dest: Path, newer: CopySource, command: Command) -> None:
    """An update to what is installed would go back, so it needs --force."""
    vendor(dest, source=newer)
    assert command("vendor", dest, "--check").code == 6
    assert command("vendor", dest, "--update").code == 6
    assert command("vendor", dest, "--update", "--force").code == 0
    assert command("vendor", dest, "--check").code == 0


def test_another_state_of_the_same_version_is_behind(dest: Path, tmp_path: Path, command: Command) -> None:
    """As between two commits of a checkout."""
    vendor(dest, source=another_version(tmp_path, __version__))
    assert command("vendor", dest, "--check").code == 3


def test_an_update_keeps_the_kind_of_the_copy(dest: Path, older: CopySource, command: Command) -> None:
    """The generated package alone stays alone, whether or not the option is repeated."""
    copy, _ = vendor(dest, name="wire", kind=CopyKind.GENERATED, source=older)
    assert command("vendor", dest, "--name", "wire", "--check").code == 3
    assert command("vendor", dest, "--name", "wire", "--update").code == 0
    assert command("vendor", dest, "--name", "wire", "--check", "--generated-only").code == 0
    assert not (copy / "client.py").read_text().startswith('"""The two clients')


def test_a_copy_may_be_moved_and_renamed(copy: Path, command: Command) -> None:
    """The manifest does not say where it is."""
    copy.rename(copy.with_name("usage"))
    assert command("vendor", copy.parent, "--name", "usage", "--check").code == 0
