"""The installed official SDK, introspected: signatures, types, docstrings and response models.

What it has in types is taken from types; defaults and page sizes stand in its docstrings. Its models
say `Optional` both for what may be absent and for what may be null, so `nullable` here means that
None is accepted.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Required, Union, get_args, get_origin, get_type_hints

import openai
import typing_extensions
from openai.resources.admin.organization.admin_api_keys import AdminAPIKeys
from openai.resources.admin.organization.projects.api_keys import APIKeys
from openai.resources.admin.organization.projects.projects import Projects
from openai.resources.admin.organization.projects.service_accounts.service_accounts import ServiceAccounts
from openai.resources.admin.organization.usage import AsyncUsage, Usage
from openai.resources.admin.organization.users.users import Users
from openai.types.admin import organization as types

from ..facts import DIRECTORY, UNSTATED, Description, Endpoint, Member, Members
from ..sources import Source
from .prose import default_in, limits_in, maximum_in, minimum_in

_NAMES = {int: "integer", str: "string", bool: "boolean", float: "number"}
_TAGS = {
    "/organization/costs": "organization.costs.result",
    "/organization/usage/file_search_calls": "organization.usage.file_searches.result",
    "/organization/usage/web_search_calls": "organization.usage.web_searches.result",
}
"""Where the tag is not named after the path; the SDK's types offer all of them everywhere."""
_NOT_OURS = {"self", "extra_headers", "extra_query", "extra_body", "timeout"}


def read() -> Source:
    """The facts of the installed release."""
    endpoints = [_endpoint(method) for method in methods(Usage)]
    return Source(f"openai (PyPI) {version('openai')}", "2026-11", Description.of("sdk", endpoints))


def read_lists() -> Source:
    """The facts of the installed release about the lists."""
    resources = (AdminAPIKeys, Projects, APIKeys, ServiceAccounts, Users)
    endpoints = [_list(resource.list) for resource in resources]
    facts = Description.of("sdk", endpoints, groups=[DIRECTORY])
    return Source(f"openai (PyPI) {version('openai')}", "2026-11", facts)


def _list(method: Callable[..., Any]) -> Endpoint:
    """What `method` says; its pages are the SDK's own, so nothing is said of pages."""
    sent = re.search(r'self\._get_api_list\(\s*(?:path_template\(\s*)?"([^"]+)"', inspect.getsource(method))
    assert sent
    (item,) = get_args(get_type_hints(method)["return"].model_fields["data"].annotation)
    in_path = re.findall(r"{(\w+)}", sent[1])
    said = _documentation(method)
    parameters: dict[str, Member] = {}
    for name, member in parameters_of(method).items():
        most, default = maximum_in(said.get(name, "")), member.default
        parameters[name] = replace(
            member,
            location="path" if name in in_path else member.location,
            nullable=None,  # Null is never sent, whatever is accepted.
            default=UNSTATED if default is None else default,
            maximum=UNSTATED if most is None else most,
            limits={},
        )
    return Endpoint(
        path=sent[1],
        method="GET",
        result_object=_tag_of(item),
        sections={"parameter": parameters, "result": _fields(item, with_lists=True)},
    )


def methods(resource: type[Usage] | type[AsyncUsage]) -> Iterator[Callable[..., Any]]:
    """The methods of `resource` that send a request."""
    for name, method in inspect.getmembers(resource, inspect.isfunction):
        if not name.startswith("_") and "start_time" in inspect.signature(method).parameters:
            yield method


def parameters_of(method: Callable[..., Any]) -> Members:
    """The parameters of `method`: what its signature and its docstring say."""
    source, doc = inspect.getsource(method), _documentation(method)
    query = re.search(r"query=(?:await async_)?maybe_transform\(\s*\{(.*?)\}", source, re.DOTALL)
    in_query = re.findall(r'"(\w+)": \w+', query[1]) if query else []
    hints = get_type_hints(method)
    return {
        name: _parameter(name, hints[name], parameter.default is parameter.empty, doc.get(name, ""), in_query)
        for name, parameter in inspect.signature(method).parameters.items()
        if name not in _NOT_OURS
    }


