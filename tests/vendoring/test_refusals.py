"""Bad input: each its own error and exit code, and nothing half written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage.errors import OpenAIUsageError
from openai_org_usage.vendoring.contents import CopySource
from openai_org_usage.vendoring.copying import vendor
from openai_org_usage.vendoring.errors import InsideProjectError, VendoringError

from .conftest import Command
from .versions import tiny_version, tree

MANIFEST = "VENDORED.json"
WITHOUT_ROOTS_POWERS = """
import ctypes, os, sys
if sys.platform == "linux":
    for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; fails for others than root
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def assert_refused(
    command: Command, folder: Path, arguments: Sequence[object], code: int, message: str
) -> None:
    """One line on standard error, the code, and `folder` as it was."""
    before = tree(folder)
    said = command("vendor", *arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("error: ")
    assert message in said.err
    assert said.err.count("\n") == 1
    assert tree(folder) == before


@pytest.mark.parametrize("task", [[], ["--update"], ["--update", "--force"], ["--check"]])
@pytest.mark.parametrize("name", ["", "a-b", "7up", "a.b", "class", "a/b", "..", "a b"])
def test_a_name_that_is_no_identifier(name: str, task: list[str], dest: Path, command: Command) -> None:
    """Python could not import it."""
    assert_refused(command, dest, [dest, "--name", name, *task], 13, f"{name!r} is no name")


@pytest.mark.parametrize("task", [[], ["--update", "--force"]])
def test_a_dest_inside_the_project(task: list[str], source: CopySource, command: Command) -> None:
    """Neither the installed package nor a folder in it is overwritten."""
    package, generated = source.package, source.generated
    roundabout = package / ".." / package.name
    for dest in (package, package.parent, package / "emulator" / "new", generated / "models", roundabout):
        assert_refused(command, package, [dest, *task], 10, "inside the project")


def test_a_dest_around_the_project(tmp_path: Path) -> None:
    """The copy would contain, or replace, what it is copied from."""
    source = tiny_version(tmp_path / "outer", "1.0")
    before = tree(tmp_path)
    for dest, name in ((tmp_path, "outer"), (tmp_path / "outer", "tiny")):
        with pytest.raises(InsideProjectError):
            vendor(dest, name=name, source=source)
    assert tree(tmp_path) == before


@pytest.mark.skipif("TESTING_WHEEL" in os.environ, reason="there is no repository")
def test_a_dest_elsewhere_in_the_repository(source: CopySource, command: Command) -> None:
    """The repository does not vendor itself."""
    root = source.package.parent.parent
    for folder in (root, root / "generated", root / "overlays" / "spec", root / "new" / "folder"):
        said = command("vendor", folder, "--name", "not_here")
        assert said.code == 10
        assert not (folder / "not_here").exists()
    assert not (root / "new").exists()


def test_a_link_into_the_project(source: CopySource, dest: Path, command: Command) -> None:
    """Where DEST really is counts."""
    (dest / "link").symlink_to(source.package)
    assert_refused(command, source.package, [dest / "link"], 10, "inside the project")


@pytest.mark.parametrize("task", [[], ["--update"], ["--update", "--force"], ["--check"]])
@pytest.mark.parametrize("place", ["file", "file/below", "dangling", "loop/below"])
def test_a_file_where_a_folder_should_be(place: str, task: list[str], dest: Path, command: Command) -> None:
    """As DEST, above it, or as a link that leads to none."""
    (dest / "file").write_text("precious")
    (dest / "dangling").symlink_to(dest / "file" / "nowhere")
    (dest / "loop").symlink_to(dest / "loop")
    assert_refused(command, dest, [dest / place, *task], 11, "")


@pytest.mark.parametrize("task", [[], ["--update"], ["--update", "--force"], ["--check"]])
def test_a_file_or_link_in_the_copy_s_place(task: list[str], dest: Path, command: Command) -> None:
    """Neither is ever replaced, and a link is not followed."""
    (dest / "usage").write_text("precious")
    vendor(dest / "elsewhere")
    (dest / "link").symlink_to(dest / "elsewhere" / "openai_org_usage")
    for name in ("usage", "link"):
        assert_refused(command, dest, [dest, "--name", name, *task], 11, "a file or a link")


@pytest.mark.parametrize("task", [[], ["--update"], ["--update", "--force"], ["--check"]])
@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"made by": "another tool"}'])
def test_a_folder_that_is_no_copy(
    content: bytes | None, task: list[str], dest: Path, command: Command
) -> None:
    """It is somebody else's, or a copy whose manifest is gone: never overwritten."""
    theirs = dest / "openai_org_usage"
    theirs.mkdir()
    (theirs / "__init__.py").write_text("precious")
    if content is not None:
        (theirs / MANIFEST).write_bytes(content)
    assert_refused(command, dest, [dest, *task], 15, MANIFEST)


