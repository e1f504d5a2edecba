"""Faults of results, the harmless ones seen in the wild included: fields, tags, amounts, numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Final, Literal

import attrs
import msgspec

from ..._generated import Operation
from ..page import Bucket, Page, Question
from ..prices import FRACTION_DIGITS
from ..rows import Money, Row
from .fault import PageFault, require, require_one_of, require_whole

_EXACT: Final = Context(prec=100)
_UNKNOWN: Final[Row] = {"usage_detail": {"tier": [1, None]}, "billing_note": "as agreed"}


@attrs.frozen(repr=False)
class Field(PageFault):
    """The field `name` of every result is `value`, where results have that field.

    Field("batch", "true")        # a text for a boolean
    Field("quantity", 0.25)       # a fraction, as costs and seconds may be
    Field("input_tokens", None)
    """

    name: str
    value: str | int | float | Decimal | bool | None

    def __attrs_post_init__(self) -> None:
        finite = not isinstance(self.value, float | Decimal) or Decimal(self.value).is_finite()
        require(finite, f"JSON has no number {self.value!r}: for amounts see AmountText")

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with this value in every result."""
        return _each_result(page, lambda row: row | {self.name: self.value} if self.name in row else row)

    def suits(self, operation: Operation) -> bool:
        """Tell whether results of the operation have the field."""
        return any(field.name == self.name for field in operation.fields)


@attrs.frozen(repr=False)
class LongInteger(PageFault):
    """Every metric is an integer of `digits` digits."""

    digits: int = 5_000

    def __attrs_post_init__(self) -> None:
        require_whole("digits", self.digits, least=1)

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with huge metrics."""
        fields = question.operation.fields
        huge = {f.name: msgspec.Raw(b"9" * self.digits) for f in fields if f.role == "metric"}
        return _each_result(page, lambda row: row | huge)


@attrs.frozen(repr=False)
class UnknownFields(PageFault):
    """Buckets and results have fields that nobody knows yet, as the real API's had at all times.

    One of a result has a nested value. Those that are known from answers, such as `project_name`, come
    without a fault.
    """

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with more fields."""
        altered = _each_result(page, lambda row: row | _UNKNOWN) or page
        return {**page, "data": [{**bucket, "revision": 2} for bucket in altered["data"]]}


@attrs.frozen(repr=False)
class UnknownObject(PageFault):
    """Every result has a tag that no document knows."""

    tag: str = "organization.usage.dreams.result"

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with this tag in every result."""
        return _each_result(page, lambda row: row | {"object": self.tag})


@attrs.frozen(repr=False)
class AmountText(PageFault):
    """Every amount of money is `text` as it stands in the JSON: NaN, Infinity, 1e999, "NaN", null.

    AmountText("NaN")        # no JSON at all
    AmountText('"NaN"')      # a string
    """

    text: str

    def __attrs_post_init__(self) -> None:
        require(bool(self.text.strip()), "an amount's text is not empty; to leave it out: Missing('amount')")

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with these amounts."""
        return _each_amount(page, lambda _: msgspec.Raw(self.text.encode()))

    def suits(self, operation: Operation) -> bool:
        """Tell whether the operation has amounts."""
        return _has_money(operation)


@attrs.frozen(repr=False)
class AmountForm(PageFault):
    """Every amount keeps its value and is written in another form.

    As a `string` or a `number`, in the fewest digits (`plain`), with 30 digits after the point
    (`padded`) or with an `exponent`. The emulator itself writes padded strings, as the real API does.
    """

    kind: Literal["string", "number"]
    style: Literal["plain", "padded", "exponent"] = attrs.field(default="plain", kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_one_of("kind", self.kind, ("string", "number"))
        require_one_of("style", self.style, ("plain", "padded", "exponent"))

    def alter(self, page: Page, question: Question) -> object:
        """Return the page with its amounts in this form."""
        return _each_amount(page, self._written)

    def suits(self, operation: Operation) -> bool:
        """Tell whether the operation has amounts."""
        return _has_money(operation)

    def _written(self, amount: Decimal) -> msgspec.Raw:
        formats = {"padded": f".{FRACTION_DIGITS}f", "plain": "f", "exponent": "E"}
        text = format(amount if self.style == "padded" else amount.normalize(_EXACT), formats[self.style])
        return msgspec.Raw((f'"{text}"' if self.kind == "string" else text).encode())


def _each_result(page: Page, change: Callable[[Row], Row]) -> Page | None:
    """Return the page with every result changed; None if the function leaves all as they are."""
    changed = False
    buckets: list[Bucket] = []
    for bucket in page["data"]:
        rows = [change(row) for row in bucket["results"]]
        changed = changed or any(new is not old for new, old in zip(rows, bucket["results"], strict=True))
        buckets.append({**bucket, "results": rows})
    return {**page, "data": buckets} if changed else None


def _each_amount(page: Page, write: Callable[[Decimal], msgspec.Raw]) -> Page | None:
    """Return the page with every amount's value rewritten; None if it has no amounts."""

    def rewritten(row: Row) -> Row:
        amounts = {name: part for name, part in row.items() if isinstance(part, Money)}
        new = {name: part | {"value": write(Decimal(str(part["value"])))} for name, part in amounts.items()}
        return {**row, **new} if new else row

    return _each_result(page, rewritten)


def _has_money(operation: Operation) -> bool:
    return any(field.role == "money" for field in operation.fields)
