"""Names are kept in a file for one person's eyes, and a file that is none of names is left alone."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from openai_org_usage import NamedProject, Names, NamesFileError

from ..contract.profiles import examples
from .made_up_names import NAMES, any_names

HEADING = {"format": "openai-org-usage names", "version": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.json"


@given(any_names)
@examples(50, 1000)
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, names: Names) -> None:
    """All of it: names, owners, when it was read, and what was missing."""
    path = tmp_path_factory.mktemp("names") / "names.json"
    names.save(path)
    assert Names.load(path) == names
    assert Names.load(str(path)) == names


def test_the_file_is_json_with_its_format(path: Path) -> None:
    """Another program may read it: it says what it is, is sorted by id, and has nothing else."""
    NAMES.save(path)
    content = json.loads(path.read_text())
    assert {name: content[name] for name in HEADING} == HEADING
    assert [project["id"] for project in content["projects"]] == sorted(NAMES.projects)
    assert set(content) == {
        *HEADING,
        "projects",
        "users",
        "api_keys",
        "read_at",
        "problems",
        "organization",
        "read_with",
    }
    assert set(content["users"][0]) == {"id", "name", "email", "is_service_account"}
    assert set(content["api_keys"][0]) == {
        "id",
        "name",
        "owner_id",
        "owner_name",
        "project_id",
        "last_four",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions of this kind")
@pytest.mark.parametrize("before", [None, 0o644, 0o400])
def test_only_its_owner_may_read_the_file(path: Path, before: int | None) -> None:
    """Whatever the umask, and whatever the permissions of the file that stood there."""
    if before is not None:
        path.write_text("")
        path.chmod(before | stat.S_IWUSR)
    previous = os.umask(0)
    try:
        NAMES.save(path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_file_is_no_names_yet(path: Path) -> None:
    """The first run needs no other line of code than the second."""
    assert Names.load(path) == Names()
    assert not path.exists()


def whole() -> bytes:
    return json.dumps({**HEADING, "projects": [{"id": "proj_1", "name": "secret plan"}]}).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is damaged: move it away"),
        (whole()[:-9], "is damaged"),
        (whole().replace(b"secret", b"\xff\xfe"), "is damaged"),
        (whole().replace(b'"secret plan"', b"7"), "is damaged"),
        (whole().replace(b'"id": "proj_1", ', b""), "is damaged"),
        (whole().replace(b'"secret plan"', b"[" * 100_000), "is damaged"),
        (b"\0" * 100, "is damaged"),
        (b"[]", "is no file of names: give another path"),
        (b'{"name": "left-pad", "version": "1.3.0"}', "is no file of names"),
        (b'{"format": "of another program", "version": 1}', "is no file of names"),
        (whole().replace(b'"version": 1', b'"version": 2'), "newer version of this library: install that"),
    ],
)
@pytest.mark.usefixtures("without_collection")
def test_a_file_that_cannot_be_used_says_what_to_do(path: Path, data: bytes, reason: str) -> None:
    """One typed error, which quotes nothing of the file; the file stays as it is."""
    path.write_bytes(data)
    with pytest.raises(NamesFileError, match=reason) as caught:
        Names.load(path)
    assert str(path) in str(caught.value)
    assert caught.value.path == path
    assert "secret" not in str(caught.value)
    assert path.read_bytes() == data


def test_a_file_of_own_names_is_none_of_read_ones(tmp_path: Path) -> None:
    """It is not damaged, and has another place."""
    path = tmp_path / "own.toml"
    path.write_text('proj_1 = "one"\n')
    with pytest.raises(NamesFileError, match=r"go beside that file as names\.toml"):
        Names.load(path)


def test_a_newer_file_of_the_same_version_may_have_more(path: Path) -> None:
    """What is unknown in it is passed over."""
    content: dict[str, Any] = {
        **HEADING,
        "projects": [{"id": "proj_1", "name": "one", "colour": "red"}],
        "x": 1,
    }
    path.write_text(json.dumps(content))
    assert Names.load(path) == Names(projects={"proj_1": NamedProject(id="proj_1", name="one")})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The system's reason is in the error."""
    with pytest.raises(NamesFileError, match="cannot be read: "):
        Names.load(tmp_path)


def test_what_cannot_be_saved_leaves_the_old_file(path: Path, tmp_path: Path) -> None:
    """As with other files: an OSError, and what stood there still does."""
    NAMES.save(path)
    with pytest.raises(OSError, match="missing"):
        NAMES.save(tmp_path / "missing" / "names.json")
    assert Names.load(path) == NAMES


def test_savers_at_once_leave_one_whole_file(path: Path) -> None:
    """A reader sees what one of them saved, at any moment; nothing else is left in the folder."""
    versions = [
        Names(projects={f"proj_{n}": NamedProject(id=f"proj_{n}", name=str(saver)) for n in range(50)})
        for saver in range(4)
    ]
    versions[0].save(path)
    seen: list[Names] = []

    def save(names: Names) -> None:
        for _ in range(10):
            names.save(path)
            seen.append(Names.load(path))

    threads = [threading.Thread(target=save, args=(names,)) for names in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 40
    assert all(names in versions for names in seen)
    assert os.listdir(path.parent) == [path.name]
