"""Whether a report names what has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import attrs

from openai_org_usage.money import exact_sum
from openai_org_usage.report.explanation.causes import ChangeCause
from openai_org_usage.report.explanation.explanation import Explanation
from openai_org_usage.report.report import make_report
from openai_org_usage.report.spending import Spend

from .drawing import EmulatedMonth, PlantedMonth, PlantedStory
from .emulated_costs import CostCell, EmulatedCosts
from .old_forecast import old_forecast

Effects: TypeAlias = Mapping[CostCell, float]

_ALMOST = 0.85
"""How much of a story's money a cause is about, and how much of its money is the story's, at least."""
_CLOSE = 0.8
"""Of two stories, the first is no more important if it is worth so much of the other, or more."""


@attrs.frozen
class Verdict:
    """What a report says of a month, and what it should."""

    seed: int
    stories: Sequence[PlantedStory]
    worth: float
    """The largest story's effect on the change, in noises; see `EmulatedMonth.noise`."""
    first: ChangeCause | None
    is_right: bool
    """Whether the first cause is about the same money as the largest story."""
    is_literal: bool
    """Whether it says so in the same dimensions."""
    causes: int
    adds_up: bool
    before: float
    """By how much the forecast of old missed the month's end, as a share of it."""
    after: float
    """By how much today's did."""

    def __str__(self) -> str:
        """On one line, for whoever looks into it."""
        told = " + ".join(map(str, self.stories))
        named = "nothing"
        if self.first is not None:
            subjects = {subject.dimension: subject.key for subject in self.first.subjects}
            named = f"{self.first.kind.value} {subjects} {self.first.began}..{self.first.ended}"
        return f"{self.seed}: {self.worth:.1f} noises of {told or 'nothing'}; named {named}"


def judge_month(month: EmulatedMonth, *, seed: int) -> Verdict:
    """The verdict on a month in which nothing happens."""
    return _verdict(month, month.usual, stories=(), effects={}, seed=seed)


def judge(planted: PlantedMonth) -> Verdict:
    """The verdict on a month with stories."""
    month = planted.month
    costs = month.costs([each.story for each in planted.planted])
    return _verdict(
        month, costs, stories=planted.planted, effects=_effects(month, costs.cells()), seed=planted.seed
    )


def _verdict(
    month: EmulatedMonth,
    costs: EmulatedCosts,
    *,
    stories: Sequence[PlantedStory],
    effects: Effects,
    seed: int,
) -> Verdict:
    read = costs.until(month.today)
    (spend,) = make_report(read.gathered(), scope=month.scope).spends
    explanation = spend.explanation
    assert explanation is not None
    assert spend.forecast is not None
    assert spend.forecast.expected is not None
    first = explanation.causes[0] if explanation.causes else None
    money: Effects = _money(read, month) if stories else {}
    largest = _largest(stories, effects)
    actual = sum(costs.daily[day] for day in month.month.each_day())
    old = old_forecast(read.daily, month=month.month, today=month.today)
    return Verdict(
        seed,
        stories,
        max((abs(worth) for _, worth in largest), default=0.0) / month.noise,
        first,
        first is not None and any(_is_about(first, story, effects, money) for story, _ in largest),
        first is not None and any(_says(first, story) for story, _ in largest),
        len(explanation.causes),
        _adds_up(spend, explanation),
        float(abs(old / actual - 1)),
        float(abs(spend.forecast.expected / actual - 1)),
    )


def _effects(month: EmulatedMonth, told: Mapping[CostCell, Mapping[date, float]]) -> Effects:
    """What the stories together add to the change, by cell."""
    usual = month.cells
    period, before = month.scope.period, month.before
    effects: dict[CostCell, float] = {}
    for cell in {*told, *usual}:
        now, ever = told.get(cell, {}), usual.get(cell, {})
        differences = {day: now.get(day, 0.0) - ever.get(day, 0.0) for day in {*now, *ever}}
        effect = sum(
            difference * ((day in period) - (day in before)) for day, difference in differences.items()
        )
        if abs(effect) > 1e-6:
            effects[cell] = effect
    return effects


def _money(costs: EmulatedCosts, month: EmulatedMonth) -> Effects:
    """What each cell costs in the periods compared."""
    periods = (month.before, month.scope.period)
    return {
        cell: sum(amount for day, amount in days.items() if any(day in period for period in periods))
        for cell, days in costs.cells().items()
    }


def _largest(stories: Sequence[PlantedStory], effects: Effects) -> Sequence[tuple[PlantedStory, float]]:
    """The story that is worth most, and those that are worth almost as much."""
    worth = [(story, sum(_own(story, effects).values())) for story in stories]
    most = max((abs(each) for _, each in worth), default=0.0)
    return [(story, each) for story, each in worth if abs(each) >= _CLOSE * most]


def _own(story: PlantedStory, effects: Effects) -> Effects:
    """The effects of one story, in what it is about; others are in other projects.

    What line items do not tell, such as the model of a web search, nobody can name.
    """
    return {cell: effect for cell, effect in effects.items() if cell.has(story.about)}


def _is_about(cause: ChangeCause, story: PlantedStory, effects: Effects, money: Effects) -> bool:
    """Whether cause and story are about the same money, if perhaps in other words.

    A key may be its project's only one, a line item may occur in one project alone.
    """
    named = {subject.dimension: subject.key for subject in cause.subjects}
    own = _own(story, effects)
    inside = {cell for cell in own if cell.has(named)}
    covered = sum(own[cell] for cell in inside) / sum(own.values())
    whole = sum(amount for cell, amount in money.items() if cell.has(named))
    told = sum(money.get(cell, 0.0) for cell in inside)
    return covered >= _ALMOST and whole > 0 and told / whole >= _ALMOST


def _says(cause: ChangeCause, story: PlantedStory) -> bool:
    return {subject.dimension: subject.key for subject in cause.subjects} == dict(story.about)


def _adds_up(spend: Spend, explanation: Explanation) -> bool:
    """Whether causes, effects and the movers of each dimension add up to the change, to the last digit."""
    assert spend.change is not None
    by = spend.change.by
    causes = exact_sum((explanation.rest, *(cause.amount for cause in explanation.causes)))
    sums = [explanation.by, causes, explanation.effects.by]
    for movers in explanation.movers:
        rest = Decimal(0) if movers.rest is None else movers.rest.change.by
        sums.append(exact_sum((movers.difference, rest, *(mover.change.by for mover in movers.entries))))
    differences = [explanation.effects.difference, *(movers.difference for movers in explanation.movers)]
    return all(each == by for each in sums) and not any(differences)
