"""From the document's names and texts to code: the only ways, and none of them can be left.

Each checks its own result by reading it as Python does. The templates can write nothing else:
codegen/templating.py holds them to it.
"""

from __future__ import annotations

import ast
import keyword
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import TypeGuard

from .errors import CodegenError

_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_ENTRY = re.compile(r"\s+\w+( \([^)]*\))?: ")
_QUOTE_BEFORE_END = re.compile(r'"(?="|$)')
_ANNOTATION = (
    *(ast.Expression, ast.Name, ast.Load, ast.Subscript, ast.Tuple, ast.BinOp, ast.BitOr),
    *(ast.Constant,),
)
_LONGEST_ANNOTATION = 1_000


def literal(value: object) -> str:
    """`value` as a literal: texts, numbers, booleans, None, and tuples, lists and mappings of them.

    Raises:
        CodegenError: it is none of these, or no literal says it exactly.
    """
    text = _literal(value)
    if _evaluated(text) != value:
        raise CodegenError(f"no literal says exactly {ascii(value)[:200]}")
    return text


def _evaluated(code: str) -> object:
    try:
        found: object = ast.literal_eval(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CodegenError(f"{ascii(code)[:200]} is no literal: {error}") from error
    return found


def _literal(value: object) -> str:
    if isinstance(value, str):
        return str.__repr__(value)
    if _is_mapping(value):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(child)}' for key, child in value.items())}}}"
    if _is_series(value):
        inner = ", ".join(map(_literal, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is None or type(value) in (bool, int, float):
        return repr(value)
    raise CodegenError(f"a {type(value).__name__} cannot be written as a literal")


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_series(value: object) -> TypeGuard[tuple[object, ...] | list[object]]:
    return isinstance(value, tuple | list)


def docstring(text: str, indent: int) -> str:
    """`text` for between triple double quotes, wrapped to stand `indent` deep; paragraphs and lists are
    kept. Read by Python it is `text` again, but for white space.

    Raises:
        CodegenError: it is not.
    """
    lines: list[str] = []
    for line in text.rstrip().split("\n"):
        margin = len(line) - len(line.lstrip(" "))
        lines += textwrap.wrap(
            _escaped(line),
            width=100 - indent,
            subsequent_indent=" " * (margin + 4 if _ENTRY.match(line) else margin),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    written = ("\n" + " " * indent).join(lines).replace("\n" + " " * indent + "\n", "\n\n").strip()
    if str(_evaluated(f'"""{written}"""')).split() != text.split():
        raise CodegenError(f"no docstring says exactly {ascii(text)[:200]}")
    return written


def _escaped(line: str) -> str:
    """`line` without what would end the docstring or stand for something else in it."""
    line = _QUOTE_BEFORE_END.sub(r'\\"', line.replace("\\", r"\\"))
    return "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in line)


def name(value: str) -> str:
    """`value`, which must be a plain identifier. codegen/names.py says which, with their places.

    Raises:
        CodegenError: it is none.
    """
    if _NAME.fullmatch(value) is None or keyword.iskeyword(value):
        raise CodegenError(f"{ascii(value)[:200]} is no name for the generated code")
    return str(value)


def annotation(value: str) -> str:
    """`value`, which must be a type: names, `[…]`, `|`, and texts in `Literal[…]`.

    Raises:
        CodegenError: it is none.
    """
    try:
        nodes = list(ast.walk(ast.parse(value, mode="eval"))) if len(value) < _LONGEST_ANNOTATION else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        nodes = []
    if not nodes or not all(_is_in_annotation(node) for node in nodes):
        raise CodegenError(f"{ascii(value)[:200]} is no type for the generated code")
    return value


def _is_in_annotation(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return _NAME.fullmatch(node.id) is not None
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, str)
    return isinstance(node, _ANNOTATION)


def blank(value: object) -> object:
    """`value` with every text in it replaced by another."""
    if isinstance(value, str):
        return "x"
    if _is_mapping(value):
        return {f"x{index}": blank(child) for index, child in enumerate(value.values())}
    if _is_series(value):
        return [*map(blank, value)] if isinstance(value, list) else (*map(blank, value),)
    return value


def _blank_docstring(text: str, indent: int) -> str:
    return docstring("x" if text.strip() else "", indent)


def _blank_literal(value: object) -> str:
    return literal(blank(value))


FILTERS: dict[str, Callable[..., str]] = {
    "annotation": annotation,
    "docstring": docstring,
    "literal": literal,
    "name": name,
}
"""What a template writes with."""

BLANK_FILTERS: dict[str, Callable[..., str]] = {
    **FILTERS,
    "docstring": _blank_docstring,
    "literal": _blank_literal,
}
"""The same, with another text in the place of every one: for the comparison in codegen/syntax.py."""
