"""Months drawn from a seed: which organization, made when, and what happens to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from math import exp, log, sqrt
from random import Random
from statistics import median

import attrs

from openai_org_usage.emulator import Story, StoryKind
from openai_org_usage.emulator.ordinary_use import OrdinaryUse
from openai_org_usage.line_items import read_line_item
from openai_org_usage.report import Period
from openai_org_usage.report.periods import DAY
from openai_org_usage.report.scope import Scope

from .emulated_costs import CostCell, EmulatedCosts, lively_organization, projects_of

_MONTHS = ((2026, 4), (2026, 5), (2026, 6), (2026, 7), (2026, 11))
"""All others have, in the weeks that a report looks at, the emulator's Christmas or August."""
_FIRST_TODAY, _LAST_TODAY = 11, 28
_PER_ORGANIZATION = 10
_LEAST, _MOST = 1.0, 12.0
"""How many noises a cause is drawn to be worth."""
_LARGEST_FACTOR, _SMALLEST_FACTOR = 6.0, 0.1
_NEW_MODELS = ("gpt-6-2026-01-15", "gpt-6-mini-2026-01-15", "o5-2026-02-20", "gpt-6-nano-2026-03-02")
_SHARED_OR_STORED = ("evals | ", "gpt-4o-mini-2024-07-18,", "Vector store")
"""Line items whose usage others bill as well, or that are a level."""


@attrs.frozen
class EmulatedMonth:
    """A month of a lively organization to which nothing happens, and the day at which it is reported."""

    ordinary: OrdinaryUse
    today: date

    @classmethod
    def of(cls, seed: int) -> EmulatedMonth:
        """The month of an organization's seed."""
        dice = Random(f"month {seed}")
        year, month = dice.choice(_MONTHS)
        return cls(lively_organization(seed), date(year, month, dice.randint(_FIRST_TODAY, _LAST_TODAY)))

    @property
    def month(self) -> Period:
        """The whole month."""
        return Period.month(self.today.year, self.today.month)

    @cached_property
    def scope(self) -> Scope:
        """What a report about it needs."""
        now = datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC)
        return Scope.of(self.month, now=now)

    @property
    def before(self) -> Period:
        """What the complete days are compared with."""
        before = self.scope.before
        assert before is not None
        return before

    @cached_property
    def usual(self) -> EmulatedCosts:
        """Costs of all days that a report needs, and of the rest of the month, without any story."""
        return EmulatedCosts.of(self.ordinary, Period(self.scope.first_needed, self.month.end))

    def costs(self, stories: Sequence[Story]) -> EmulatedCosts:
        """The same with stories; days before the first are as ever, unless they lack what is new.

        Projects that no story is about are as ever, too, so they are not emulated again.
        """
        has_new = any(story.kind is StoryKind.NEW and story.amount is None for story in stories)
        first = self.scope.first_needed if has_new else min(story.first_day for story in stories)
        projects = {project for story in stories for project in projects_of(story)}
        changed = EmulatedCosts.of(
            self.ordinary, Period(first, self.month.end), stories=stories, projects=sorted(projects)
        )
        return self.usual.until(first).then(self.usual.since(first, but=projects), changed)

    @cached_property
    def cells(self) -> Mapping[CostCell, Mapping[date, float]]:
        """The same by cell."""
        return self.usual.cells()

    @cached_property
    def noise(self) -> float:
        """By how much money the complete days usually differ from those before, by luck of the days alone.

        A standard deviation: days are off their weekday's last four by so much, robustly, and there are so
        many of them on both sides. Drifts come on top of it.
        """
        spent = [float(amount) for amount in self.usual.until(self.today).daily.values()]
        usual = [sum(spent[at - 28 : at : 7]) / 4 for at in range(28, len(spent))]
        misses = [abs(amount / typical - 1) for amount, typical in zip(spent[28:], usual, strict=True)]
        of_a_day = 1.4826 * median(misses) / sqrt(1.25)
        return of_a_day * (sum(spent) / len(spent)) * sqrt(2 * self.scope.period.days)


@lru_cache(maxsize=3)
def emulated_month(seed: int) -> EmulatedMonth:
    """The month of a seed; those with neighbouring seeds of stories share one."""
    return EmulatedMonth.of(seed)


@attrs.frozen
class PlantedStory:
    """A story, and what a report should say that it is about."""

    story: Story
    about: Mapping[str, str]

    @classmethod
    def of(
        cls,
        kind: StoryKind,
        about: Mapping[str, str],
        first_day: date,
        last_day: date | None = None,
        *,
        factor: float | None = None,
        amount: float | None = None,
    ) -> PlantedStory:
        """A story about these values of dimensions."""
        story = Story(
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            factor=factor,
            amount=amount,
            project_id=about.get("project_id"),
            api_key_id=about.get("api_key_id"),
            model=about.get("model"),
            line_item=about.get("line_item"),
        )
        return cls(story, about)

    @property
    def model(self) -> str | None:
        """The model that it is about, if it is about one."""
        return self.story.model or read_line_item(self.story.line_item or "").model

    def __str__(self) -> str:
        """On one line, for whoever looks into it."""
        story = self.story
        size = f"x{story.factor}" if story.factor is not None else f"+{story.amount}"
        days = f"{story.first_day}..{story.last_day or ''}"
        return f"{story.kind.value} {size} {days} {' in '.join(self.about.values())}"


