"""The reference pages of the documentation: one for each operation, from the registry and the emulator.

What the project is about comes first; the lists that usage and costs refer to are a group of their own.

They are made when the documentation is built and are not committed, so that they cannot lag behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from openai_org_usage import OPERATIONS, Operation
from openai_org_usage._generated import DIRECTORY, OverTime, ValueType

if TYPE_CHECKING:
    from openai_org_usage._generated import ApiOperation, ListOperation, Parameter, ResponseField
    from openai_org_usage.emulator import Emulator

_PRESENT = 1_795_188_600
"""2026-11-20 15:30 UTC, so that the examples stay the same."""
_START = 1_795_046_400
_EXAMPLE_RESULTS = 2


def write_reference(folder: Path) -> list[Path]:
    """Write a page for each operation, and `index.md`; the pages written."""
    from openai_org_usage.emulator import Emulator

    folder.mkdir(parents=True, exist_ok=True)
    with Emulator(now=lambda: _PRESENT) as emulator:
        pages = {f"{name}.md": _page(o, _example(o, emulator)) for name, o in sorted(OPERATIONS.items())}
    pages |= {f"{name}.md": _list_page(o) for name, o in sorted(DIRECTORY.items())}
    pages["index.md"] = _index()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _index() -> str:
    usage, lists = sorted(OPERATIONS.items()), sorted(DIRECTORY.items())
    lines = ["# Endpoints", "", *_table(usage), "", "## Lists of what usage and costs refer to", ""]
    toc = ["", "```{toctree}", ":hidden:", "", *sorted(OPERATIONS), *sorted(DIRECTORY), "```", ""]
    return "\n".join([*lines, *_table(lists), *toc])


def _table(operations: Iterable[tuple[str, ApiOperation]]) -> Iterator[str]:
    yield "| method | answers |"
    yield "| --- | --- |"
    for name, operation in operations:
        yield f"| [`{name}`]({name}.md) | {operation.summary} |"


def _page(operation: Operation, example: str) -> str:
    return "\n".join(
        [
            f"# {operation.name}",
            "",
            f"`{operation.method} {operation.path}`: {operation.description}",
            "",
            f"In Python `client.{operation.name}(...)`, on the command line "
            f"`openai-org-usage {operation.name.replace('_', '-')}`.",
            "",
            "## Parameters",
            "",
            *_parameters(operation),
            "",
            "Defaults are those of the API; of `limit`, the client asks for the most that is allowed.",
            "",
            "## Fields of a row",
            "",
            f"Tag: `{operation.result_object}`. A row also has `start_time` and `end_time` (Unix seconds) "
            "and `start` and `end` (UTC) of its bucket.",
            "",
            *_fields(operation.fields),
            "",
            "## Example answer",
            "",
            "```json",
            example,
            "```",
            "",
        ]
    )


def _list_page(operation: ListOperation) -> str:
    return "\n".join(
        [
            f"# {operation.name}",
            "",
            f"`{operation.method} {operation.path}`: {operation.description}",
            "",
            "## Parameters",
            "",
            *_parameters(operation),
            "",
            "Defaults are those of the API.",
            "",
            "## Fields of an item",
            "",
            f"Tag: `{operation.item_object}`. What stands in an object has its name with a dot before it.",
            "",
            *_item_fields(operation.fields),
            "",
        ]
    )


def _item_fields(fields: tuple[ResponseField, ...], *, prefix: str = "") -> Iterator[str]:
    if not prefix:
        yield "| name | type | |"
        yield "| --- | --- | --- |"
    for field in fields:
        kind = "time" if field.format == "unix-time" else field.type
        maybe = " or null" if field.nullable or not field.required else ""
        known = f" Known values: {', '.join(f'`{v}`' for v in field.known_values)}." * bool(
            field.known_values
        )
        yield _line([f"`{prefix}{field.name}`", kind + maybe, field.description + known])
        yield from _item_fields(field.fields, prefix=f"{prefix}{field.name}.") if field.fields else ()


def _parameters(operation: ApiOperation) -> Iterator[str]:
    yield "| name | type | values | default | |"
    yield "| --- | --- | --- | --- | --- |"
    for parameter in (*operation.path_parameters, *operation.parameters):
        cells = [
            f"`{parameter.name}`" + (" (required)" if parameter.required else ""),
            _type(parameter),
            ", ".join(f"`{value}`" for value in parameter.allowed_values),
            "; ".join(_default(parameter)),
            parameter.description,
        ]
        yield _line(cells)


def _type(parameter: Parameter) -> str:
    if parameter.is_time:
        return "time"
    return f"list of {parameter.item_type}s" if parameter.type == ValueType.ARRAY else parameter.type


def _default(parameter: Parameter) -> Iterator[str]:
    if parameter.default is not None:
        yield f"`{parameter.default}`"
    if parameter.maximum is not None:
        yield f"at most {parameter.maximum}"
    for limit in parameter.limits:
        yield f"`{limit.bucket_width}`: {limit.default}, at most {limit.maximum}"


def _fields(fields: tuple[ResponseField, ...], *, prefix: str = "") -> Iterator[str]:
    if not prefix:
        yield "| name | type | role | |"
        yield "| --- | --- | --- | --- |"
    for field in fields:
        if field.fields:
            yield from _fields(field.fields, prefix=f"{prefix}{field.name}_")
        else:
            kind = "decimal" if field.format == "decimal" else field.type
            maybe = " or null" if field.nullable or not field.required else ""
            role = "level" if field.over_time == OverTime.LAST else field.role
            yield _line([f"`{prefix}{field.name}`", kind + maybe, role, field.description])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _example(operation: Operation, emulator: Emulator) -> str:
    """The beginning of a real answer: one bucket of a day, and a few of its results."""
    import httpx

    groups = operation.parameter("group_by").allowed_values[:1]
    query: list[tuple[str, str | int | float | bool | None]] = [
        ("start_time", str(_START)),
        ("limit", "1"),
        *(("group_by", group) for group in groups),
    ]
    answer = httpx.get(
        emulator.base_url + operation.path,
        params=query,
        headers={"Authorization": f"Bearer {emulator.admin_key}"},
    )
    page = answer.raise_for_status().json()
    page["data"] = page["data"][:1]
    page["data"][0]["results"] = page["data"][0]["results"][:_EXAMPLE_RESULTS]
    return json.dumps(page, indent=2)
