"""Whether the official SDK and our client have read the same, bucket for bucket and in total.

Our numbers are exact, the SDK's are floats: results are compared as floats, totals to the last
digits that a sum of floats has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from openai import BaseModel

from codegen.tree import Object, as_object, is_array, is_object, member, objects_in
from openai_org_usage import OPERATIONS
from openai_org_usage._generated import FieldRole
from openai_org_usage.money import exact_sum

from .fidelity import ReadBucket

_AS_SUMS_OF_FLOATS = 1e-12


def disagreements(
    name: str, pages: Sequence[BaseModel], buckets: Sequence[ReadBucket]
) -> Iterator[tuple[str, str]]:
    """What differs, with the two sides of it: `pages` are the SDK's, `buckets` our client's."""
    dumped = [as_object(_as_floats(page.model_dump(warnings=False))) for page in pages]
    theirs = [bucket for page in dumped for bucket in objects_in(page, "data")]
    ours = [_our_bucket(name, bucket) for bucket in buckets]
    if len(theirs) != len(ours):
        yield "another number of buckets", f"{len(theirs)} and {len(ours)}"
    for one, other in zip(theirs, ours, strict=False):
        if one != other:
            yield "other results", f"{str(one)[:400]}\n{str(other)[:400]}"
    results = [result for bucket in theirs for result in objects_in(bucket, "results")]
    for place in summable(name):
        exact = exact_sum(number_at(r.to_dict(), place) for bucket in buckets for r in bucket.results)
        total = math.fsum(float(number_at(result, place)) for result in results)
        if not math.isclose(total, float(exact), rel_tol=_AS_SUMS_OF_FLOATS):
            yield f"another total of {'.'.join(place)}", f"{total} and {exact}"


def _our_bucket(name: str, bucket: ReadBucket) -> Object:
    results = [_as_floats(result.to_dict()) for result in bucket.results]
    names = ("start_time", "end_time", *(field.name for field in OPERATIONS[name].bucket_fields))
    told = {each: getattr(bucket, each) for each in names if getattr(bucket, each) is not None}
    return {"object": "bucket", **told, "results": results}


def summable(name: str) -> list[tuple[str, ...]]:
    """The members of a result that are numbers to add up."""
    fields = OPERATIONS[name].fields
    metrics = [(field.name,) for field in fields if field.role == FieldRole.METRIC]
    return metrics + [(field.name, "value") for field in fields if field.role == FieldRole.MONEY]


def number_at(result: Object, place: tuple[str, ...]) -> Decimal:
    """The number at `place`, as a number or as text; 0 where there is none."""
    found = member(result, *place)
    return Decimal(str(found)) if isinstance(found, (int, float, str, Decimal)) else Decimal(0)


def _as_floats(node: object) -> object:
    """`node` with decimals as floats and without members that are None."""
    if is_object(node):
        return {name: _as_floats(value) for name, value in node.items() if value is not None}
    if is_array(node):
        return [_as_floats(item) for item in node]
    return float(node) if isinstance(node, Decimal) else node
