"""Faults of results, the harmless ones seen in the wild included: fields, tags, amounts, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import Literal, get_args

import attrs
import msgspec

from ..._generated import FieldRole, ListOperation, Operation
from ..answer import ApiAnswer, answer_json
from ..list_paginator import ListJson
from ..paginator import BucketJson, PageJson, PageRequest
from ..prices import FRACTION_DIGITS
from ..request_context import RequestContext, UsageContext
from ..request_streams import dimensions_of
from ..rows import Money, Row
from .content import ContentFault, each_entry, each_result
from .fault import Fault, PageFault, require, require_one_of, require_whole

AmountStyle = Literal["plain", "padded", "long", "exponent", "scientific"]

_EXACT = Context(prec=100)
_UNKNOWN: Row = {"usage_detail": {"tier": [1, None]}, "billing_note": "as agreed"}


def _scientific(amount: Decimal) -> str:
    """An amount with an exponent of two digits at least, as Python and C write floats."""
    digits, _, exponent = format(amount, "e").partition("e")
    return f"{digits}e{exponent[0]}{exponent[1:]:0>2}"


_STYLES: Mapping[AmountStyle, Callable[[Decimal], str]] = {
    "plain": lambda amount: format(amount, "f"),
    "padded": lambda amount: format(amount, f".{FRACTION_DIGITS}f"),
    "long": lambda amount: format(amount, ".39f"),
    "exponent": lambda amount: format(amount, "E"),
    "scientific": _scientific,
}


@attrs.frozen(repr=False)
class Field(ContentFault):
    """The field `name` of every result or item is `value`, where they have that field.

    Field("batch", "true")        # a text for a boolean
    Field("quantity", 0.25)       # a fraction, as costs and seconds may be
    Field("input_tokens", None)
    """

    name: str
    value: str | int | float | Decimal | bool | None

    def __attrs_post_init__(self) -> None:
        finite = not isinstance(self.value, float | Decimal) or Decimal(self.value).is_finite()
        require(finite, f"JSON has no number {self.value!r}: for amounts see AmountText")

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page with this value in every result."""
        return each_entry(content, lambda row: row | {self.name: self.value} if self.name in row else row)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether results of the operation have the field."""
        return any(field.name == self.name for field in operation.fields)


@attrs.frozen(repr=False)
class LongInteger(PageFault):
    """Every metric is an integer of `digits` digits."""

    digits: int = 5_000

    def __attrs_post_init__(self) -> None:
        require_whole("digits", self.digits, least=1)

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with huge metrics."""
        fields = request.operation.fields
        huge = {f.name: msgspec.Raw(b"9" * self.digits) for f in fields if f.role == FieldRole.METRIC}
        return each_result(page, lambda row: row | huge)


@attrs.frozen(repr=False)
class UnknownFields(ContentFault):
    """Buckets, results and items have fields that nobody knows yet, as the real API's had at all times.

    One of a result has a nested value. Those that are known from answers, such as `project_name`, come
    without a fault.
    """

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page with more fields."""
        changed = each_entry(content, lambda row: row | _UNKNOWN) or content
        return {**content, "data": [{**entry, "revision": 2} for entry in changed["data"]]}


@attrs.frozen(repr=False)
class UnknownObject(ContentFault):
    """Every result or item has a tag that no document knows."""

    tag: str = "organization.usage.dreams.result"

    def change_content(self, content: PageJson | ListJson) -> object:
        """The page with this tag in every result."""
        return each_entry(content, lambda row: row | {"object": self.tag})


@attrs.frozen(repr=False)
class AmountFault(PageFault):
    """A fault of amounts of money."""

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation has amounts."""
        return not isinstance(operation, ListOperation) and any(
            field.role == FieldRole.MONEY for field in operation.fields
        )


@attrs.frozen(repr=False)
class AmountText(AmountFault):
    """Every amount of money is `text` as it stands in the JSON: NaN, Infinity, 1e999, "NaN", null.

    AmountText("NaN")        # no JSON at all
    AmountText('"NaN"')      # a string
    """

    text: str

    def __attrs_post_init__(self) -> None:
        require(bool(self.text.strip()), "an amount's text is not empty; to leave it out: Missing('amount')")

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with these amounts."""
        return _each_amount(page, lambda _: msgspec.Raw(self.text.encode()))


@attrs.frozen(repr=False)
class AmountForm(AmountFault):
    """Every amount keeps its value and is written in another form.

    As a `string` or, like older answers, a `number`: in the fewest digits (`plain`), with 30 digits
    after the point (`padded`) or 39 (`long`), with an `exponent` (4.2E-5), or as programs write floats
    (`scientific`, 4.2e-05). The emulator itself writes padded strings, as the real API does.
    """

    kind: Literal["string", "number"]
    style: AmountStyle = attrs.field(default="plain", kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_one_of("kind", self.kind, ("string", "number"))
        require_one_of("style", self.style, get_args(AmountStyle))

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with its amounts in this form."""
        return _each_amount(page, self._written)

    def _written(self, amount: Decimal) -> msgspec.Raw:
        text = _STYLES[self.style](amount.normalize(_EXACT))
        return msgspec.Raw((f'"{text}"' if self.kind == "string" else text).encode())


@attrs.frozen(repr=False)
class Credit(AmountFault):
    """In each bucket, the last result is a credit: its amount is `amount`, which is negative."""

    amount: str = "-0.01"

    def __attrs_post_init__(self) -> None:
        good = re.fullmatch(r"-\d+(\.\d+)?(E-?\d+)?", self.amount)
        require(bool(good), f"amount is a negative number as text, such as '-0.01', not {self.amount!r}")

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with credits."""
        if not any(bucket["results"] for bucket in page["data"]):
            return None
        return {**page, "data": [self._credited(bucket) for bucket in page["data"]]}

    def _credited(self, bucket: BucketJson) -> BucketJson:
        results = bucket["results"]
        last = [_rewritten(row, lambda _: self.amount) for row in results[-1:]]
        return {**bucket, "results": [*results[:-1], *last]}


@attrs.frozen(repr=False)
class BlankProject(PageFault):
    """`project_id` is an empty text where it is null otherwise."""

    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The page with empty projects."""
        return each_result(
            page, lambda row: row | {"project_id": ""} if row.get("project_id", "") is None else row
        )

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether results of the operation have a project."""
        return not isinstance(operation, ListOperation) and any(
            field.name == "project_id" for field in operation.fields
        )


@attrs.frozen(repr=False)
class ProjectsByLineItem(Fault):
    """Results grouped by `line_item` alone have a project as well, and are as many more, as of old."""

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The page, grouped by project, too."""
        if not isinstance(context, UsageContext):
            return None
        request = context.page_request
        if request is None or request.query.group_by != ("line_item",):
            return None
        return answer_json(context.page_by(("line_item", "project_id")))

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation can be grouped by both."""
        return not isinstance(operation, ListOperation) and {"line_item", "project_id"} <= set(
            dimensions_of(operation)
        )


def _each_amount(page: PageJson, write: Callable[[Decimal], object]) -> PageJson | None:
    """The page with every amount's value rewritten; None if it has no amounts."""
    return each_result(page, lambda row: _rewritten(row, write))


def _rewritten(row: Row, write: Callable[[Decimal], object]) -> Row:
    """A result with its amounts' values rewritten; the result itself if it has no amounts."""
    amounts = {name: part for name, part in row.items() if isinstance(part, Money)}
    new = {name: part | {"value": write(Decimal(str(part["value"])))} for name, part in amounts.items()}
    return {**row, **new} if new else row
