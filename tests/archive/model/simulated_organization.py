"""A simulated organization over simulated days: its API, which fails at times and forgets, and its clock."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from random import Random
from types import TracebackType
from typing import Self

import httpx

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator, FaultPlan, OrganizationSize, Restatements
from openai_org_usage.emulator.faults import (
    Drop,
    EmptyBody,
    Fault,
    HtmlPage,
    MissingScope,
    QuotaExceeded,
    Status,
    TruncatedJson,
)
from openai_org_usage.http.retry import RetryPolicy

DAY = 86_400
HOUR = 3_600
_BEGIN = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
_PASSING: tuple[Fault, ...] = (
    Status(500),
    Status(503),
    Status(429),
    Drop("mid-body"),
    Drop("before-headers"),
)
_FINAL: tuple[Fault, ...] = (
    *(Status(401), QuotaExceeded(), HtmlPage(), EmptyBody(), TruncatedJson()),
    *(Status(400), Status(500), Drop("mid-body")),
)
_REFUSALS: tuple[Fault, ...] = (MissingScope(403), Status(400), Status(404))


class SimulatedOrganization:
    """One organization as it is at `now`, Unix seconds.

    Attributes:
        now: the present.
        days: how old a bucket is when nothing of it changes any more.
        api_days: how far the API goes back.
        client: of the API, which forgets and may fail.
        whole: a client of the same organization, which does neither.
    """

    def __init__(self, dice: Random, *, api_days: int, days: int) -> None:
        self.now = _BEGIN + dice.randrange(400 * DAY)
        self.days = days
        self.api_days = api_days
        self._dice = dice
        self._paused = api_days * DAY
        self._open = ExitStack()
        seed = dice.randrange(1_000_000)
        size = OrganizationSize(
            projects=dice.randint(1, 3), users=dice.randint(1, 3), keys=dice.randint(1, 3)
        )
        restatements = Restatements(
            days=self.days,
            late=dice.uniform(0.05, 0.4),
            corrected=dice.uniform(0, 0.2),
            misplaced=dice.uniform(0, 0.2),
        )
        self._emulator, true = (
            Emulator(now=self.clock, seed=seed, size=size, restatements=restatements, lookback_days=lookback)
            for lookback in (api_days, None)
        )
        self._open.enter_context(self._emulator)
        self.client = self._open.enter_context(
            UsageClient(
                admin_key=self._emulator.admin_key,
                base_url=self._emulator.base_url,
                retry=RetryPolicy(max_retries=2, backoff=0, max_backoff=0),
                concurrency=1,  # So that a walk is the same each time: faults are for requests by number.
                clock=self.clock,
            )
        )
        self.whole = self._open.enter_context(
            UsageClient(
                admin_key=true.admin_key,
                base_url="http://127.0.0.1/v1",
                transport=httpx.ASGITransport(app=true.app),
                clock=self.clock,
            )
        )

    def clock(self) -> float:
        """The present."""
        return self.now

    @property
    def earliest(self) -> int:
        """Where the API begins."""
        return (self.now // DAY - self.api_days) * DAY

    def pass_time(self, *, days: int) -> None:
        """A pause between two syncs: some minutes, or as many days."""
        hours = self._dice.choice([1, 6, 24, 24, 24, 24 * 3, 24 * 7, 24 * days])
        self._paused = self._dice.randrange(min(hours, 24 * days) * HOUR) + 1
        self.now += self._paused

    def fail(self, operation: str) -> None:
        """Have the API fail at times, or for good in the middle of a sync, or refuse an operation."""
        dice, kind = self._dice, self._dice.choice(["passing", "final", "final", "refusal"])
        if kind == "passing":
            passing = dict.fromkeys(_PASSING, 0.06)
            self._emulator.faults = FaultPlan(probability=passing, seed=dice.randrange(1000))
        elif kind == "final":
            number = dice.choice([2, 3, 4, 5] if self._paused > 14 * DAY else [1, 1, 1, 2, 3])
            self._emulator.faults = FaultPlan(dict.fromkeys(range(number, number + 5), dice.choice(_FINAL)))
        else:
            self._emulator.faults = FaultPlan(dice.choice(_REFUSALS), operations=operation)

    def fail_at(self, number: int) -> None:
        """Have the API fail for good at a request of the next sync."""
        self._emulator.faults = FaultPlan(dict.fromkeys(range(number, number + 5), Status(500)))

    def recover(self) -> None:
        """No more failures."""
        self._emulator.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
