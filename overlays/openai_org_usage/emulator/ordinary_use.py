"""What an organization uses when nothing happens to it: the streams that stories change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from .._generated import Operation
from .activity import RHYTHMS, Activity
from .dataset import OWNERS, with_tail, workload_of
from .lively_days import LivelyDays
from .request_streams import (
    LINE_ITEM,
    Dimension,
    RequestStream,
    dimensions_of,
    is_costs,
    pool_of,
    pools_of,
    streams_of,
)
from .roster import Roster

_MANY_MODELS = 5
"""Where so many models are used, a lively organization has some that few use."""


class OrdinaryUse:
    """The streams of the operations of the registry, always the same ones for the same seed and roster.

    If it is `lively`, its days differ as those of real organizations do.
    """

    def __init__(
        self, operations: Mapping[str, Operation], *, roster: Roster, seed: int = 0, lively: bool = False
    ) -> None:
        self.operations = operations
        self.roster = roster
        self.seed = seed
        self._activity = {rhythm: Activity(rhythm, seed=seed) for rhythm in RHYTHMS}
        self._lively = LivelyDays(self._activity, seed=seed) if lively else None
        self._streams: dict[str, tuple[RequestStream, ...]] = {}

    def streams(self, operation: Operation) -> tuple[RequestStream, ...]:
        """The streams of an operation."""
        if operation.name not in self._streams:
            steady = self._steady_streams(operation)
            self._streams[operation.name] = (
                steady if self._lively is None else tuple(self._lively.streams(steady))
            )
        return self._streams[operation.name]

    def pools(self, operation: Operation) -> Mapping[str, tuple[Dimension, ...]]:
        """The values of each dimension, also of costs, that comes neither with the key nor with the model."""
        return self._cost_dimensions | pools_of(operation)

    def _steady_streams(self, operation: Operation) -> tuple[RequestStream, ...]:
        workload = workload_of(operation.name)
        has_tail = self._lively is not None and len(workload.models) >= _MANY_MODELS
        return streams_of(
            operation,
            with_tail(workload) if has_tail else workload,
            keys=self.roster.keys,
            seed=self.seed,
            activities=self._activity,
            pools=self.pools(operation),
        )

    @cached_property
    def _cost_dimensions(self) -> dict[str, tuple[Dimension, ...]]:
        """Dimensions of costs that come neither with the API key nor with the price."""
        given = (*OWNERS, "model", LINE_ITEM)
        return {
            name: pool_of(operation, name)
            for operation in self.operations.values()
            if is_costs(operation)
            for name in dimensions_of(operation)
            if name not in given
        }
