"""What a reader must know to read the figures rightly: rules of comparison, lag, refusals. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from ..printable import clean
from . import formatting
from .ledger import Ledger
from .periods import Period
from .scope import Scope
from .spending import Spend


@attrs.frozen
class Refusal:
    """A dimension that the API refused to group costs by."""

    dimension: str
    reason: str
    """The API's own words, or those of an archive."""
    is_estimated: bool = False
    """Whether there are estimates instead, which add up to what was billed."""
    is_of_archive: bool = False
    """Whether it is an archive that does not have it, and not the API that refuses."""


@attrs.frozen
class Situation:
    """What notes are about."""

    scope: Scope
    """With no days before or month of which only a part is kept."""
    earliest: date | None
    """The first day that is kept, where something was cut off."""
    cut_month: Period | None
    """The running month, where it begins before what is kept."""
    refusals: Sequence[Refusal]
    spends: Sequence[Spend]
    daily: Ledger

    def notes(self) -> tuple[str, ...]:
        """The notes, the most important ones first."""
        return (
            *self._about_today(),
            *self._about_cut_month(),
            *self._about_comparison(),
            *self._about_refusals(),
            *self._about_differences(),
            *self._about_currencies(),
            *self._about_credits(),
            LAG,
            EXACTNESS,
        )

    def _about_today(self) -> Iterator[str]:
        scope, today = self.scope, formatting.day(self.scope.today)
        complete = scope.period.until(scope.today)
        if scope.growing and complete.days:
            yield (
                f"Today, {today}, is still growing. It counts as far as it has come; "
                f"averages and comparisons are of the complete days alone, {formatting.days(complete)}."
            )
        elif scope.growing:
            yield (
                f"{today} is not over and no day of the period is: all figures still "
                "grow, and nothing is compared."
            )
        elif any(spend.forecast for spend in self.spends):
            yield (
                f"Today, {today}, is still growing. It counts in the month to date and "
                "in the forecast, and in no other figure."
            )

    def _about_cut_month(self) -> Iterator[str]:
        if self.cut_month is not None:
            month = formatting.days(self.cut_month)
            yield (
                f"There is no month to date and no forecast of {month}: "
                f"nothing before {self.earliest} is kept."
            )

    def _about_comparison(self) -> Iterator[str]:
        before = self.scope.before
        if before is None:
            if self.earliest is not None and self.scope.period.start < self.scope.today:
                yield f"Nothing is compared: nothing before {self.earliest} is kept."
            return
        period = self.scope.complete
        own, other = period.weekdays, before.weekdays
        weekdays = f", which had {other} days from Monday to Friday and not {own}" if own != other else ""
        yield f"{formatting.days(period)} is compared with {formatting.days(before)}{weekdays}."
        if before.days != period.days:
            yield (
                f"That is {before.days} days against {period.days}, as months differ in length: "
                "the change of the daily average is the fairer one."
            )

    def _about_refusals(self) -> Iterator[str]:
        for refusal in self.refusals:
            instead = ESTIMATES if refusal.is_estimated else "there are no figures"
            why = f"{_NOT_KEPT if refusal.is_of_archive else _REFUSED}. It says: {clean(refusal.reason)}"
            yield f"By {formatting.DIMENSIONS[refusal.dimension]} {instead}: {why}"

    def _about_differences(self) -> Iterator[str]:
        for spend in self.spends:
            for breakdown in spend.breakdowns:
                if breakdown.difference:
                    yield (
                        f"By {formatting.DIMENSIONS[breakdown.dimension]} the API's figures and its total "
                        f"differ by {formatting.money(breakdown.difference, spend.currency)}: they were read "
                        "one after the other, and may have been restated in between."
                    )

    def _about_currencies(self) -> Iterator[str]:
        if len(self.spends) > 1:
            names = ", ".join(clean(spend.currency).upper() for spend in self.spends)
            yield f"The costs are in several currencies ({names}). They are never added up."

    def _about_credits(self) -> Iterator[str]:
        for spend in self.spends:
            credited = self.daily.credited(spend.currency, self.scope.period)
            if credited:
                taken = formatting.money(credited.copy_abs(), spend.currency)
                yield f"Amounts are net: credits of {taken} are taken off the total."


_REFUSED = "the API refuses to group costs so for this organization"
_NOT_KEPT = "the archive does not have costs grouped so"
ESTIMATES = "the figures are estimates, each billed amount shared out by what was used of what it is for"
LAG = (
    "The newest days can still rise, as the API books costs with a delay and may restate them. To reconcile "
    "with the invoice, make the report of the whole month some days after its end; days are UTC days."
)
EXACTNESS = (
    "Amounts are exact sums of what the API states, rounded for display alone, so displayed rows may miss a "
    "displayed total by a cent; the JSON form has every digit. Forecasts are estimates. Usage, such as "
    "tokens, is counted apart from costs and need not agree with them to the last unit."
)
