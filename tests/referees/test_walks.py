"""Walking all pages with another client, and what is made of a walk that finds something else."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Field, Status
from referees.questions import MIDNIGHT, NOW, Question
from referees.readers import Errand, ServerAddress, send
from referees.walks import differences, our_sums, walk_by_commas


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(now=lambda: NOW) as emulator:
        yield emulator


def question(name: str) -> Question:
    """Nine days in five pages, grouped by all there is."""
    groups = list(OPERATIONS[name].parameter("group_by").allowed_values)
    start = MIDNIGHT - 9 * 86_400
    return Question(name, "everything", {"start_time": start, "limit": 2, "group_by": groups})


@pytest.mark.parametrize("name", OPERATIONS)
def test_lists_joined_by_commas_give_the_same_totals(emulator: Emulator, name: str) -> None:
    """The comma client gets to the last page, and adds up what ours does."""
    server = ServerAddress(emulator.base_url, emulator.admin_key)

    (theirs,) = walk_by_commas(server, [question(name)])
    (outcome,) = send(server, [Errand(question(name))], array_format="repeat")

    assert (theirs.failed, theirs.buckets) == ("", 10)
    assert theirs.results > theirs.buckets
    assert any(theirs.totals.values())
    assert list(differences(theirs, our_sums(outcome))) == []


def test_other_numbers_are_found(emulator: Emulator) -> None:
    """A lost result, a lost bucket, another total, and one that is missing."""
    server = ServerAddress(emulator.base_url, emulator.admin_key)
    (outcome,) = send(server, [Errand(question("images"))], array_format="repeat")
    ours = our_sums(outcome)

    for changed in (
        attrs.evolve(ours, buckets=ours.buckets - 1),
        attrs.evolve(ours, results=ours.results - 1),
        attrs.evolve(ours, totals={**ours.totals, "images": ours.totals["images"] * (1 + 1e-9)}),
        attrs.evolve(ours, totals={}),
    ):
        assert list(differences(changed, ours))
    assert not list(differences(ours, ours))


def test_a_walk_that_fails_says_why(emulator: Emulator) -> None:
    """With the status and the body; a number that is none is a failure, too."""
    server = ServerAddress(emulator.base_url, emulator.admin_key)
    try:
        emulator.faults = FaultPlan({2: Status(503)})
        (stopped,) = walk_by_commas(server, [question("images")])
        emulator.faults = FaultPlan(Field("images", "many"))
        (unread,) = walk_by_commas(server, [question("images")])
    finally:
        emulator.reset()

    assert "status 503" in stopped.failed
    assert unread.failed