@attrs.frozen
class PlantedMonth:
    """A month with one to three stories."""

    seed: int
    month: EmulatedMonth
    planted: Sequence[PlantedStory]

    @classmethod
    def of(cls, seed: int) -> PlantedMonth:
        """The month of a seed; several stories are in different projects, and of different models."""
        month = emulated_month(seed // _PER_ORGANIZATION)
        dice = Random(f"stories {seed}")
        count = dice.choices((1, 2, 3), (60, 25, 15))[0]
        projects = dice.sample(sorted({cell.project_id for cell in month.cells}), 5)
        draw = _Draw(month, dice)
        if count == 1:
            return cls(seed, month, [draw.story(None)])
        found = [story for project in projects if (story := draw.story_within(project)) is not None]
        told: list[PlantedStory] = []
        for each in found:
            if each.model is None or each.model not in {other.model for other in told}:
                told.append(each)
        return cls(seed, month, told[:count])


@attrs.frozen
class _Draw:
    """Dice for the stories of one month."""

    month: EmulatedMonth
    dice: Random

    def story(self, project: str | None) -> PlantedStory:
        """A story of any kind about anything, or about something in a project."""
        while True:
            found = self._attempt(project)
            if found is not None:
                return found

    def story_within(self, project: str) -> PlantedStory | None:
        """A story in a project, unless it is too small for any."""
        attempts = (self._attempt(project) for _ in range(40))
        return next((found for found in attempts if found is not None), None)

    def _attempt(self, project: str | None) -> PlantedStory | None:
        kind = self.dice.choice(list(StoryKind))
        first, last = self._days(kind)
        about = self._about(kind, project)
        worth = exp(self.dice.uniform(log(_LEAST), log(_MOST))) * self.month.noise
        if kind is StoryKind.NEW and self.dice.random() < 0.5:
            return self._new_model(about, first, worth)
        if any(str(about.get("line_item", "")).startswith(odd) for odd in _SHARED_OR_STORED):
            return None
        usual = self._usual(about, kind, first, last)
        if kind in (StoryKind.NEW, StoryKind.GONE):
            fits = _LEAST * self.month.noise < usual < _MOST * self.month.noise
            return PlantedStory.of(kind, about, first) if fits else None
        more = self.dice.random() < 0.75
        factor = 1 + (worth if more else -worth) / usual if usual > 0 else 0.0
        if factor > _LARGEST_FACTOR and "line_item" in about and kind in (StoryKind.SPIKE, StoryKind.STEP):
            days = ((last or self.month.today - DAY) - first).days + 1
            return PlantedStory.of(kind, about, first, last, amount=round(worth / days, 2))
        if not _SMALLEST_FACTOR <= factor <= _LARGEST_FACTOR:
            return None
        return PlantedStory.of(kind, about, first, last, factor=round(factor, 3))

    def _days(self, kind: StoryKind) -> tuple[date, date | None]:
        """When it begins, one time in ten in the days before, and when it ends, if it does."""
        period = self.month.before if self.dice.random() < 0.1 else self.month.scope.period
        first = period.start + self.dice.randint(1, period.days - 3) * DAY
        if kind is StoryKind.SPIKE:
            return first, first + self.dice.randint(0, min(4, (period.last - first).days)) * DAY
        if kind is StoryKind.DRIFT:
            return first, first + self.dice.randint(6, 20) * DAY
        return first, None

    def _about(self, kind: StoryKind, project: str | None) -> dict[str, str]:
        """What the story is about: all costs of what is drawn are more than a few cents."""
        cells = [cell for cell in self.month.cells if project in (None, cell.project_id)]
        weights = [sum(self.month.cells[cell].values()) for cell in cells]
        cell = self.dice.choices(cells, [weight**0.5 for weight in weights])[0]
        model = {"model": cell.model} if cell.model else {"line_item": cell.line_item}
        item, within = {"line_item": cell.line_item}, {"project_id": cell.project_id}
        key = {"api_key_id": cell.api_key_id}
        wide = [model, item, within, key, item | within, model | within]
        narrow = [within, key, item | within, model | within]
        priced = [model, item] if project is None else [item | within, model | within]
        return self.dice.choice(priced if kind is StoryKind.PRICE else wide if project is None else narrow)

    def _new_model(self, about: Mapping[str, str], first: date, worth: float) -> PlantedStory:
        days = (self.month.today - max(first, self.month.scope.period.start)).days
        found = {name: about[name] for name in ("project_id", "api_key_id") if name in about}
        found["model"] = self.dice.choice(_NEW_MODELS)
        return PlantedStory.of(StoryKind.NEW, found, first, amount=round(worth / days, 2))

    def _usual(self, about: Mapping[str, str], kind: StoryKind, first: date, last: date | None) -> float:
        """What the change would lack if all of it were gone: money of its days now, less those before."""
        if kind is StoryKind.NEW:
            weights = {day: -weight for day, weight in self._weights(first, None, kind, reverse=True)}
        else:
            weights = dict(self._weights(first, last, kind))
        return abs(
            sum(
                days.get(day, 0.0) * weight
                for cell, days in self.month.cells.items()
                if cell.has(about)
                for day, weight in weights.items()
            )
        )

    def _weights(
        self, first: date, last: date | None, kind: StoryKind, *, reverse: bool = False
    ) -> Iterator[tuple[date, float]]:
        """How much of each compared day is within the story, by its sign in the change."""
        for period, sign in ((self.month.scope.period, 1.0), (self.month.before, -1.0)):
            for day in period.each_day():
                inside = day >= first and (last is None or day <= last or kind is StoryKind.DRIFT)
                ramp = 1.0
                if kind is StoryKind.DRIFT and last is not None:
                    ramp = min(1.0, ((day - first).days + 1) / ((last - first).days + 1))
                if inside != reverse:
                    yield day, sign * ramp
