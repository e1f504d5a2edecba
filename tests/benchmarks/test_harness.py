"""Turns, bars, exit status and the file of results."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.child import Contestant
from benchmarks.harness import take_turns
from benchmarks.results_model import (
    BenchmarkRun,
    Findings,
    Group,
    Series,
    Table,
    Threshold,
    at_least,
    at_most,
    duration,
)

SLOW, FAST = Series((6.0, 4.0, 50.0)), Series((1.0, 2.0, 3.0))


def group(name: str, *, holds: bool = True, text: str = "as it was") -> Group:
    """A group whose only bar holds or does not."""
    table = Table("Readers", ("reader", "median", "range"), (("one", *FAST.cells),))
    return Group(name, name.title(), lambda _: Findings(text, [table], [Threshold("fast", "2 times", holds)]))


def saying(digest: float) -> Contestant:
    """A contestant that has read `digest`."""
    return Contestant("tests.benchmarks.contestants:saying", {"digest": digest})


def test_contestants_take_turns_in_processes_of_their_own() -> None:
    """Each is read once in a round, and the next one begins the next round."""
    said: list[str] = []

    found = take_turns({"one": saying(7), "two": saying(7)}, rounds=2, say=said.append)

    assert found == {"one": Series((1.0, 1.0)), "two": Series((1.0, 1.0))}
    assert said == ["round 1 of 2: one 1.00 s, two 1.00 s", "round 2 of 2: one 1.00 s, two 1.00 s"]


def test_contestants_must_read_the_same() -> None:
    """One that is fast because it reads something else is an error, not a winner."""
    with pytest.raises(RuntimeError, match=r"different numbers: \{'one': \[7.0\], 'two': \[8.0\]\}"):
        take_turns({"one": saying(7), "two": saying(8)}, rounds=1, say=print)


def test_a_contestant_that_ends_is_an_error() -> None:
    """With its exit status; it does not hang."""
    with pytest.raises(RuntimeError, match="ended with status 3"):
        take_turns({"one": Contestant("tests.benchmarks.contestants:failing", {})}, rounds=1, say=print)


def test_bars_compare_medians() -> None:
    """At its limit a bar holds."""
    assert at_least(3, "faster", slow=SLOW, fast=FAST) == Threshold(
        "faster: at least 3 times", "3.0 times", True
    )
    assert not at_least(3.1, "faster", slow=SLOW, fast=FAST).holds
    assert at_most(3, "as long", slow=SLOW, fast=FAST).holds
    assert not at_most(2.9, "as long", slow=SLOW, fast=FAST).holds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(41.87, "41.9 s"), (1.5, "1.50 s"), (0.0123, "12.3 ms"), (0.000456, "456 µs"), (1234.5, "1,234 s")],
)
def test_durations_have_three_digits(seconds: float, text: str) -> None:
    """And the unit that fits."""
    assert duration(seconds) == text


def test_a_bar_that_does_not_hold_fails_the_run(tmp_path: Path) -> None:
    """With status 1, once all that was asked for is measured and written."""
    results = tmp_path / "RESULTS.md"

    status = main([], groups=[group("slow", holds=False), group("fast")], results=results)

    assert status == 1
    assert "- **does not hold**: fast (measured: 2 times)" in results.read_text()
    assert "| one | 2.00 s | 1.00 s to 3.00 s |" in results.read_text()
    assert results.read_text().count("## ") == 2


def test_a_run_of_some_groups_keeps_the_results_of_the_others(tmp_path: Path) -> None:
    """In the order of the groups, whichever was measured last."""
    results = tmp_path / "RESULTS.md"
    main([], groups=[group("a"), group("b"), group("c")], results=results)

    fresh = [group(name, text="measured anew") for name in "abc"]
    status = main(["--only", "b"], groups=fresh, results=results)

    assert status == 0
    sections = results.read_text().split("<!-- group: ")[1:]
    assert [section[0] for section in sections] == ["a", "b", "c"]
    assert ["measured anew" in section for section in sections] == [False, True, False]


def test_results_of_a_group_that_is_no_more_are_dropped(tmp_path: Path) -> None:
    """So that the file never shows what can no longer be measured."""
    results = tmp_path / "RESULTS.md"
    main([], groups=[group("old"), group("new")], results=results)

    main([], groups=[group("new")], results=results)

    assert "group: old" not in results.read_text()


def test_an_unknown_group_is_named_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With those that there are, and status 2."""

    def never(_: BenchmarkRun) -> Findings:
        raise AssertionError("it was measured")

    with pytest.raises(SystemExit) as caught:
        main(["--only", "known,yaer"], groups=[Group("known", "Known", never)], results=tmp_path / "R.md")

    assert caught.value.code == 2
    assert "there is no group 'yaer'; there are known" in capsys.readouterr().err
