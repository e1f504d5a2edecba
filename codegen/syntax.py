"""The generated code compared with what may be in it: the code that the templates make of blanks.

The package is rendered twice, with the document's texts and with another text in the place of each.
If both have the same syntax tree but for what stands in strings, no text has become code. ruff, which
drops and sorts imports and breaks lines, must have changed nothing else.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping

import attrs

from .errors import CodegenError
from .tree import is_array

Texts = Mapping[str, str]
"""Python files by their path in the package."""


@attrs.frozen
class _ParsedFile:
    """What a file says, in three parts."""

    shape: tuple[object, ...]
    """The syntax tree, flat, without imports and texts."""
    texts: tuple[object, ...]
    """The texts in the order of the code; of docstrings the words."""
    imports: frozenset[object]


def check_syntax(final: Texts, *, made: Texts, blank: Texts) -> None:
    """Refuse the files `final` unless they are `made`, formatted, and `made` is `blank` with texts.

    Raises:
        CodegenError: it names the file.
    """
    if not final.keys() == made.keys() == blank.keys():
        odd = sorted((final.keys() ^ made.keys()) | (made.keys() ^ blank.keys()))
        raise CodegenError(f"the document decides which files are made: {', '.join(odd)}")
    for path, text in final.items():
        try:
            after, before, bare = (_read(source) for source in (text, made[path], blank[path]))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CodegenError(f"{path} would be no Python: {error}; nothing was written") from error
        if not after.imports <= before.imports or before.imports != bare.imports:
            raise CodegenError(f"{path} would import what no template does; nothing was written")
        if not after.shape == before.shape == bare.shape:
            raise CodegenError(f"{path} would have code that no template makes; nothing was written")
        if after.texts != before.texts:
            raise CodegenError(f"a text in {path} was changed by formatting; nothing was written")


@functools.lru_cache(maxsize=200)
def _read(text: str) -> _ParsedFile:
    shape, texts, imports = list[object](), list[object](), set[object]()
    for node in _nodes(ast.parse(text)):
        match node:
            case ast.Import() | ast.ImportFrom():
                place = (getattr(node, "level", None), getattr(node, "module", None))
                imports |= {(*place, alias.name, alias.asname) for alias in node.names}
            case ast.Expr(value=ast.Constant(value=str(words))):
                shape.append("docstring")
                texts.append(tuple(words.split()))
            case ast.Constant(value=str(words)):
                shape.append("text")
                texts.append(words)
            case ast.AST():
                shape.append(type(node).__name__)
            case _:
                shape.append((type(node).__name__, node))
    return _ParsedFile(tuple(shape), tuple(texts), frozenset(imports))


def _nodes(tree: ast.AST) -> Iterator[object]:
    """Everything in `tree`, in the order of the code: nodes, ends of lists and plain values."""
    pending: list[object] = [tree]
    while pending:
        node = pending.pop()
        if is_array(node):
            pending += [Ellipsis, *reversed(_without_blocks_of_imports(node))]
        elif isinstance(node, ast.AST):
            yield node
            if not isinstance(node, _WHOLE) and not _is_docstring(node):
                pending += [getattr(node, name, None) for name in reversed(node._fields)]
        else:
            yield node


def _without_blocks_of_imports(nodes: list[object]) -> list[object]:
    """`nodes` with the imports of a block in its place where it has nothing else."""
    found: list[object] = []
    for node in nodes:
        parts = node.body if isinstance(node, ast.If) and not node.orelse else []
        if parts and all(isinstance(part, ast.Import | ast.ImportFrom | ast.Pass) for part in parts):
            found += [part for part in parts if not isinstance(part, ast.Pass)]
        else:
            found.append(node)
    return found


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


_WHOLE = (ast.Import, ast.ImportFrom, ast.Constant)
"""Nodes that are looked at as a whole."""
