"""Whether an answer is exactly what the official SDK's pydantic models say: no more, no less."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Annotated, get_args, get_origin

from openai import BaseModel
from pydantic import ValidationError

from codegen.tree import Object, as_object, is_array, is_object, objects_in

from .wire import tag_of


def objections(page_type: type[BaseModel], body: bytes) -> Iterator[str]:
    """What pydantic objects to in `body`, and members missing from or unknown to it.

    Results are validated by the model of their tag: of a union pydantic tells what every branch
    would have wanted.
    """
    page = as_object(json.loads(body))
    models = result_models(page_type)
    for result in [r for bucket in objects_in(page, "data") for r in objects_in(bucket, "results")]:
        model = models.get(tag_of(result))
        if model is None:
            yield f"results: the SDK has no model for {tag_of(result)!r} here"
        else:
            yield from _objections(model, result, "results")
    for bucket in objects_in(page, "data"):
        bucket["results"] = []
    yield from _objections(page_type, page, "page")


def result_models(page_type: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The models of results that a page may have, by their tag."""
    (bucket,) = _models_in(page_type.model_fields["data"].annotation)
    results = _models_in(bucket.model_fields["results"].annotation)
    return {str(get_args(model.model_fields["object"].annotation)[0]): model for model in results}


def next_page(page: BaseModel) -> str | None:
    """The cursor of the following page; None for the last page."""
    following = getattr(page, "next_page", None)
    return str(following) if getattr(page, "has_more", False) and following else None


def _objections(model: type[BaseModel], sent: Object, place: str) -> Iterator[str]:
    """What its validation refuses, or, where it refuses nothing, what it would with strict types."""
    said = _refused(model, sent, strict=False)
    yield from (f"{place}.{each}" for each in said)
    if not said:
        yield from (f"{place}.{each}, by strict types" for each in _refused(model, sent, strict=True))
    yield from _unmatched(model, sent, place)


def _refused(model: type[BaseModel], sent: Object, *, strict: bool) -> list[str]:
    try:
        model.model_validate_json(json.dumps(sent), strict=strict)
    except ValidationError as error:
        return [f"{_place(each['loc'])}: {each['type']}" for each in error.errors()]
    return []


def _unmatched(model: type[BaseModel], sent: Object, place: str) -> Iterator[str]:
    """Members that only one of the two has, at any depth."""
    fields = model.model_fields
    for name in sent.keys() - fields.keys():
        yield f"{place}.{name}: unknown to the SDK"
    for name in fields.keys() - sent.keys():
        yield f"{place}.{name}: missing"
    for name, field in fields.items():
        value = sent.get(name)
        parts = value if is_array(value) else [value]
        for nested, part in itertools.product(_models_in(field.annotation)[:1], parts):
            if is_object(part):
                yield from _unmatched(nested, part, f"{place}.{name}")


def _models_in(hint: object) -> list[type[BaseModel]]:
    """The models that a type hint names, in lists and unions, too."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    parts = get_args(hint)[:1] if get_origin(hint) is Annotated else get_args(hint)
    return [model for part in parts for model in _models_in(part)]


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join("*" if isinstance(part, int) else part for part in location)
