"""Changed facts go all the way: generated from a mutated pin, every level that shows them turns red."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from . import sources
from .comparing import shown
from .conftest import Score
from .facts import Description
from .levels import LEVELS, PIN, spec
from .mutants import Mutant, mutants

pytest.importorskip("codegen")

SAMPLE = (
    ("parameter dropped", "completions", "parameter batch", "exists"),
    ("parameter renamed", "embeddings", "parameter models", "exists"),
    ("parameter added", "moderations", "parameter novel", "exists"),
    ("parameter made required", "completions", "parameter end_time", "required"),
    ("parameter made optional", "moderations", "parameter start_time", "required"),
    ("parameter retyped", "embeddings", "parameter page", "type"),
    ("value added", "images", "parameter sources", "value novel"),
    ("value removed", "images", "parameter sizes", "value 1792x1792"),
    ("value renamed", "costs", "parameter group_by", "value line_item"),
    ("value added", "vector_stores", "parameter project_ids", "value novel"),
    ("default changed", "audio_speeches", "parameter bucket_width", "default"),
    ("default removed", "code_interpreter_sessions", "parameter bucket_width", "default"),
    ("limit default changed", "web_search_calls", "parameter limit", "limit default 1h"),
    ("limit maximum changed", "costs", "parameter limit", "limit maximum 1d"),
    ("limit dropped", "completions", "parameter limit", "limit maximum 1m"),
    ("field dropped", "completions", "result service_tier", "exists"),
    ("field renamed", "file_search_calls", "result vector_store_id", "exists"),
    ("field added", "vector_stores", "result novel", "exists"),
    ("field retyped", "vector_stores", "result usage_bytes", "type"),
    ("field retyped", "costs", "result amount.currency", "type"),
    ("field made required", "web_search_calls", "result model", "required"),
    ("field made optional", "images", "result images", "required"),
    ("field made nullable", "decisions", "result output_tokens", "nullable"),
    ("field made not nullable", "decisions", "page next_page", "nullable"),
    ("field dropped", "audio_speeches", "bucket end_time", "exists"),
    ("value removed", "costs", "result quantity_unit", "value gibibyte_hours"),
    ("parameter dropped", "users", "parameter emails", "exists"),
    ("parameter added", "projects", "parameter novel", "exists"),
    ("parameter made required", "projects", "parameter after", "required"),
    ("value renamed", "admin_api_keys", "parameter order", "value desc"),
    ("maximum changed", "service_accounts", "parameter limit", "maximum"),
    ("default changed", "users", "parameter limit", "default"),
    ("field dropped", "api_keys", "result owner.user.email", "exists"),
    ("field added", "projects", "result novel", "exists"),
    ("field retyped", "users", "result projects.data.name", "type"),
    ("field made required", "service_accounts", "result role", "required"),
    ("value removed", "projects", "result residency", "value AE_STORAGE"),
    ("field made optional", "admin_api_keys", "page has_more", "required"),
)
"""Kind, endpoint, subject and fact; no two touch the same parameter or field, so one run shows all."""


def sampled(document: spec.Json) -> list[Mutant]:
    """The mutants of the sample; of several of a kind, the first."""
    found: dict[tuple[str, ...], Mutant] = {}
    for m in mutants(document):
        found.setdefault((m.kind, m.endpoint.rsplit("/", 1)[1], m.subject, m.fact), m)
    return [found[row] for row in SAMPLE]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, ...]]]:
    """By level, the places that the comparison complains of where all of the sample is generated."""
    folder = tmp_path_factory.mktemp("mutated")
    document = spec.load(PIN)
    for mutant in sampled(spec.load(PIN)):
        mutant.edit(document)
    pin = folder / "openapi.yaml"
    pin.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    importlib.import_module("codegen.generate").generate(pin=pin, out=folder / "generated")
    return compared_with(folder / "generated")


def compared_with(generated: Path) -> dict[str, set[tuple[str, ...]]]:
    """The places of the complaints by level, where `generated` is what is imported."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.documented", "--json"],
        cwd=PIN.parent,
        env=os.environ | {"PYTHONPATH": str(generated), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, "")
    found: dict[str, list[list[str]]] = json.loads(done.stdout)
    return {level: {tuple(place) for place in places} for level, places in found.items()}


def levels_showing(mutant: Mutant, shown_at: Callable[[str], Description]) -> list[str]:
    """The generated levels that have a statement about the fact that `mutant` changes."""
    documented = [sources.source(name).facts for name in sources.NAMES]
    return [
        level
        for level in LEVELS
        if level != "spec" and any(shown(source, shown_at(level), mutant.place) for source in documented)
    ]


def test_generated_mutants_turn_every_level_red(
    complaints: dict[str, set[tuple[str, ...]]], shown_at: Callable[[str], Description], score: Score
) -> None:
    """Each is named at each level that shows the fact, and each level names some."""
    expected = [
        (mutant, level) for mutant in sampled(spec.load(PIN)) for level in levels_showing(mutant, shown_at)
    ]

    alive = [f"{mutant} at {level}" for mutant, level in expected if mutant.place not in complaints[level]]

    assert alive == [], "\n".join(alive)
    assert {level for _, level in expected} == LEVELS.keys() - {"spec"}
    score.lines.append(
        f"mutants generated: {len(SAMPLE)}, named {len(expected)} times of {len(expected)} at "
        f"{len(LEVELS) - 1} levels"
    )