def typed_parameters(method_name: str) -> Mapping[str, tuple[bool, Any]]:
    """Of the TypedDict that belongs to a method: whether each parameter is required, and its type."""
    module = importlib.import_module(f"{types.__name__}.usage_{method_name}_params")
    typed = getattr(module, f"Usage{''.join(part.capitalize() for part in method_name.split('_'))}Params")
    hints = typing_extensions.get_type_hints(typed, include_extras=True)
    return {name: _unwrapped(hint) for name, hint in hints.items()}


def described_type(hint: Any) -> Member:
    """Type, item type, values and nullability that `hint` expresses."""
    options = [option for option in _options(hint) if option is not openai.Omit]
    nullable = NoneType in options
    kinds = [option for option in options if option is not NoneType]
    values = tuple(value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind))
    if values:
        return Member(type=_NAMES[type(values[0])], values=values, nullable=nullable)
    kind = kinds[0]
    if get_origin(kind) is None:
        return Member(type=_NAMES.get(kind, "object"), values=(), nullable=nullable)
    item = described_type(get_args(kind)[0])
    return Member(type="array", item_type=item.type, values=item.values, nullable=nullable)


def _endpoint(method: Callable[..., Any]) -> Endpoint:
    sent = re.search(r'self\._(\w+)\(\s*"([^"]+)"', inspect.getsource(method))
    assert sent
    path = sent[2]
    tag = _TAGS.get(path, f"organization.usage.{path.rsplit('/', 1)[1]}.result")
    page = get_type_hints(method)["return"]
    (bucket,) = get_args(page.model_fields["data"].annotation)
    (results,) = get_args(bucket.model_fields["results"].annotation)
    tagged = {_tag_of(model): model for model in _options(results)}
    return Endpoint(
        path=path,
        method=sent[1].upper(),
        result_object=tag,
        sections={
            "parameter": parameters_of(method),
            "result": _fields(tagged[tag]) if tag in tagged else {},
            "page": _fields(page),
            "bucket": _fields(bucket),
        },
    )


def _parameter(name: str, hint: Any, required: bool, said: str, in_query: list[str]) -> Member:
    kind, least = described_type(hint), minimum_in(said)
    return Member(
        location="query" if name in in_query else "elsewhere",
        required=required,
        type=kind.type,
        item_type=kind.item_type,
        nullable=kind.nullable,
        values=kind.values,
        default=default_in(said),
        minimum=UNSTATED if least is None else least,
        limits=limits_in(said),
    )


def _fields(model: Any, prefix: str = "", *, with_lists: bool = False) -> Members:
    """With `with_lists`, those of lists of objects, too."""
    fields: dict[str, Member] = {}
    for name, field in model.model_fields.items():
        options = [option for option in _options(field.annotation) if option is not NoneType]
        nested = next((option for option in options if hasattr(option, "model_fields")), None)
        kind = _kind(options)
        fields[prefix + name] = Member(
            required=field.is_required(),
            type=kind.type,
            nullable=NoneType in _options(field.annotation),
            values=kind.values,
        )
        listed = [part for option in options if get_origin(option) is list for part in get_args(option)]
        if nested is None and with_lists:
            nested = next((part for part in listed if hasattr(part, "model_fields")), None)
        if nested is not None:
            fields |= _fields(nested, f"{prefix}{name}.", with_lists=with_lists)
    return fields


def _kind(options: list[Any]) -> Member:
    """Type and values of a field; a plain string beside a Literal leaves the values open."""
    literals = [option for option in options if get_origin(option) is Literal]
    return described_type(literals[0]) if literals else described_type(options[0])


def _tag_of(model: Any) -> str:
    return str(get_args(model.model_fields["object"].annotation)[0])


def _options(hint: Any) -> list[Any]:
    if get_origin(hint) is Annotated:
        return _options(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return [option for part in get_args(hint) for option in _options(part)]
    return [hint]


def _unwrapped(hint: Any) -> tuple[bool, Any]:
    required = get_origin(hint) in (Required, typing_extensions.Required)
    return required, get_args(hint)[0] if required else hint


def _documentation(method: Callable[..., Any]) -> dict[str, str]:
    """What the docstring of `method` says of each argument."""
    text = (inspect.getdoc(method) or "").partition("Args:\n")[2]
    parts = re.split(r"(?m)^  (\w+): ", text)[1:]
    return {name: " ".join(said.split()) for name, said in zip(parts[::2], parts[1::2], strict=True)}
