"""What a copy consists of, and what it asks of its new home."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from openai_org_usage import OPERATIONS, __version__
from openai_org_usage.tables.atomic_files import sha256
from openai_org_usage.vendoring.contents import LEFT_OUT, CopyKind, CopySource
from openai_org_usage.vendoring.copying import vendor

from .versions import tree

REQUIRED = {"anyio", "attrs", "httpx", "msgspec"}
KNOWN = REQUIRED | {"_typeshed"}
"""Also what every type checker has, and no program imports."""
USE = """
from datetime import datetime
from decimal import Decimal

from ._vendor.openai_org_usage import UsageClient
from ._vendor.openai_org_usage.errors import OpenAIUsageError
from ._vendor.openai_org_usage_generated.api.usage import usage_costs


def costs(client: UsageClient) -> list[tuple[datetime, str | None, Decimal | None]]:
    try:
        rows = client.costs(start_time="30d", group_by=["line_item"]).rows()
        return [(row.start, row.line_item, row.amount_value) for row in rows]
    except OpenAIUsageError:
        return []


assert usage_costs.request(start_time="1d").operation.name == "costs"
"""


def test_every_file_is_the_source_byte_for_byte(copy: Path, source: CopySource) -> None:
    """Nothing is edited; all that is not left out is there, and nothing else."""
    manifest = json.loads((copy / "VENDORED.json").read_text())
    for name in manifest["files"]:
        top, _, rest = name.partition("/")
        original = source.generated / rest if top == "_generated" else source.package / name
        assert (copy / name).read_bytes() == original.read_bytes(), name
    expected = {f"_generated/{name}" for name in tree(source.generated)} | {"_generated", "VENDORED.json"}
    expected |= {name for name in tree(source.package) if name.split("/")[0] not in LEFT_OUT}
    assert set(tree(copy)) == expected


def test_what_is_left_out_exists(source: CopySource) -> None:
    """No reason outlives what it was given for."""
    assert [name for name in LEFT_OUT if not (source.package / name).exists()] == []


def imports(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Level, module and names of every import in a file, wherever in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((0, alias.name, []) for alias in node.names)


@pytest.mark.parametrize("kind", CopyKind)
def test_every_import_is_relative_standard_or_required(dest: Path, kind: CopyKind) -> None:
    """A module that needs more belongs into LEFT_OUT; metadata is looked up for hints to install alone."""
    target, _ = vendor(dest, kind=kind)
    for path in target.rglob("*.py"):
        for level, module, _ in imports(path):
            if not level:
                assert module.split(".")[0] in KNOWN | sys.stdlib_module_names, (path, module)
                if path.name != "installation.py":
                    assert module not in ("importlib.metadata", "importlib.resources", "pkg_resources"), path


@pytest.mark.parametrize("kind", CopyKind)
def test_every_relative_import_ends_in_the_copy(dest: Path, kind: CopyKind) -> None:
    """What was left out is missed by nothing, not even by a type."""
    target, _ = vendor(dest, kind=kind)
    for path in target.rglob("*.py"):
        for level, module, names in imports(path):
            if level:
                base = path.parents[level - 1].joinpath(*module.split(".") if module else [])
                assert base.is_relative_to(target), (path, module)
                assert base.with_suffix(".py").is_file() or (base / "__init__.py").is_file(), (path, module)
                if not module and not base.samefile(target):
                    assert all(is_there(name, base) for name in names), (path, names)


def is_there(name: str, package: Path) -> bool:
    """As a module, a package, or something that the package itself assigns."""
    own = re.search(rf"^{name}\b.*=", (package / "__init__.py").read_text(), re.M)
    return (package / f"{name}.py").is_file() or (package / name).is_dir() or own is not None


def test_the_manifest_says_where_the_copy_comes_from(copy: Path, source: CopySource) -> None:
    """Version, spec, requirements without extras, the licence's text, and a hash for every file."""
    manifest = json.loads((copy / "VENDORED.json").read_text())
    assert (manifest["version"], manifest["kind"]) == (__version__, "whole")
    assert manifest["spec"] == dict(source.spec)
    assert {"source", "sha256"} <= manifest["spec"].keys()
    assert {line.split(">")[0].split("<")[0] for line in manifest["requirements"]} == REQUIRED
    assert manifest["requires_python"] == distribution("openai-org-usage").metadata["Requires-Python"]
    assert manifest["license"].startswith("MIT License")
    assert "WITHOUT WARRANTY" in manifest["license"]
    files = {name: data for name, data in tree(copy).items() if (copy / name).is_file()}
    del files["VENDORED.json"]
    assert manifest["files"] == {name: sha256(data) for name, data in files.items()}


def test_copies_carry_the_type_marker(copy: Path, dest: Path) -> None:
    """Both kinds of copy."""
    generated, _ = vendor(dest, kind=CopyKind.GENERATED)
    assert generated.name == "openai_org_usage_generated"
    for folder in (copy, copy / "_generated", generated):
        assert (folder / "py.typed").is_file()


def test_the_generated_package_works_alone(dest: Path) -> None:
    """Without overlays, under another name, with nothing of the installed library loaded."""
    vendor(dest, name="wire", kind=CopyKind.GENERATED)
    code = (
        "import sys, wire; from wire.api.usage import usage_costs;"
        "print(len(wire.OPERATIONS), usage_costs.request(start_time=1).operation.name,"
        "any(name.startswith('openai_org_usage') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=dest, capture_output=True, text=True, check=False
    )
    assert (done.stdout.split(), done.stderr) == ([str(len(OPERATIONS)), "costs", "False"], "")


def test_a_copy_is_no_more_open_than_other_files(dest: Path) -> None:
    """Its permissions are those of any new file and folder."""
    plain = dest / "plain"
    plain.mkdir()
    (plain / "file").touch()
    target, _ = vendor(dest)
    assert target.stat().st_mode == plain.stat().st_mode
    assert (target / "client.py").stat().st_mode == (plain / "file").stat().st_mode


@pytest.mark.skipif(find_spec("mypy") is None, reason="mypy is not installed")
def test_copies_pass_mypy_strict_in_their_new_home(dest: Path, copy: Path) -> None:
    """Both kinds and code that uses them, checked as one package of their new repository."""
    vendor(dest, kind=CopyKind.GENERATED)
    home = dest.parent
    (home / "costs.py").write_text(USE)
    for folder in (home, dest):
        (folder / "__init__.py").touch()
    environment = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=.cache", home.name],
        cwd=home.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
