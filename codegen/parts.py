"""What the templates see: operations, parameters, models and fields with what the generator drops.

openapi-python-client drops formats, limits, roles and known values while parsing; `view` reads them
from the pinned document into these values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import attrs

_BUILT_IN = {"Any", "Decimal", "Literal", "None"}


@attrs.frozen
class LimitView:
    """The page sizes for one width of buckets."""

    bucket_width: str
    default: int
    maximum: int


@attrs.frozen
class ParameterView:
    """One parameter of the query, or of the path."""

    name: str
    type: str
    item_type: str | None
    format: str | None
    required: bool
    allowed_values: tuple[str, ...]
    default: object
    limits: tuple[LimitView, ...]
    maximum: int | None
    description: str
    wire_annotation: str
    """Its Python type as the endpoint functions take it."""

    @property
    def without_alias(self) -> ParameterView:
        """What the registry says of it: the names of enumerations differ from operation to operation."""
        return attrs.evolve(self, wire_annotation="")

    @property
    def annotation(self) -> str:
        """Its Python type as `request` takes it: times in any form."""
        return "Time" if self.format == "unix-time" else self.wire_annotation

    @property
    def request_doc(self) -> str:
        """`doc` for `request`, which takes times in any form."""
        forms = (
            " Also an aware datetime, a date, an ISO 8601 string, or a span back from now, in whole UTC "
            'buckets with the running one: `"30d"` or a timedelta.'
        )
        return self.doc + (forms if self.format == "unix-time" else "")

    @property
    def doc(self) -> str:
        """Its meaning, allowed values, default and limits, as one paragraph."""
        parts = [self.description]
        if self.allowed_values:
            kind = "Each one of" if self.type == "array" else "One of"
            parts.append(f"{kind} {', '.join(f'`{v}`' for v in self.allowed_values)}.")
        if self.limits:
            sizes = "; ".join(f"`{x.bucket_width}` {x.default}, at most {x.maximum}" for x in self.limits)
            parts.append(f"Default and maximum by `bucket_width`: {sizes}.")
        elif self.default is not None:
            parts.append(f"The server's default is `{self.default}`.")
        if self.maximum is not None:
            parts.append(f"At most `{self.maximum}`.")
        return " ".join(parts)


@attrs.frozen
class FieldView:
    """One member of a schema."""

    name: str
    type: str
    format: str | None
    required: bool
    nullable: bool
    role: str
    known_values: tuple[str, ...]
    description: str
    const: str | None
    annotation: str
    fields: tuple[FieldView, ...]
    over_time: str | None
    """How values add up over time: `sum`, or `last` for a level; None for what is no number."""
    observed: bool
    """Whether it is seen in answers and in no public document."""
    hidden: bool
    """Whether no printed form of the object shows it."""

    @property
    def doc(self) -> str:
        """Its meaning and the values known so far, as one paragraph."""
        known = (
            f" Known values: {', '.join(f'`{v}`' for v in self.known_values)}." if self.known_values else ""
        )
        return self.description + known

    @property
    def references(self) -> set[str]:
        """The other models that its annotation names."""
        return {*re.findall(r"\b[A-Z]\w+", self.annotation)} - _BUILT_IN

    @property
    def is_taken_as_it_is(self) -> bool:
        """Whether a model takes it from the struct that it is made of: no decimal, and no model in it."""
        return self.format != "decimal" and not self.references


@attrs.frozen
class ColumnView:
    """One column of a flat row: a field of the result, or of an object in it."""

    name: str
    owner: str | None
    field: FieldView

    @property
    def annotation(self) -> str:
        """Its Python type; a part of an object is None where the object is."""
        optional = self.owner is not None and not self.field.annotation.endswith("| None")
        return self.field.annotation + (" | None" if optional else "")


@attrs.frozen
class ModelView:
    """One class of the generated models."""

    name: str
    role: str
    description: str
    fields: tuple[FieldView, ...]
    result: str | None
    """Of a bucket: the class of its results."""
    bucket_fields: tuple[FieldView, ...] = ()
    """Of a result: what its bucket has beside times and results."""

    @property
    def stem(self) -> str:
        """The name shared by the result, its row, its bucket and its page."""
        return re.sub(r"(Result|Bucket|Page)$", "", self.name)

    @property
    def columns(self) -> list[ColumnView]:
        """Its fields, those of objects in it in their place."""
        columns: list[ColumnView] = []
        for field in self.fields:
            parts = [ColumnView(f"{field.name}_{part.name}", field.name, part) for part in field.fields]
            columns += parts or [ColumnView(field.name, None, field)]
        return columns

    @property
    def references(self) -> list[str]:
        """The other models that its annotations name."""
        return sorted(set[str]().union(*(field.references for field in self.fields)))


@attrs.frozen(kw_only=True)
class OperationView:
    """One operation with all that the registry tells of it."""

    is_list: bool
    """Whether it answers with a list of items, not with time buckets."""
    name: str
    operation_id: str
    module: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    """Of its results or items."""
    path_parameters: tuple[ParameterView, ...]
    parameters: tuple[ParameterView, ...]
    """Of the query."""
    fields: tuple[FieldView, ...]
    bucket_fields: tuple[FieldView, ...]
    page: str
    imports: tuple[tuple[str, str], ...]
    """Module and name of the models and aliases that its functions name."""

    @property
    def stem(self) -> str:
        """What the names of the classes of its answers begin with."""
        return self.page.removesuffix("Page")

    @property
    def arguments(self) -> tuple[ParameterView, ...]:
        """What its functions take, the required ones first."""
        return tuple(sorted(self.path_parameters + self.parameters, key=lambda p: not p.required))

    @property
    def request(self) -> str:
        """The class of its requests, of which that of the operation is named after."""
        return "ListRequest" if self.is_list else "Request"

    @property
    def typed_by(self) -> tuple[tuple[str, str], ...]:
        """What its requests are typed by beside the page: the class whose module it is in, and the name."""
        if self.is_list:
            return ((self.stem, self.stem),)
        return (f"{self.stem}Bucket", f"{self.stem}Bucket"), (f"{self.stem}Result", f"{self.stem}Row")

    @property
    def request_annotation(self) -> str:
        """The type of its requests."""
        return f"{self.request}[{', '.join([self.page, *(name for _, name in self.typed_by)])}]"

    @property
    def extra_query_doc(self) -> str:
        """What `extra_query` is, as one paragraph."""
        example = "" if self.is_list else ', such as `{"sizes": ["1024x1536"]}`'
        kept = "page size nor cursor" if self.is_list else "range, page size nor cursor"
        return (
            "Names and values that are sent beside and not checked, for what the API takes before a document "
            f"says so{example}. It overrides neither {kept}."
        )


class GroupView:
    """The operations of one group, whose data lie in one folder."""

    def __init__(self, folder: str, api_folder: str, operations: Iterable[OperationView]) -> None:
        self.folder = folder
        self.api_folder = api_folder
        """Where the endpoint functions are: openapi-python-client takes the tag."""
        self.operations = list(operations)
        self.shared_parameters = _shared(
            parameter.without_alias for operation in self.operations for parameter in operation.arguments
        )
        """By name, the description of a parameter that most operations with it have, and two at least."""
        self.shared_fields = _shared(
            field for operation in self.operations for field in (*operation.fields, *operation.bucket_fields)
        )
        """The same for fields of results, items and buckets."""


ViewT = TypeVar("ViewT", FieldView, ParameterView)


def _shared(views: Iterable[ViewT]) -> dict[str, ViewT]:
    """By name, the commonest of the equal `views`, where there are two; sorted."""
    shared: dict[str, ViewT] = {}
    for view, count in Counter(views).most_common():
        if count > 1:
            shared.setdefault(view.name, view)
    return dict(sorted(shared.items()))
