"""The drift check: it passes on what the tools made, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.check import check
from codegen.errors import CodegenError

from .conftest import Project
from .running import python

PACKAGE = "openai_org_usage_generated"


def append(path: Path) -> None:
    """Add a blank line to `path`."""
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new` in `path`."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_committed_tree_has_not_drifted(capsys: pytest.CaptureFixture[str]) -> None:
    """Pin, overlays, templates and generated code of this repository fit together."""
    code = main(["check"])

    assert (code, capsys.readouterr()) == (0, ("nothing drifted\n", ""))


def test_a_fresh_tree_has_not_drifted(project: Project) -> None:
    """What pin and generate just made is what they would make again."""
    assert check(pin=project.pin, out=project.out, overlays=project.overlays) == []


DRIFT: dict[str, tuple[Callable[[Project], object], list[str]]] = {
    "a changed generated file": (
        lambda p: append(p.out / PACKAGE / "client.py"),
        [f"changed: {PACKAGE}/client.py; run `make generate`"],
    ),
    "a deleted generated file": (
        lambda p: (p.out / PACKAGE / "models" / "costs_page.py").unlink(),
        [f"missing: {PACKAGE}/models/costs_page.py; run `make generate`"],
    ),
    "a new file": (
        lambda p: (p.out / PACKAGE / "extra.py").touch(),
        [f"not generated: {PACKAGE}/extra.py; run `make generate`"],
    ),
    "a new file beside the package": (
        lambda p: (p.out / "extra.txt").touch(),
        ["not generated: extra.txt; run `make generate`"],
    ),
    "a changed record": (
        lambda p: append(p.out / "inputs.json"),
        ["changed: inputs.json; run `make generate`"],
    ),
    "an edited fact in the pin": (
        lambda p: replace(p.pin, "maximum: 180", "maximum: 181"),
        [
            "edited by hand: openapi.yaml; change overlays/spec/ and run `make pin`",
            f"changed: {PACKAGE}/api/usage/usage_costs.py; run `make generate`",
            "changed: inputs.json; run `make generate`",
            f"changed: {PACKAGE}/operations/costs.py; run `make generate`",
        ],
    ),
    "a comment in the pin": (
        lambda p: replace(p.pin, "# Made by", "# Edited, once made by"),
        ["changed: inputs.json; run `make generate`"],
    ),
    "a changed overlay": (
        lambda p: append(p.overlays / "prose.overlay.yaml"),
        ["changed since the pin: overlays/spec/prose.overlay.yaml; run `make pin`"],
    ),
    "a new overlay": (
        lambda p: (p.overlays / "more.overlay.yaml").touch(),
        ["changed since the pin: overlays/spec/more.overlay.yaml; run `make pin`"],
    ),
    "a deleted overlay": (
        lambda p: (p.overlays / "prose.overlay.yaml").unlink(),
        ["changed since the pin: overlays/spec/prose.overlay.yaml; run `make pin`"],
    ),
}


@pytest.mark.parametrize("what", DRIFT)
def test_drift_is_found(project: Project, what: str) -> None:
    """Each kind of drift is named, with the command that puts it right."""
    edit, expected = DRIFT[what]
    edit(project)

    drift = check(pin=project.pin, out=project.out, overlays=project.overlays)

    assert sorted(drift) == sorted(expected)


@pytest.mark.parametrize(
    ("path", "old", "new", "changed"),
    [
        ("overlays/templates/models_init.py.jinja", "The models", "All the models", "models/__init__.py"),
        ("overlays/runtime/types.py", "What the models", "All that the models", "types.py"),
        ("generator-config.yaml", "--line-length 100", "--line-length 90", "models/costs_bucket.py"),
    ],
)
def test_a_changed_template_runtime_or_configuration_is_drift(
    project: Project, path: str, old: str, new: str, changed: str
) -> None:
    """The command fails until the code is generated again, and passes then."""
    replace(project.root / path, old, new)

    before = python("-m", "codegen", "check", cwd=project.root)
    python("-m", "codegen", "generate", cwd=project.root)
    after = python("-m", "codegen", "check", cwd=project.root)

    assert before.returncode == 1
    assert f"changed: {PACKAGE}/{changed}; run `make generate`" in before.stderr.splitlines()
    assert "changed: inputs.json; run `make generate`" in before.stderr.splitlines()
    assert (after.returncode, after.stderr) == (0, "")


def test_a_template_that_changes_nothing_is_drift_too(project: Project) -> None:
    """The record of inputs is compared, so a template cannot change unseen."""
    (project.root / "overlays" / "templates" / "new.py.jinja").touch()

    done = python("-m", "codegen", "check", cwd=project.root)

    assert done.returncode == 1
    assert done.stderr == "changed: inputs.json; run `make generate`\n"


def test_a_missing_tree_is_drift(project: Project) -> None:
    """Without generated code every file is named as missing."""
    drift = check(pin=project.pin, out=project.root / "gone", overlays=project.overlays)

    assert "missing: inputs.json; run `make generate`" in drift
    assert all(line.startswith("missing: ") for line in drift)


def test_a_missing_pin_is_an_error(project: Project) -> None:
    """Without a pin there is nothing to compare with; the error names the command for it."""
    project.pin.unlink()

    with pytest.raises(CodegenError, match=r"there is no pin at .*make pin"):
        check(pin=project.pin, out=project.out, overlays=project.overlays)
