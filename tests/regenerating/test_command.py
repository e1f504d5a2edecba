"""`python -m codegen diff` and what `pin` prints, as people and programs meet them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.__main__ import main
from codegen.files import ROOT
from openai_org_usage import __version__

from . import growth
from .conftest import Run
from .pins import Edit, Json, edited, fields, items, operation, parameter

PIN = ROOT / "openapi.yaml"


def write(document: Json, path: Path) -> Path:
    """Write `document` to `path` as YAML."""
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))
    return path


def grown(folder: Path) -> Path:
    """The synthetic upstream document with what it gains, as a file."""
    document = growth.published()
    growth.grow(document)
    return write(document, folder / "2026-12-01_abcdef0.yaml")


CLASSES: list[tuple[Edit, int, str]] = [
    (lambda d: d["info"].clear(), 0, "nothing changes for callers: 0.1.0 stays"),
    (
        lambda d: operation(d, "images").update(deprecated=True),
        0,
        "neutral (1 neutral): 0.1.0 should be followed by 0.1.1",
    ),
    (
        lambda d: items(d, "costs", "group_by")["enum"].append("model"),
        3,
        "additive (1 additive): 0.1.0 should be followed by 0.1.1",
    ),
    (
        lambda d: parameter(d, "images", "end_time").update(required=True),
        4,
        "breaking (1 breaking): 0.1.0 should be followed by 0.2.0",
    ),
]


@pytest.mark.parametrize(("edit", "status", "last_line"), CLASSES)
def test_status_and_last_line_tell_the_class(
    edit: Edit,
    status: int,
    last_line: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Scripts read the one, people the other."""
    monkeypatch.setattr("openai_org_usage.__version__", "0.1.0")
    other = write(edited(edit), tmp_path / "other.yaml")

    found = main(["diff", str(other)])

    assert (found, capsys.readouterr().out.splitlines()[-1]) == (status, last_line)


def test_an_upstream_document_is_pinned_in_memory_only(run: Run, tmp_path: Path) -> None:
    """What `make pin` would change is told before anything is written."""
    pin = shutil.copy(PIN, tmp_path / "openapi.yaml")

    done = run("-m", "codegen", "diff", grown(tmp_path), "--pin", pin)

    assert (done.returncode, done.stderr) == (3, "")
    assert "embeddings: optional parameter regions added: array of string" in done.stdout
    assert Path(pin).read_bytes() == PIN.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-12-01_abcdef0.yaml", "openapi.yaml"]


def test_obsolete_corrections_are_listed_with_file_and_line(run: Run, tmp_path: Path) -> None:
    """Upstream has the decisions endpoint: the line to delete is named by both commands."""
    pin = tmp_path / "openapi.yaml"
    lines = (ROOT / "overlays" / "spec" / "additions.overlay.yaml").read_text().splitlines()
    begins = lines.index("  - target: $.components.schemas") + 1
    line = f"obsolete, upstream has it: additions.overlay.yaml:{begins}: $.components.schemas\n"

    done = [
        run("-m", "codegen", *c, "--pin", pin) for c in (["pin", grown(tmp_path)], ["diff", grown(tmp_path)])
    ]

    assert [run.returncode for run in done] == [0, 0]
    assert all(line in run.stdout for run in done)


@pytest.mark.parametrize("before", [None, "<<<<<<< HEAD\n", "openapi: 3.1.0\npaths: {/x: {get: []}}\n"])
def test_pinning_over_nothing_readable_just_pins(run: Run, tmp_path: Path, before: str | None) -> None:
    """No pin before, or one that a merge has broken, leaves nothing to compare and stops nothing."""
    pin = tmp_path / "openapi.yaml"
    if before:
        pin.write_text(before)

    done = run("-m", "codegen", "pin", grown(tmp_path), "--pin", pin)

    assert (done.returncode, done.stderr) == (0, "")
    assert "should be followed by" not in done.stdout
    assert "/organization/usage/videos" in pin.read_text()


def test_json_has_one_entry_for_each_endpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What people get once for all endpoints, programs get for each."""
    other = write(edited(*(_without_429(name) for name in ("images", "costs"))), tmp_path / "other.yaml")

    main(["diff", str(other), "--format", "json"])

    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (found["class"], found["version"]["current"], found["obsolete"]) == ("neutral", __version__, [])
    assert [change["endpoint"] for change in found["changes"]] == ["costs", "images"]
    assert found["changes"][0] == {
        "class": "neutral",
        "side": "response",
        "kind": "status-removed",
        "endpoint": "costs",
        "subject": "429",
        "before": "ErrorResponse, header Retry-After (type integer, minimum 1)",
        "after": None,
        "python": "nothing: UsageClient.costs() raises the error of the status in any case",
    }


def _without_429(name: str) -> Edit:
    return lambda d: operation(d, name)["responses"].pop("429")


def test_people_get_a_shared_change_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the endpoints in words, and `*` for their names in Python."""
    pages = [f"Usage{name}Page" for name in ("Images", "Completions")]
    other = write(
        edited(lambda d: [fields(d, page)["has_more"].update(type="string") for page in pages]),
        tmp_path / "other.yaml",
    )

    main(["diff", str(other)])

    printed = capsys.readouterr().out
    assert "  completions, images: type of field page.has_more: boolean to string\n" in printed
    assert "      in Python: *Page.has_more: bool becomes str\n" in printed


def test_markdown_is_made_of_headings_and_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a pull request, or for the changelog."""
    other = write(edited(lambda d: fields(d, "CostsResult").pop("quantity")), tmp_path / "other.yaml")

    main(["diff", str(other), "--format", "markdown"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "",
        "### Breaking, response",
        "",
        "- costs: field quantity removed. In Python: `CostsResult.quantity` is gone.",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["missing.yaml"], 1, "error: cannot read missing.yaml"),
        (["pyproject.toml"], 1, "error: pyproject.toml is not"),
        (["openapi.yaml", "--against", "missing.yaml"], 1, "error: cannot read missing.yaml"),
        (["openapi.yaml", "--format", "xml"], 2, "invalid choice: 'xml'"),
        ([], 2, "missing: upstream"),
    ],
)
def test_errors_have_their_own_statuses(run: Run, arguments: list[str], status: int, message: str) -> None:
    """1 is an error and 2 wrong usage; neither can be taken for a class of changes."""
    done = run("-m", "codegen", "diff", *arguments)

    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr


def test_help_documents_the_statuses(run: Run) -> None:
    """As the page does."""
    printed = " ".join(run("-m", "codegen", "diff", "--help").stdout.split())

    assert "Exit status: 0 if nothing changes for callers, 3 if something is added, 4 if" in printed


def test_make_succeeds_whatever_the_class(tmp_path: Path) -> None:
    """make would turn 3 and 4 into its own 2: only errors fail, and the last line tells the class."""
    other = write(edited(lambda d: fields(d, "CostsResult").pop("quantity")), tmp_path / "other.yaml")
    plain = ["make", "--no-print-directory", "-o", "setup", "diff"]

    breaking, broken = (
        subprocess.run([*plain, f"UPSTREAM={name}"], cwd=ROOT, capture_output=True, text=True, check=False)
        for name in (other, "missing.yaml")
    )

    assert breaking.returncode == 0
    assert breaking.stdout.splitlines()[-1].startswith("breaking (1 breaking): ")
    assert broken.returncode == 2
    assert "error: cannot read missing.yaml" in broken.stderr
