"""The reference: autodoc is given what exists, everything public is in it, and docstrings read well there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import openai_org_usage
import openai_org_usage.errors

from .pages import DOCS, blocks

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")


def documented() -> list[tuple[str, str, str]]:
    """What autodoc is given: kind, full name, and options."""
    found: list[tuple[str, str, str]] = []
    for block in blocks("{eval-rst}"):
        module = ""
        for kind, name, options in re.findall(
            r"^.. (?:auto)?(\w+):: (\S+)\n((?:   :.*\n)*)", block.text, flags=re.MULTILINE
        ):
            if kind == "currentmodule":
                module = f"{name}."
            else:
                found.append((kind, name if kind == "module" else module + name, options))
    return found


def test_every_name_that_autodoc_is_given_exists() -> None:
    """Classes and functions with their members, and modules."""
    for kind, name, options in documented():
        module, _, own = name.rpartition(".")
        if kind == "module":
            importlib.import_module(name)
            continue
        named = getattr(importlib.import_module(module), own)
        members = [m for part in re.findall(r":members: (\w.*)", options) for m in part.split(", ")]
        assert [member for member in members if not hasattr(named, member)] == [], name
    assert len(documented()) > 40


def test_the_reference_has_every_public_name() -> None:
    """Of the library, its errors, the report and the emulator, and none of what is for building on."""
    listed = {name.rpartition(".")[2] for kind, name, _ in documented() if kind != "module"}
    for kind, name, options in documented():
        if kind == "module" and ":members:" in options:
            listed |= set(importlib.import_module(name).__all__)
    modules = [importlib.import_module(f"openai_org_usage{name}") for name in ("", ".report", ".emulator")]
    public = {name for module in modules for name in module.__all__}
    in_words = {"DIRECTORY", "OPERATIONS", "faults"}  # Values, and a module on another page.
    assert public - listed == in_words
    options = "".join(given for _, _, given in documented())
    assert "inherited-members" not in options  # They would bring what is for building on.
    assert re.findall(r"\b(?:fetch|calls|tell)\b", options) == []


def docstrings() -> Iterator[tuple[str, str]]:
    """Every docstring of the package, with where it stands."""
    for path in sorted(Path(openai_org_usage.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.name}:{getattr(node, 'name', '')}", ast.get_docstring(node) or ""


def test_what_is_indented_in_a_docstring_stays_as_it_is() -> None:
    """Trees and examples follow two colons; else the documentation makes one paragraph of them."""
    loose = [
        where
        for where, text in docstrings()
        if re.search(r"^\S.*(?<!::)\n\n    \S", text, flags=re.MULTILINE)
    ]
    assert loose == []
    assert "├── APIStatusError" in (openai_org_usage.errors.__doc__ or "")
