"""Every documented fact, at every level where a user meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from . import sources
from .comparing import compared, declarations, undeclared
from .conftest import Score
from .facts import Description, group_of, kind_of
from .levels import LEVELS

ShownAt = Callable[[str], Description]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("source", sources.NAMES)
def test_what_is_documented_is_here(source: str, level: str, shown_at: ShownAt, score: Score) -> None:
    """A source and a level differ in what declared.yaml declares, and in nothing else."""
    documented = sources.source(source).facts

    found = undeclared(documented, shown_at(level))

    assert not found, "\n" + "\n".join(map(str, found))
    score.facts[source, level] = compared(documented, shown_at(level))
    assert bool(score.facts[source, level]) == bool(documented.groups & shown_at(level).groups)


@pytest.mark.parametrize("level", [name for name in LEVELS if name != "spec"])
def test_every_level_shows_what_the_pin_says(level: str, shown_at: ShownAt) -> None:
    """Whatever a level shows, it shows as the pinned document has it; the amount's two types are one."""
    pin, here = shown_at("spec"), shown_at(level)
    assert {path for path in pin.endpoints if group_of(path) in here.groups} == here.endpoints.keys()

    for path, endpoint in here.endpoints.items():
        said, shown = pin.endpoints[path].subjects, endpoint.subjects
        assert {s for s in said if s.partition(" ")[0] in ("", *endpoint.sections)} == shown.keys()
        for subject, statements in shown.items():
            of_pin = dict(said[subject].facts)
            if subject == "result amount.value":
                of_pin["type"] = "number"
            expected = {f: value for f, value in of_pin.items() if kind_of(f) in statements.kinds}
            assert dict(statements.facts) == expected, (path, subject)


def test_every_declaration_is_dated_and_has_a_reason() -> None:
    """Nobody has to guess why a difference is meant to be, or when that was last looked at."""
    table = declarations()

    assert [d for d in table if len(d.reason.split()) < 4 or len(d.date) != len("2026-11-21")] == []
    assert len({(d.source, d.place) for d in table}) == len(table)
    assert {d.source for d in table} <= set(sources.NAMES)


def test_a_difference_that_is_gone_is_reported(shown_at: ShownAt) -> None:
    """Were the pin what the source says, each row of the table would be reported as no longer true."""
    for name in sources.NAMES:
        documented = sources.source(name).facts
        as_documented = Description("spec", documented.endpoints, groups=documented.groups)
        rows = [d for d in declarations() if d.source == name]
        complaints = {d.place for d in undeclared(documented, as_documented) if d.declared}
        assert complaints == {row.place for row in rows}
