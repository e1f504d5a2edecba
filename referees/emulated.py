"""The emulator as the referees ask it: its clock stands still, and filters get values that occur."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from codegen.tree import as_object, member

from .documents import DocumentedOperation
from .questions import DAY, MIDNIGHT, Samples, odd_samples
from .readers import ServerAddress
from .wire import results_in

_VALUES = 2
"""How many values a filter is asked for."""


def samples_from(server: ServerAddress, operation: DocumentedOperation) -> Samples:
    """Values that occur in the answers of `operation`, for its filters.

    A filter is named after the dimension that it filters, in the plural. One that the endpoint
    cannot be grouped by gets values that nothing knows: its answers are empty.
    """
    grouping = next((p.values for p in operation.parameters if p.name == "group_by"), ())

    def samples(parameter: str) -> Sequence[str]:
        dimension = parameter.removesuffix("s")
        if dimension not in grouping:
            return odd_samples(parameter)
        return _values(server, operation, dimension) or odd_samples(parameter)

    return samples


def _values(server: ServerAddress, operation: DocumentedOperation, dimension: str) -> list[str]:
    answer = httpx.get(
        server.base_url + operation.path,
        params={"start_time": MIDNIGHT - 7 * DAY, "end_time": MIDNIGHT, "group_by": dimension},
        headers={"Authorization": f"Bearer {server.admin_key}"},
    ).raise_for_status()
    seen = [member(result, dimension) for result in results_in(as_object(answer.json()))]
    return [value for value in dict.fromkeys(seen) if isinstance(value, str)][:_VALUES]
