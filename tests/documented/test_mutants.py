"""The suite cannot be fooled: no fact of the pinned document can change unnoticed."""

from __future__ import annotations

from collections import Counter

from . import sources
from .comparing import Difference, undeclared
from .conftest import Score
from .facts import EVERYTHING, Description, Endpoint
from .levels import PIN, spec
from .levels.spec import Json
from .mutants import Mutant, isolated, mutants

BOUNDS = ("minimum", "maximum")


def complaints(document: Json, path: str) -> list[Difference]:
    """What the comparison of `document` with all sources says of the endpoint at `path`."""
    found = [spec.read_endpoint(document, path)] if path in document["paths"] else []
    level = Description.of("spec", found, groups=EVERYTHING)
    return [
        difference
        for name in sources.NAMES
        for difference in undeclared(sources.source(name).facts, level, at=path)
    ]


def test_every_changed_fact_turns_the_suite_red(score: Score) -> None:
    """Each mutant of the pin is named by a complaint: endpoint, parameter or field, and fact."""
    document = spec.load(PIN)
    assert [difference for path in document["paths"] for difference in complaints(document, path)] == []

    made: Counter[str] = Counter()
    alive: list[Mutant] = []
    for mutant in mutants(document):
        mutated = isolated(document, mutant.endpoint)
        mutant.edit(mutated)
        found = complaints(mutated, mutant.endpoint)
        made[mutant.kind] += 1
        named = [str(difference) for difference in found if difference.place == mutant.place]
        if not any(all(part in message for part in mutant.place) for message in named):
            alive.append(mutant)

    total = made.total()
    killed = total - len(alive)
    score.lines.append(
        f"mutants of the pin: {total} of {len(made)} kinds, {killed} killed ({killed / total:.1%})"
    )
    assert alive == [], "\n".join(map(str, alive))
    assert total > 1000
    assert document == spec.load(PIN)  # No mutant was left in what the others were made from.


def test_every_fact_has_a_mutant() -> None:
    """For everything that the pin states of a parameter or a field there is a mutant that changes it."""
    document = spec.load(PIN)
    changed = {mutant.place for mutant in mutants(document)}
    unchanged = {
        (path, subject, fact)
        for path, endpoint in spec.read(document).endpoints.items()
        for subject, statements in facts_of(endpoint).items()
        for fact in statements
        if (path, subject, fact) not in changed
    }

    assert unchanged == {("/organization/usage/decisions", "", "operation id")}  # No source has it.


def facts_of(endpoint: Endpoint) -> dict[str, list[str]]:
    """The facts of `endpoint` by subject; where a bound is not in the pin, there is none to change."""
    return {
        subject: [fact for fact, value in statements.facts.items() if value is not None or fact not in BOUNDS]
        for subject, statements in endpoint.subjects.items()
    }
