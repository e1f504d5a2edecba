"""Costs by API key, day by day, to see whether one key alone explains an event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

import attrs

from ..ledger import Key
from ..levels import Season
from .contrasts import Contrast, EventDays, is_alone
from .timeline import Timeline


@attrs.frozen
class KeySeries:
    """What each key cost; nothing where that is not known."""

    amounts: Mapping[Key, Mapping[date, Decimal]]
    timeline: Timeline
    scale: Decimal

    def alone(self, whole: Season, project: Season, days: EventDays, *, least_noise: float) -> str | None:
        """The key that all of the event in `whole` is of, which is in `project`; None if there is none."""
        whole_contrast, project_contrast = (
            Contrast.of(season, days, least_noise=least_noise) for season in (whole, project)
        )
        for key, season in self._seasons.items():
            part = Contrast.of(season, days, least_noise=least_noise)
            if is_alone(part, whole_contrast, project=project_contrast):
                return key
        return None

    @cached_property
    def _seasons(self) -> Mapping[str, Season]:
        return {
            key: Season(self.timeline.series(days, scale=self.scale), is_daily=self.timeline.is_daily)
            for key, days in self.amounts.items()
            if key is not None
        }
