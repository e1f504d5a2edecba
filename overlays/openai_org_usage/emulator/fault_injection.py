"""Dealing out the faults of the current plan, and keeping a record of those that were dealt."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from difflib import get_close_matches
from threading import Lock

import attrs

from .._generated import ListOperation, Operation
from .answer import ApiAnswer
from .faults import Fault, FaultPlan, FaultPlanError
from .request_context import RequestContext

REMEMBERED_FAULTS = 10_000


@attrs.frozen
class DealtFault:
    """A fault that spoilt an answer."""

    number: int
    """The number of the request among those that the plan counted, from 1."""
    operation: str
    """The name of the operation that was asked, such as "costs"."""
    fault: Fault


class FaultInjector:
    """Holds the plan, which may be changed from any thread while requests are answered."""

    def __init__(self, operations: Mapping[str, Operation | ListOperation]) -> None:
        self._operations = operations
        self._lock = Lock()
        self._plan = FaultPlan()
        self._number = 0
        self._dealt: deque[DealtFault] = deque(maxlen=REMEMBERED_FAULTS)

    @property
    def plan(self) -> FaultPlan:
        """The plan; setting one begins to count at 1 again."""
        return self._plan

    @plan.setter
    def plan(self, plan: FaultPlan) -> None:
        check_plan(plan, self._operations)
        with self._lock:
            self._plan, self._number = plan, 0

    @property
    def dealt(self) -> list[DealtFault]:
        """The faults that were dealt, oldest first."""
        with self._lock:
            return list(self._dealt)

    def forget(self) -> None:
        """Empty the record."""
        with self._lock:
            self._dealt.clear()

    def answer(self, context: RequestContext) -> ApiAnswer:
        """The answer of an context, spoilt if the plan says so."""
        number, fault = self._next(context.operation.name)
        spoilt = None if fault is None else fault.spoil(context)
        if fault is None or spoilt is None:
            return context.answer()
        with self._lock:
            self._dealt.append(DealtFault(number, context.operation.name, fault))
        return spoilt

    def _next(self, operation: str) -> tuple[int, Fault | None]:
        with self._lock:
            if not self._plan.concerns(operation):
                return 0, None
            self._number += 1
            return self._number, self._plan.fault_for(self._number)


def check_plan(plan: FaultPlan, operations: Mapping[str, Operation | ListOperation]) -> None:
    """Let a plan pass whose operations there are, and can have its faults.

    Raises:
        FaultPlanError: it is another one.
    """
    for name in plan.operations or ():
        if name not in operations:
            near = get_close_matches(name, operations, n=1) or sorted(operations)[:1]
            raise FaultPlanError(f"there is no operation {name!r}; did you mean {near[0]!r}?")
    concerned = [operation for name, operation in operations.items() if plan.concerns(name)]
    for fault in plan.all_faults():
        if not any(fault.suits(operation) for operation in concerned):
            able = [name for name, operation in operations.items() if fault.suits(operation)]
            where = f"it can happen to {', '.join(able)}" if able else "no operation has what it spoils"
            raise FaultPlanError(f"{fault!r} cannot happen to the operations of the plan: {where}")
