"""Nothing in a document becomes code: it is refused, or it is in the package exactly as it was.

`CONTRACT=long` tries 2,000 documents instead of a sample; `-n 4` shares them out, and `-rP` shows
what was counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ..contract.profiles import LONG
from . import hostile, places, toy
from .conftest import Project
from .laboratory import Counts, Laboratory, check, strings_in
from .witness import Witness, witness

PARTS = 20 if LONG else 2
EACH = 100 if LONG else 20


@pytest.fixture(scope="module")
def looking() -> Iterator[Witness]:
    """A process that imports what was generated."""
    with witness() as one:
        yield one


@pytest.fixture(scope="module")
def laboratory(
    looking: Witness, toy_projects: dict[str, Project], tmp_path_factory: pytest.TempPathFactory
) -> Laboratory:
    """Where hostile documents are tried."""
    old = toy_projects["new"].pin.read_text()
    return Laboratory(tmp_path_factory.mktemp("laboratory"), looking, old, Counts())


@pytest.mark.parametrize("part", range(PARTS))
def test_no_document_becomes_code(
    laboratory: Laboratory, toy_projects: dict[str, Project], part: int
) -> None:
    """Names and texts of all kinds, at every place: refused with a sentence, or exact in the package."""
    canary, known = laboratory.canary, hostile.names_in(toy_projects["new"].out)
    laboratory.counts = Counts()
    placed = st.tuples(st.sampled_from(sorted(places.TEXTS | places.SILENT)), hostile.texts(canary))
    named = st.tuples(st.sampled_from(sorted(places.NAMES)), hostile.names(canary, known))
    prose = st.tuples(st.sampled_from(sorted(places.PINNED)), hostile.texts(canary))

    @seed(part)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(example=st.one_of(placed, named, prose))
    def attempt(example: tuple[str, str]) -> None:
        place, text = example
        if place in places.PINNED:
            pinned = toy.read(toy_projects["new"].pin)
            places.PINNED[place](pinned, text)
            accepted = laboratory.attempt_pin(pinned)
        else:
            document = toy.toy()
            (places.NAMES | places.TEXTS | places.SILENT)[place](document, text)
            accepted = laboratory.attempt(document)
        if accepted is not None:
            assert place not in places.TEXTS or text in set(strings_in(accepted))
            check(accepted, laboratory.facts())

    attempt()
    print(laboratory.counts)
    assert laboratory.counts.verdicts["accepted"] >= EACH // 5
    assert laboratory.counts.verdicts["refused"] >= EACH // 5


def test_code_in_prose_stays_prose(laboratory: Laboratory, toy_projects: dict[str, Project]) -> None:
    """Each way of leaving a docstring or a literal, in some sentence of one pin: all come out exact."""
    pinned = toy.read(toy_projects["new"].pin)
    texts = [text for text in hostile.payloads(laboratory.canary) if not set(text) & set("\r\f\x85\u2028")]
    places = [node for node in toy.objects_below(pinned) if isinstance(node.get("description"), str)]
    for place, text in zip(places, itertools.cycle(texts), strict=False):
        place["description"] = text

    accepted = laboratory.attempt_pin(pinned)

    assert accepted is not None
    assert len(places) > len(texts)
    check(accepted, laboratory.facts())
