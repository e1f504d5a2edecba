"""What pinning and generating takes seconds for, made once; upstream's documents where they are."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.document import read_upstream
from codegen.files import ROOT
from codegen.generate import generate
from codegen.pin import Pin, make_pin, write_pin

from . import toy

UPSTREAM = ROOT.parent / "shared" / "upstream"


@dataclass(frozen=True)
class Project:
    """A pin and the code generated from it, in a folder of their own."""

    root: Path

    @property
    def pin(self) -> Path:
        """The pin."""
        return self.root / "openapi.yaml"

    @property
    def out(self) -> Path:
        """The generated tree."""
        return self.root / "generated"

    @property
    def overlays(self) -> Path:
        """The overlays that the pin was made with, in a copy of the whole project."""
        return self.root / "overlays" / "spec"


@pytest.fixture(scope="session")
def pins() -> dict[str, Pin]:
    """The pins of both toy documents by style, made with the toy overlays; not to be edited."""
    return {
        style: make_pin(read_upstream(str(toy.path_of(style))), overlays=toy.OVERLAYS) for style in toy.STYLES
    }


@pytest.fixture(scope="session")
def toy_projects(pins: dict[str, Pin], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """The pins and generated code of both toy documents by style; not to be written to."""
    projects = {style: Project(tmp_path_factory.mktemp(style)) for style in toy.STYLES}
    for style, project in projects.items():
        write_pin(pins[style], project.pin)
        generate(pin=project.pin, out=project.out)
    return projects


@pytest.fixture
def project(toy_projects: dict[str, Project], tmp_path: Path) -> Project:
    """A copy of this project whose document is the new toy, to be broken at will."""
    copy = tmp_path / "project"
    shutil.copytree(toy_projects["new"].root, copy)
    shutil.copytree(ROOT / "codegen", copy / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("runtime", "templates"):
        shutil.copytree(ROOT / "overlays" / folder, copy / "overlays" / folder)
    shutil.copytree(toy.OVERLAYS, copy / "overlays" / "spec")
    shutil.copy(ROOT / "generator-config.yaml", copy)
    return Project(copy)


@pytest.fixture(scope="session")
def upstream_file() -> Callable[[str], Path]:
    """Finds upstream's document by its number; skips where the documents are not at hand."""
    if not UPSTREAM.is_dir():
        pytest.skip("upstream's documents are not beside the repository")
    return lambda number: next(UPSTREAM.glob(f"{number}_*.yaml.gz"))


@pytest.fixture(scope="session")
def upstream_pin(upstream_file: Callable[[str], Path]) -> Callable[[str], Pin]:
    """Pins upstream's document by its number with the real overlays, each once."""

    @functools.cache
    def pin(number: str) -> Pin:
        return make_pin(read_upstream(str(upstream_file(number))))

    return pin
