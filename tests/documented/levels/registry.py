"""The operation registry: what programs ask for parameters and fields."""

from __future__ import annotations

from openai_org_usage import OPERATIONS, Operation
from openai_org_usage._generated import DIRECTORY, ListOperation, Parameter, ResponseField

from ..facts import EVERYTHING, UNSTATED, Description, Endpoint, Limit, Member, Members


def read() -> Description:
    """What the registry says; it has no pages, and the tag of a result only as `result_object`."""
    endpoints = [*map(_endpoint, OPERATIONS.values()), *map(_endpoint, DIRECTORY.values())]
    return Description.of("registry", endpoints, groups=EVERYTHING)


def _endpoint(operation: Operation | ListOperation) -> Endpoint:
    is_list = isinstance(operation, ListOperation)
    parameters = {p.name: _parameter(p, "path", bounded=is_list) for p in operation.path_parameters}
    parameters |= {p.name: _parameter(p, "query", bounded=is_list) for p in operation.parameters}
    return Endpoint(
        path=operation.path,
        method=operation.method,
        operation_id=operation.operation_id,
        result_object=(
            operation.item_object if isinstance(operation, ListOperation) else operation.result_object
        ),
        sections={
            "parameter": parameters,
            "result": _fields(operation.fields),
        },
    )


def _parameter(parameter: Parameter, location: str, *, bounded: bool) -> Member:
    return Member(
        location=location,
        required=parameter.required,
        type=parameter.type,
        item_type=parameter.item_type,
        values=parameter.allowed_values,
        default=parameter.default,
        maximum=parameter.maximum if bounded else UNSTATED,
        limits={limit.bucket_width: Limit(limit.default, limit.maximum) for limit in parameter.limits},
    )


def _fields(fields: tuple[ResponseField, ...], prefix: str = "") -> Members:
    found: dict[str, Member] = {}
    for field in fields:
        found[prefix + field.name] = Member(
            required=field.required,
            type=field.type,
            nullable=field.nullable,
            values=None if field.name == "object" else field.known_values,
        )
        found |= _fields(field.fields, f"{prefix}{field.name}.")
    return found
