"""Which requests get which faults."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import attrs

from ..seeded_random import draw
from .fault import Fault, FaultPlanError, require, require_type, require_whole

_DRAWN = 1 << 64


_NO_FAULTS: Mapping[int, Fault] = {}
_NO_PROBABILITY: Mapping[Fault, float] = {}


def _planned(faults: Fault | Sequence[Fault | None] | Mapping[int, Fault]) -> Fault | Mapping[int, Fault]:
    if isinstance(faults, Fault):
        return faults
    if isinstance(faults, Mapping):
        return MappingProxyType({_number(key): _fault(value) for key, value in faults.items()})
    _check_list(faults)
    in_turn = enumerate(faults, start=1)
    return MappingProxyType({number: _fault(each) for number, each in in_turn if each is not None})


def _check_list(faults: object) -> None:
    if isinstance(faults, str | bytes) or not isinstance(faults, Sequence):
        _fault(faults)


def _number(key: object) -> int:
    if isinstance(key, int) and not isinstance(key, bool) and key >= 1:
        return key
    raise FaultPlanError(f"requests are numbered 1, 2, 3, and so on; {key!r} is no such number")


def _fault(value: object) -> Fault:
    if isinstance(value, Fault):
        return value
    name = getattr(value, "__name__", "")
    if name and isinstance(value, type):
        raise FaultPlanError(f"a fault is wanted, not a class: write {name}(...)")
    raise FaultPlanError(f"a fault is wanted, such as Status(429) or Drop(), not {value!r}")


def _weighed(probability: Mapping[Fault, float]) -> Mapping[Fault, float]:
    require_type("probability", probability, Mapping)
    weighed = {_fault(fault): _share(fault, share) for fault, share in probability.items()}
    whole = math.fsum(weighed.values())
    require(whole <= 1, f"the probabilities add up to {whole:g}, and may reach 1")
    return MappingProxyType(weighed)


def _share(fault: Fault, share: object) -> float:
    if isinstance(share, int | float) and not isinstance(share, bool) and 0 < share <= 1:
        return float(share)
    raise FaultPlanError(f"the probability of {fault!r} is above 0 and at most 1, not {share!r}")


def _named(operations: str | Collection[str] | None) -> tuple[str, ...] | None:
    if operations is None:
        return None
    names = (operations,) if isinstance(operations, str) else tuple(operations)
    require(bool(names), "operations names no operation: leave it out to plan for all of them")
    for name in names:
        require_type("each of operations", name, str)
    return names


@attrs.frozen(repr=False)
class FaultPlan:
    """Which requests get which faults; all others get the true answer::

        FaultPlan(Status(503))                                    every request
        FaultPlan([Drop(), None, Status(429)])                    the first and the third
        FaultPlan({3: Drop("mid-headers", reset=True)})           the third
        FaultPlan(probability={Status(503): 0.1}, seed=7)         one in ten, the same ones each time
        FaultPlan(NextPage(None), operations="costs")             every request for costs

    Args:
        faults: one fault for every request; or faults for the first requests in turn, None where
            the true answer is to come; or faults by request number.
        probability: how likely each fault is for a request that has none in `faults`.
        seed: decides which requests these are. Request number n gets the same fault in every run;
            of requests that are sent at the same time, either may be number n.
        operations: the operations that the plan is for, such as "costs"; by default, all.

    Requests are numbered from 1, from when the emulator gets the plan, and those for other operations
    are not counted. What was dealt is in `Emulator.dealt`. A fault that finds nothing to spoil, such
    as an amount where there is none, lets the true answer through and is not in that list.

    Raises:
        FaultPlanError: the plan makes no sense; the message says what to write.
    """

    faults: Fault | Mapping[int, Fault] = attrs.field(default=_NO_FAULTS, converter=_planned)
    probability: Mapping[Fault, float] = attrs.field(
        default=_NO_PROBABILITY, converter=_weighed, kw_only=True
    )
    seed: int = attrs.field(default=0, kw_only=True)
    operations: tuple[str, ...] | None = attrs.field(default=None, converter=_named, kw_only=True)

    def __attrs_post_init__(self) -> None:
        every = isinstance(self.faults, Fault) and bool(self.probability)
        require(not every, "every request has a fault already: leave out probability")
        require_whole("seed", self.seed, least=0)

    def fault_for(self, number: int) -> Fault | None:
        """The fault for request `number` (from 1) of the plan's operations, if it gets one."""
        if isinstance(self.faults, Fault):
            return self.faults
        return self.faults.get(number) or self._drawn(number)

    def concerns(self, operation: str) -> bool:
        """Whether the plan is for this operation."""
        return self.operations is None or operation in self.operations

    def all_faults(self) -> tuple[Fault, ...]:
        """The faults that the plan may deal."""
        planned = (self.faults,) if isinstance(self.faults, Fault) else tuple(self.faults.values())
        return (*planned, *self.probability)

    def _drawn(self, number: int) -> Fault | None:
        dice = draw(self.seed, "fault", number) / _DRAWN
        for fault, share in self.probability.items():
            if dice < share:
                return fault
            dice -= share
        return None

    def __hash__(self) -> int:
        faults = self.faults if isinstance(self.faults, Fault) else frozenset(self.faults.items())
        return hash((faults, frozenset(self.probability.items()), self.seed, self.operations))

    def __repr__(self) -> str:
        """Show the call that makes an equal plan."""
        faults = self.faults if isinstance(self.faults, Fault) else dict(self.faults)
        probability = (
            f", probability={dict(self.probability)!r}, seed={self.seed}" if self.probability else ""
        )
        operations = "" if self.operations is None else f", operations={self.operations!r}"
        return f"FaultPlan({faults!r}{probability}{operations})"
