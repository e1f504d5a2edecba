"""Sources to vendor from: the installed package, another version of it, and two tiny ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import attrs

from openai_org_usage.vendoring.contents import CopySource, installed


def another_version(folder: Path, version: str) -> CopySource:
    """The installed package as `version`, made in `folder`: one file differs, one more is there."""
    source = installed()
    package = folder / source.package.name
    shutil.copytree(source.package, package, ignore=shutil.ignore_patterns("__pycache__"))
    init = package / "__init__.py"
    init.write_text(init.read_text().replace(f'"{source.version}"', f'"{version}"'))
    (package / "only_there.py").touch()
    return attrs.evolve(source, package=package, version=version)


def tiny_version(folder: Path, version: str) -> CopySource:
    """A package of three files that hold nothing but `version`, made in `folder`."""
    package, generated = folder / "tiny", folder / "tiny_generated"
    for path in (package / "__init__.py", package / "client.py", generated / "__init__.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"VERSION = {version!r}\n")
    return attrs.evolve(installed(), package=package, generated=generated, version=version)


def tree(folder: Path) -> dict[str, bytes]:
    """The content of every file below `folder`; folders are listed, too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"<folder>"
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts
    }
