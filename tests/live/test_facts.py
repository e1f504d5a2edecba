"""The list of facts itself: each has its evidence, and its test in one of the modules beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import test_facts_of_answers, test_facts_of_lists, test_facts_of_requests
from .facts import FACTS

SHARED = Path(__file__).parents[3] / "shared" / "LIVE.md"
"""Where the facts were gathered; the tests do not need it."""


def test_every_fact_has_its_test_and_its_evidence() -> None:
    """And says how sure it is."""
    modules = (test_facts_of_answers, test_facts_of_lists, test_facts_of_requests)
    tested = {name for module in modules for name in vars(module)}
    for name, fact in FACTS.items():
        assert fact["sure"] in ("recorded", "in use", "reported", "documented"), name
        assert fact["says"], name
        assert fact["evidence"], name
        assert f"test_{name}" in tested, name


@pytest.mark.skipif(not SHARED.is_file(), reason="the collection of facts is not beside the repository")
def test_no_fact_of_the_collection_is_left_out() -> None:
    """As many lines of its tables as there are facts here."""
    lines = [line for line in SHARED.read_text("utf-8").splitlines() if line.startswith("| ")]
    facts = [line for line in lines if not line.startswith(("| fact", "| ---"))]
    assert len(facts) == sum("gathered" not in fact for fact in FACTS.values())
