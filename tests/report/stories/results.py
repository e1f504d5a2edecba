"""What many verdicts come to."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .judging import Verdict

NAMEABLE = 2.5
"""Noises that a month's largest story is worth, at least, for its name to be asked for."""
_BANDS = ((0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 100.0), (NAMEABLE, 100.0), (0.0, 100.0))


@attrs.frozen
class StoryResults:
    """The verdicts on months with stories."""

    verdicts: Sequence[Verdict]

    def between(self, least: float, most: float = float("inf")) -> StoryResults:
        """Those whose largest story is worth so many noises."""
        return StoryResults([each for each in self.verdicts if least <= each.worth < most])

    @property
    def wrong(self) -> Sequence[Verdict]:
        """Those whose first cause is not the largest story."""
        return [each for each in self.verdicts if not each.is_right]

    @property
    def off_before(self) -> float:
        """By how much the old forecast missed on average."""
        return sum(each.before for each in self.verdicts) / len(self.verdicts)

    @property
    def off_after(self) -> float:
        """By how much today's did."""
        return sum(each.after for each in self.verdicts) / len(self.verdicts)

    def lines(self) -> Sequence[str]:
        """The figures for readers, by how much stories are worth."""
        named = [
            f"  worth {least:g} to {most:g} noises: right in {len(some.verdicts) - len(some.wrong)} of "
            f"{len(some.verdicts)}, in the same words in {sum(each.is_literal for each in some.verdicts)}"
            for least, most in _BANDS
            for some in [self.between(least, most)]
        ]
        forecast = f"  month's end off by {self.off_before:.1%} with the old rule, {self.off_after:.1%} now"
        return [*named, forecast]