def test_a_copy_that_is_there_already(copy: Path, command: Command) -> None:
    """The error says how to renew it."""
    assert_refused(command, copy.parent, [copy.parent], 16, "--update")


@pytest.mark.parametrize("task", ["--update", "--check"])
def test_no_copy_there(task: str, dest: Path, command: Command) -> None:
    """A mistyped DEST gets no second copy."""
    assert_refused(command, dest, [dest / "typo", task], 17, "no copy")


def changed(**members: Any) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), **members}).encode()


SPOILT: list[tuple[Callable[[bytes], bytes], str]] = [
    (changed(version="9.9.9"), "edited by hand"),
    (changed(files={}), "edited by hand"),
    (changed(sha256="0" * 64), "edited by hand"),
    (changed(sha256=None), "edited by hand"),
    (changed(note="ours"), "edited by hand"),
    (lambda data: data.replace(b"MIT", b"BSD"), "edited by hand"),
    (lambda data: data[: len(data) // 2], "cut short"),
    (lambda data: data + b"}", "cut short or no JSON"),
    (lambda data: data[:60] + b"[" * 100_000, "cut short or no JSON"),
    (lambda data: b'["openai-org-usage vendor; do not edit"]', "cut short or no JSON"),
]


@pytest.mark.usefixtures("without_collection")
@pytest.mark.parametrize(("spoil", "message"), SPOILT)
def test_a_spoilt_manifest(
    spoil: Callable[[bytes], bytes], message: str, copy: Path, command: Command
) -> None:
    """It proves nothing any more, so nothing is concluded from it; --force makes the copy anew."""
    whole = tree(copy)
    path = copy / MANIFEST
    path.write_bytes(spoil(path.read_bytes()))
    for task in ([], ["--check"], ["--update"]):
        assert_refused(command, copy.parent, [copy.parent, *task], 14, message)
    assert command("vendor", copy.parent, "--update", "--force").code == 0
    assert tree(copy) == whole


def test_a_manifest_laid_out_anew_is_no_edit(copy: Path, command: Command) -> None:
    """Formatters of JSON may pass over it."""
    path = copy / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()), indent=7, sort_keys=True))
    assert command("vendor", copy.parent, "--check").code == 0


@pytest.mark.parametrize("task", [[], ["--update"], ["--update", "--force"]])
def test_no_permission_to_write(task: list[str], dest: Path, older: CopySource) -> None:
    """Whether there is a copy or not; it stays as it was."""
    if task:
        vendor(dest, source=older)
    dest.chmod(0o555)
    try:
        if unprivileged("-c", f"open({str(dest / 'probe')!r}, 'w')").returncode == 0:
            pytest.skip("this user may write everywhere")
        before = tree(dest)
        for arguments in ([dest, *task], [dest / "deep"]):
            done = unprivileged("-P", "-m", "openai_org_usage", "vendor", *map(str, arguments))
            assert (done.returncode, done.stdout) == (12, ""), done.stderr
            assert done.stderr.startswith(f"error: no permission for {dest}")
        assert tree(dest) == before
    finally:
        dest.chmod(0o755)


def test_no_permission_to_read(copy: Path) -> None:
    """A file that cannot be read is neither edited nor as it was."""
    (copy / "client.py").chmod(0)
    if unprivileged("-c", f"open({str(copy / 'client.py')!r})").returncode == 0:
        pytest.skip("this user may read everything")
    done = unprivileged("-P", "-m", "openai_org_usage", "vendor", str(copy.parent), "--check")
    assert (done.returncode, done.stdout) == (12, "")
    assert "client.py" in done.stderr


def unprivileged(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python, if as root, then as one whom permissions bind."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOTS_POWERS, *arguments], capture_output=True, text=True, check=False
    )


def test_a_full_disk(
    dest: Path, older: CopySource, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    """A failure in the middle leaves the old copy, no folder of the new one, and no made parents."""
    vendor(dest, source=older)
    written: list[Path] = []
    write = Path.write_bytes

    def fail_late(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) % 20 == 0:
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail_late)
    assert_refused(command, dest.parent, [dest, "--update"], 1, "No space left")
    assert_refused(command, dest.parent, [dest / "new" / "folder"], 1, "No space left")


def test_another_kind_of_copy_in_its_place(copy: Path, command: Command) -> None:
    """To shrink a copy to the generated package is no update."""
    arguments = [copy.parent, "--name", copy.name, "--generated-only", "--update"]
    assert_refused(command, copy.parent, arguments, 1, "a copy of the whole library")


def test_all_errors_of_vendoring_are_the_library_s() -> None:
    """One except clause catches them, too."""
    assert issubclass(VendoringError, OpenAIUsageError)
