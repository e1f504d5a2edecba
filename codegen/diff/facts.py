"""What callers can notice of a pinned document, as values that can be compared.

Each has a `rest`: what the document says of it beyond these facts, as JSON, so that a comparison
can say "something else changed" rather than nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

SCALARS = {"integer": "int", "string": "str", "boolean": "bool", "number": "float"}
"""The Python types of JSON's."""


@attrs.frozen
class ParameterFacts:
    """A parameter of the query or of the path."""

    name: str
    type: str
    """As in JSON: `integer`, `array of string`."""
    format: str
    required: bool
    values: tuple[str, ...]
    """Allowed values; empty if any is allowed."""
    default: object
    bounds: Mapping[str, object]
    """`minimum` and `maximum`, where stated."""
    page_sizes: Mapping[str, tuple[object, object]]
    """Of `limit`: default and maximum by width of buckets, where stated."""
    deprecated: bool
    rest: str

    @property
    def annotation(self) -> str:
        """Its type in the signatures of the client's methods."""
        item = self.type.removeprefix("array of ")
        python = "Time" if self.format == "unix-time" else SCALARS.get(item, item)
        if self.values:
            python = f"Literal[{', '.join(map(repr, sorted(self.values)))}]"
        return f"Sequence[{python}]" if item != self.type else python


@attrs.frozen
class FieldFacts:
    """A member of a page, bucket, result, item or error body."""

    name: str
    """With the names of the objects that it stands in: `amount.value`."""
    type: str
    """As in JSON, without null: `integer`, `number or string`, `array of CostsResult`."""
    format: str
    required: bool
    nullable: bool
    const: str
    known_values: tuple[str, ...]
    wire_name: str
    """Its last name in upstream's document, where that is another than ours."""
    deprecated: bool
    python: str
    """Its type in the generated model where it has a value."""
    rest: str

    @property
    def annotation(self) -> str:
        """Its type in the generated model."""
        return self.python if self.required and not self.nullable else f"{self.python} | None"


@attrs.frozen
class ModelFacts:
    """A schema, one class of the generated models."""

    name: str
    fields: Mapping[str, FieldFacts]
    undefined: tuple[str, ...]
    """Names that upstream's document requires without defining them."""
    rest: str


@attrs.frozen
class EndpointFacts:
    """An operation and the models of its answer."""

    name: str
    """The name of its client method."""
    path: str
    operation_id: str
    parameters: Mapping[str, ParameterFacts]
    statuses: Mapping[str, str]
    """Other answers than 200: status and what the document says of it."""
    models: Mapping[str, ModelFacts]
    """By role: `page`, `bucket`, `result`; of a list `page`, `item`."""
    deprecated: bool
    rest: str

    @property
    def stem(self) -> str:
        """What the names of its models begin with."""
        return self.models["page"].name.removesuffix("Page")

    @property
    def tag(self) -> str:
        """The `object` of its results or items."""
        tag = (self.models.get("result") or self.models["item"]).fields.get("object")
        return tag.const if tag else ""


@attrs.frozen
class Facts:
    """All that callers can notice of one document."""

    server: str
    endpoints: Mapping[str, EndpointFacts]
    """By path."""
    shared: Mapping[str, ModelFacts]
    """Models that belong to no one endpoint: the bodies of errors."""
    rest: str
