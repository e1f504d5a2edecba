"""The list of changes is complete and true, by lists that were made by hand from the documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.diff.change import ApiChange
from codegen.diff.compare import compare
from codegen.files import ROOT

EXPECTED = Path(__file__).parent / "expected"
Entry = tuple[str, str, str | None, str, str | None, str | None]
STEPS = [("02", "10"), ("10", "13"), ("13", "14"), ("14", "pin")]


def by_hand(name: str) -> list[Entry]:
    content: dict[str, Any] = yaml.safe_load((EXPECTED / f"{name}.yaml").read_text())
    return [
        (effect, entry["kind"], endpoint, entry["subject"], entry.get("before"), entry.get("after"))
        for effect in ("breaking", "additive", "neutral")
        for entry in content[effect]
        for endpoint in entry["endpoints"] or [None]
    ]


def found(change: ApiChange) -> Entry:
    return (change.effect, change.kind, change.endpoint, change.subject, change.before, change.after)


def path_of(document: str, upstream_file: Callable[[str], Path]) -> str:
    return str(ROOT / "openapi.yaml" if document == "pin" else upstream_file(document))


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_nothing_is_missed_and_nothing_invented(
    upstream_file: Callable[[str], Path], before: str, after: str
) -> None:
    """Every change of the real documents is found, once for each endpoint, and no other."""
    paths = [path_of(document, upstream_file) for document in (before, after)]

    changes = [found(change) for change in compare(*paths, bare=True).changes]

    expected = by_hand(f"{before}-to-{after}")
    assert {"missed": set(expected) - set(changes), "invented": set(changes) - set(expected)} == {
        "missed": set(),
        "invented": set(),
    }
    assert len(changes) == len(expected)
