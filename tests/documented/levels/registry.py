"""The operation registry: what programs ask for parameters and fields."""

from __future__ import annotations

from openai_org_usage import OPERATIONS
from openai_org_usage._generated import Parameter, ResponseField

from ..facts import Description, Endpoint, Limit, Member, Members


def read() -> Description:
    """What the registry says; it has no pages, and the tag of a result only as `result_object`."""
    return Description.of(
        "registry",
        [
            Endpoint(
                path=operation.path,
                method=operation.method,
                operation_id=operation.operation_id,
                result_object=operation.result_object,
                sections={
                    "parameter": {p.name: _parameter(p) for p in operation.parameters},
                    "result": _fields(operation.fields),
                },
            )
            for operation in OPERATIONS.values()
        ],
    )


def _parameter(parameter: Parameter) -> Member:
    return Member(
        required=parameter.required,
        type=parameter.type,
        item_type=parameter.item_type,
        values=parameter.allowed_values,
        default=parameter.default,
        limits={limit.bucket_width: Limit(limit.default, limit.maximum) for limit in parameter.limits},
    )


def _fields(fields: tuple[ResponseField, ...], prefix: str = "") -> Members:
    found: dict[str, Member] = {}
    for field in fields:
        found[prefix + field.name] = Member(
            required=field.required,
            type=field.type,
            nullable=field.nullable,
            values=None if field.role == "tag" else field.known_values,
        )
        found |= _fields(field.fields, f"{prefix}{field.name}.")
    return found
