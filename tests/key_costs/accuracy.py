"""How far off an estimate of costs by key is, in made-up organizations of which the truth is known.

`python -m tests.key_costs.accuracy` prints the table of docs/key-costs.md. The emulator prices every token of
a kind alike, and there an estimate is the truth; these organizations do what makes it wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from random import Random
from statistics import mean

import attrs

from openai_org_usage.key_costs import estimate_key_costs

from .rows import DAY, DAY_ONE, Billed, Used

DAYS, PROJECTS, KEYS = 30, 4, 6
ORGANIZATIONS = 20
PRICES = {
    "gpt-5-2025-08-07": (Decimal("1.25e-6"), Decimal("0.125e-6"), Decimal("10e-6")),
    "gpt-4.1-2025-04-14": (Decimal("2e-6"), Decimal("0.5e-6"), Decimal("8e-6")),
    "gpt-5-nano-2025-08-07": (Decimal("0.05e-6"), Decimal("0.005e-6"), Decimal("0.4e-6")),
}
"""Of a token of input, of cached input and of output."""
KINDS = ("input", "cached input", "output")


@attrs.frozen
class Tariff:
    """What a token costs beside its list price, and whether the line item says so."""

    name: str
    batch: Decimal = Decimal(1)
    priority: Decimal = Decimal(1)
    long_context: Decimal = Decimal(1)
    afternoon: Decimal = Decimal(1)
    """After a change of prices at noon of a day in the middle, and on all days after it."""
    itemised: bool = False
    """Whether tiers have line items of their own; long prompts always have."""

    def factor(self, tier: str, *, is_long: bool) -> Decimal:
        of_tier = {"batch": self.batch, "priority": self.priority}.get(tier, Decimal(1))
        return of_tier * (self.long_context if is_long else 1)

    def line_item(self, model: str, kind: str, *, tier: str, is_long: bool) -> str:
        prefix = f"{tier} | " if self.itemised and tier != "default" else ""
        suffix = ", long context" if is_long and self.long_context != 1 else ""
        return f"{prefix}{model}, {kind}{suffix}"


TARIFFS = (
    Tariff("list prices, whatever is cached"),
    Tariff("tiers with line items of their own", Decimal("0.5"), Decimal(2), itemised=True),
    Tariff("prices change at noon", afternoon=Decimal("0.5")),
    Tariff("long prompts at twice the price", long_context=Decimal(2)),
    Tariff("batch at half the price, not itemised", batch=Decimal("0.5")),
    Tariff("batch at half, priority at twice, not itemised", Decimal("0.5"), Decimal(2)),
)


@attrs.frozen
class KeyHabits:
    """What a key uses: how much, how much of it cached, long, in batches, with priority, in the morning."""

    project: str
    key: str
    volume: float
    models: tuple[str, ...]
    cached: float
    output: float
    tiers: Mapping[str, float]
    long: float
    morning: float


def habits(random: Random) -> Iterator[KeyHabits]:
    """The keys of an organization; most jobs are of one kind, and keys differ a lot."""
    for project in range(PROJECTS):
        for key in range(KEYS):
            batch = random.choice((0, 0, 0, 0.3, 1))
            priority = 0 if batch else random.choice((0, 0, 0, 0.5, 1))
            yield KeyHabits(
                project=f"proj_{project}",
                key=f"proj_{project}/key_{key}",
                volume=random.lognormvariate(14, 1.5),
                models=tuple(random.sample(sorted(PRICES), random.randint(1, 3))),
                cached=random.random() * 0.9,
                output=random.uniform(0.02, 0.6),
                tiers={"batch": batch, "priority": priority, "default": 1 - batch - priority},
                long=random.choice((0, 0, 0.2, 0.8)),
                morning=random.random(),
            )


@attrs.frozen
class TrueBooks:
    """What an organization used and was billed for, and what each key really cost."""

    billed: list[Billed]
    usage: list[Used]
    truth: Mapping[str, Decimal]


def organization(seed: int, tariff: Tariff) -> TrueBooks:
    random = Random(seed)
    bills: defaultdict[tuple[int, str, str], list[Decimal]] = defaultdict(list)
    truth: defaultdict[str, Decimal] = defaultdict(Decimal)
    usage: list[Used] = []
    for key in habits(random):
        for day in range(DAYS):
            start = DAY_ONE + day * DAY
            for model in key.models:
                for tier, share in key.tiers.items():
                    volume = key.volume * share * random.uniform(0.5, 1.5)
                    tokens = _tokens(key, volume)
                    usage.append(_used(key, model, tier, tokens, start=start))
                    for item, amount in _charges(key, model, tier, tokens, day=day, tariff=tariff):
                        bills[start, key.project, item].append(amount)
                        truth[key.key] += amount
    billed = [
        Billed(line_item=item, amount_value=sum(amounts, Decimal(0)), project_id=project, start_time=start)
        for (start, project, item), amounts in bills.items()
    ]
    return TrueBooks(billed, usage, truth)


def _tokens(key: KeyHabits, volume: float) -> tuple[int, int, int]:
    return int(volume * (1 - key.cached)), int(volume * key.cached), int(volume * key.output)


def _used(key: KeyHabits, model: str, tier: str, tokens: tuple[int, int, int], *, start: int) -> Used:
    fresh, cached, output = tokens
    return Used(
        api_key_id=key.key,
        project_id=key.project,
        model=model,
        batch=tier == "batch",
        service_tier="priority" if tier == "priority" else "default",
        start_time=start,
        input_tokens=fresh + cached,
        input_cached_tokens=cached,
        output_tokens=output,
    )


def _charges(
    key: KeyHabits, model: str, tier: str, tokens: tuple[int, int, int], *, day: int, tariff: Tariff
) -> Iterator[tuple[str, Decimal]]:
    morning = Decimal(key.morning).quantize(Decimal("0.01")) if day == DAYS // 2 else Decimal(day < DAYS // 2)
    of_day = morning + (1 - morning) * tariff.afternoon
    long = Decimal(key.long).quantize(Decimal("0.1"))
    for kind, count, price in zip(KINDS, tokens, PRICES[model], strict=True):
        for is_long, part in ((False, 1 - long), (True, long)):
            item = tariff.line_item(model, kind, tier=tier, is_long=is_long)
            yield item, count * part * price * tariff.factor(tier, is_long=is_long) * of_day


@attrs.frozen
class Accuracy:
    """How far off the keys' sums of a month are."""

    mean: float
    """Of the relative errors of all keys that cost anything."""
    largest: float
    misplaced: float
    """The part of all money that went to a wrong key."""


def accuracy(tariff: Tariff, seeds: Iterable[int]) -> Accuracy:
    """Over the organizations of `seeds`."""
    errors: list[float] = []
    misplaced = whole = Decimal(0)
    for seed in seeds:
        made = organization(seed, tariff)
        estimated: defaultdict[str | None, Decimal] = defaultdict(Decimal)
        for cost in estimate_key_costs(made.billed, {"completions": made.usage}):
            estimated[cost.api_key_id] += cost.amount_value
        off = {key: abs(estimated[key] - amount) for key, amount in made.truth.items() if amount}
        errors += [float(error / made.truth[key]) for key, error in off.items()]
        misplaced += sum(off.values(), Decimal(0)) / 2
        whole += sum(made.truth.values(), Decimal(0))
    return Accuracy(mean(errors), max(errors), float(misplaced / whole))


def table() -> str:
    """The table of the documentation."""
    lines = [
        "| what is billed | mean error | largest error | money at a wrong key |",
        "| --- | --- | --- | --- |",
    ]
    for tariff in TARIFFS:
        found = accuracy(tariff, range(ORGANIZATIONS))
        lines.append(f"| {tariff.name} | {found.mean:.1%} | {found.largest:.0%} | {found.misplaced:.1%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
