"""The contestants of `decode`: from the bytes of a page to objects, as each library does it."""

from __future__ import annotations

import functools
import importlib
import json
import operator
import sys
import time
import types
import typing
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import msgspec

from ..child import KEY, Reading, timed

METRICS = {"completions": "num_model_requests", "costs": "quantity"}
"""Of each endpoint, the field whose sum shows that a contestant has read its values."""


def ours(*, name: str, body: str) -> Callable[[], Reading]:
    """This package: what its client does with the body of an answer."""
    from openai_org_usage import UsageClient

    warnings.simplefilter("ignore")  # Unknown fields are announced once; not here.
    client = UsageClient(admin_key=KEY)
    return _turn(getattr(client, name)(start_time=0).request.decode, name=name, body=body)


def official(*, name: str, body: str) -> Callable[[], Reading]:
    """The official SDK: what its client does with the body of an answer."""
    from openai._models import construct_type
    from openai.types.admin import organization

    page_type = {
        "completions": organization.UsageCompletionsResponse,
        "costs": organization.UsageCostsResponse,
    }[name]

    def decode(data: bytes) -> object:
        return construct_type(type_=page_type, value=json.loads(data))

    return _turn(decode, name=name, body=body)


def stock(*, name: str, body: str, folder: str) -> Callable[[], Reading]:
    """What openapi-python-client makes of the pin without this project's templates, in `folder`."""
    from openai_org_usage import OPERATIONS

    sys.path.insert(0, folder)
    page_type: Any = getattr(importlib.import_module("stock.models"), OPERATIONS[name].page_type.__name__)
    return _turn(lambda data: page_type.from_dict(json.loads(data)), name=name, body=body)


def limit(*, name: str, body: str) -> Callable[[], Reading]:
    """Structs of msgspec with the same fields: the fastest decoder for Python, once and unchecked."""
    from openai_org_usage import OPERATIONS

    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(struct_of(OPERATIONS[name].page_type))
    return _turn(decoder.decode, name=name, body=body)


def plain(*, name: str, body: str) -> Callable[[], Reading]:
    """Dictionaries and lists, by the standard library."""
    return _turn(json.loads, name=name, body=body, get=operator.getitem)


def struct_of(annotation: Any) -> Any:
    """`annotation` with a struct of the same fields in place of each model."""
    if isinstance(annotation, type) and attrs.has(annotation):
        hints = typing.get_type_hints(annotation)
        names = [a.name for a in attrs.fields(annotation) if a.metadata.get("wire", True)]
        fields = [(field, struct_of(hints[field]), None) for field in names]
        return msgspec.defstruct(annotation.__name__, fields)
    arguments = tuple(struct_of(argument) for argument in typing.get_args(annotation))
    if isinstance(annotation, types.UnionType):
        return functools.reduce(lambda a, b: a | b, arguments)
    return types.GenericAlias(list, arguments) if typing.get_origin(annotation) is list else annotation


def _turn(
    decode: Callable[[bytes], object], *, name: str, body: str, get: Callable[[Any, str], Any] = getattr
) -> Callable[[], Reading]:
    """A turn that decodes the file `body`; `get` reads a member of what comes out."""
    data = Path(body).read_bytes()

    def digest(page: object) -> list[float]:
        rows = [row for bucket in get(page, "data") for row in get(bucket, "results")]
        return [len(rows), round(sum(float(get(row, METRICS[name]) or 0) for row in rows), 3)]

    return timed(lambda: decode(data), digest, seconds=0.1, clock=time.process_time_ns)
