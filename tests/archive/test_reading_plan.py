"""Where a reading begins, and what is known after it. Pure: times are days after an epoch of the test."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import LookbackExceededError
from openai_org_usage.archive.manifest import TableState
from openai_org_usage.archive.reading.reading_plan import is_news, plan_reading

from ..conftest import DAY, MIDNIGHT

NOON = DAY // 2


def day(number: float) -> int:
    return MIDNIGHT + round(number * DAY)


def read(since: float, until: float, at: float, **more: Any) -> TableState:
    return TableState(read_from=day(since), read_until=day(until), read_at=day(at), lookback=10 * DAY, **more)


def planned(before: TableState, now: float, **more: Any) -> Any:
    options: dict[str, Any] = {"width": DAY, "lookback": 10 * DAY, **more}
    return plan_reading(before, now=day(now), **options)


def forgotten(earliest: int | None) -> LookbackExceededError:
    error = LookbackExceededError("too old", status=400)
    error.earliest_start = earliest
    return error


@pytest.mark.parametrize(
    ("before", "now", "start"),
    [
        (TableState(), 0.5, -400),  # More than the API has, so that it says what that is.
        (read(-365, 0.5, 0.5), 0.6, -10),  # P - L, down to midnight.
        (read(-365, 0.5, 0.5), 30.0, -10),  # However much later.
        (read(-365, -200, 0.5), 0.6, -200),  # An interrupted one goes on where it was.
        (read(-3, 0.5, 0.5), 0.6, -3),  # Not before what was asked for at first.
    ],
)
def test_a_reading_begins_where_nothing_is_missed(before: TableState, now: float, start: int) -> None:
    """At the first at 400 days, then at the last reading less the look-back."""
    assert planned(before, now).start == day(start)


@pytest.mark.parametrize(
    ("before", "since", "start"),
    [
        (TableState(), -20.5, -21),
        (read(-30, 0.5, 0.5), -60, -60),
        (read(-30, 0.5, 0.5), -20, -10),
        (read(-366, 0.5, 0.5), -500, -10),  # The API has nothing that is older than a year.
    ],
)
def test_since_goes_back_farther_and_never_less(before: TableState, since: float, start: int) -> None:
    """It is for a first reading, or for what is older than all that has been read."""
    assert planned(before, 0.6, since=day(since)).start == day(start)


@pytest.mark.parametrize(
    ("earliest", "width", "start"),
    [
        (day(-365), DAY, day(-365)),
        (day(-365) + 1, DAY, day(-364)),
        (day(-365) + 1, 3600, day(-365) + 3600),
        (None, DAY, day(-364)),
    ],
)
def test_what_the_api_has_forgotten_is_left_out(earliest: int | None, width: int, start: int) -> None:
    """It begins with the first bucket that is whole."""
    assert planned(TableState(), 0.5, width=width).begun_later(forgotten(earliest)).start == start


@pytest.mark.parametrize("earliest", [day(-400), day(-500), day(1), day(5)])
def test_an_api_that_contradicts_itself_is_asked_no_more(earliest: int) -> None:
    """It refused what it says that it has, or has nothing at all."""
    with pytest.raises(LookbackExceededError, match="too old"):
        planned(TableState(), 0.5).begun_later(forgotten(earliest))


def test_since_what_the_api_has_forgotten_asks_for_no_more_than_is_needed() -> None:
    """Where there is nothing older than what is kept."""
    plan = planned(read(-30, 0.5, 0.5), 0.6, since=day(-60))
    assert plan.begun_later(forgotten(day(-40))).start == day(-40)
    assert plan.begun_later(forgotten(day(-29))).start == day(-10)


def test_a_gap_is_what_was_forgotten_before_it_was_read() -> None:
    """What is asked for late and comes all the same is none any more."""
    plan = planned(read(-30, 0.5, 0.5), 100).begun_later(forgotten(day(40)))
    after = plan.after_all(plan.before)
    assert plan.gap() == (day(0.5), day(40))
    assert after.gaps == [(day(0.5), day(40))]
    again = planned(after, 101, since=day(-60))
    assert again.start == day(-60)
    assert again.begun_later(forgotten(day(10))).after_all(after).gaps == after.gaps
    assert again.after_all(after).gaps == []
    assert attrs.evolve(again, start=day(20)).after_all(after).gaps == [(day(0.5), day(20))]


def test_restatements_are_of_buckets_that_had_been_over() -> None:
    """And read: neither what ran, nor what came with an older start, nor a gap."""
    plan = planned(read(-30, 0.5, 0.5, gaps=[(day(-20), day(-18))]), 0.6)
    had = [number for number in range(-40, 3) if plan.had_been_read(day(number))]
    assert had == [*range(-30, -20), *range(-18, 0)]
    assert not planned(TableState(), 0.5).had_been_read(day(-5))
    assert not planned(read(-30, -10, 0.5), 0.6).had_been_read(day(-10))


def test_a_first_reading_is_known_month_by_month() -> None:
    """Another one is known to be of its moment only when all has been read."""
    first = planned(TableState(), 0.5, since=day(-90))
    state = first.after_month(TableState(), end=day(-50))
    assert state == read(-90, -50, 0.5, all_read_at=day(0.5))
    assert first.after_all(state) == read(-90, 0.5, 0.5, all_read_at=day(0.5))
    later = planned(read(-90, 0.5, 0.5), 60)
    assert later.after_month(later.before, end=day(-5)) == later.before
    assert later.after_month(later.before, end=day(11)) == read(-90, 11, 0.5)
    assert later.after_all(later.before) == read(-90, 60, 60)


def test_what_was_forgotten_before_it_had_settled_never_does() -> None:
    """Whether it was read when it was young, or by a look-back that was shorter."""
    plan = planned(read(-30, 0.5, 0.5), 100).begun_later(forgotten(day(40)))
    after = plan.after_all(plan.before)
    assert after.unsettled == [(day(-9.5), day(0.5))]
    assert planned(after, 110).after_all(after).unsettled == after.unsettled
    again = planned(after, 110, since=day(-60))
    assert again.after_all(after).unsettled == []
    assert attrs.evolve(again, start=day(-5)).after_all(after).unsettled == [(day(-9.5), day(-5))]
    late = planned(read(-30, 0.5, 0.5), 30).begun_later(forgotten(day(-5)))
    assert late.after_all(late.before).unsettled == [(day(-9.5), day(-5))]
    assert late.after_all(late.before).gaps == []


def test_a_longer_look_back_goes_back_once_to_what_was_read_too_early_for_it() -> None:
    """As far as to what had settled when all was read; to the beginning if that is not known."""
    before = read(-90, 0.5, 0.5, all_read_at=day(-30.5))
    plan = planned(before, 0.6, lookback=15 * DAY)
    assert plan.start == day(-46)
    after = plan.after_all(before)
    assert planned(after, 0.7, lookback=15 * DAY).start == day(-15)
    assert planned(after, 0.7, lookback=20 * DAY).start == day(-51)
    assert planned(before, 0.6, lookback=5 * DAY).start == day(-5)
    assert planned(read(-90, 0.5, 0.5), 0.6, lookback=15 * DAY).start == day(-90)
    late = plan.begun_later(forgotten(day(-20)))
    assert late.after_all(before).unsettled == [(day(-45.5), day(-20))]


def test_an_older_start_that_is_interrupted_goes_on() -> None:
    """What it lacks is a gap until then; what the API forgets meanwhile stays one."""
    before = read(-30, 0.5, 0.5)
    plan = planned(before, 0.6, since=day(-200))
    state = plan.after_month(before, end=day(-170))
    assert (state.read_from, state.read_until, state.read_at) == (day(-200), day(0.5), day(0.5))
    assert state.gaps == [state.unread] == [(day(-170), day(-30))]
    later = planned(state, 0.7)
    assert later.start == day(-170)
    assert later.after_month(state, end=day(-140)).gaps == [(day(-140), day(-30))]
    assert later.after_month(state, end=day(-10)).gaps == []
    done = later.after_all(state)
    assert (done.gaps, done.unread, done.read_from) == ([], None, day(-200))
    late = later.begun_later(forgotten(day(-100)))
    assert late.start == day(-100)
    assert late.after_all(state).gaps == [(day(-170), day(-100))]
    older = planned(state, 0.7, since=day(-300))
    assert older.after_month(state, end=day(-250)).unread == (day(-250), day(-30))


def test_that_nothing_changed_is_news_once_an_hour() -> None:
    """So an unchanged sync writes nothing."""
    before = read(-30, 0.5, 0.5)
    assert not is_news(read(-30, 0.54, 0.54), before)
    assert is_news(read(-30, 0.55, 0.55), before)
    assert is_news(attrs.evolve(before, refused="no"), before)
    assert is_news(before, TableState())


@given(st.lists(st.floats(min_value=0.01, max_value=40), min_size=1, max_size=20), st.integers(1, 20))
def test_whenever_one_syncs_each_bucket_is_read_when_it_has_settled(
    steps: list[float], lookback: int
) -> None:
    """Each that has been over for the look-back was read after that, or is read the next time."""
    now, state, seen = 0.5, TableState(), dict[int, float]()
    for step in [0.0, *steps]:
        now += step
        plan = planned(state, now, lookback=lookback * DAY, since=day(-30))
        seen |= dict.fromkeys(range((plan.start - MIDNIGHT) // DAY, int(now) + 1), now)
        state = plan.after_all(state)
        following = (planned(state, now + 1, lookback=lookback * DAY).start - MIDNIGHT) // DAY
        unsettled = [number for number, at in seen.items() if at < number + 1 + lookback]
        assert all(number >= following for number in unsettled)
