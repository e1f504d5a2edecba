"""Templates that cannot write a text of the document as code: jinja2's compiler refuses to.

Every `{{ … }}` must end in one of the filters of codegen/code.py, be a constant of the template, or
call a macro, of this template or another, whose body is held to the same. It is as with autoescaping,
but for Python, and checked when a template is compiled: a line that forgets it fails for every document.
"""

from __future__ import annotations

import functools

import attrs
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame

from .code import BLANK_FILTERS, FILTERS

_HARMLESS = ("indent", "trim")
"""Filters that leave safe what was."""


@attrs.define
class Filters:
    """What templates write with."""

    blank: bool = False
    """Whether they write another text in the place of each."""

    def write(self, name: str, *arguments: object) -> str:
        """What the filter called `name` makes of `arguments`."""
        return (BLANK_FILTERS if self.blank else FILTERS)[name](*arguments)


def guard(environment: Environment) -> Filters:
    """Let the templates of `environment` write with filters and nothing else."""
    filters = Filters()
    environment.filters.update({name: functools.partial(filters.write, name) for name in FILTERS})
    environment.code_generator_class = _Guarded
    return filters


def _macros_of(node: nodes.Template) -> frozenset[str]:
    return frozenset(macro.name for macro in node.find_all(nodes.Macro))


class _Guarded(CodeGenerator):
    """Compiles templates, but for those that write a text as it is."""

    _macros: frozenset[str] = frozenset()

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self._macros = _macros_of(node) | self._imported_by(node)
        super().visit_Template(node, frame)

    def _imported_by(self, node: nodes.Template) -> frozenset[str]:
        """What the template imports by name from others, and is a macro there."""
        found: set[str] = set()
        for imported in node.find_all(nodes.FromImport):
            if isinstance(imported.template, nodes.Const) and self.environment.loader is not None:
                source, *_ = self.environment.loader.get_source(self.environment, imported.template.value)
                found |= _macros_of(self.environment.parse(source)).intersection(
                    name for name in imported.names if isinstance(name, str)
                )
        return frozenset(found)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        for written in node.nodes:
            if not self._is_safe(written):
                self.fail(
                    f"{{{{ … }}}} writes a text as it is: end it in one of the filters {', '.join(FILTERS)}",
                    written.lineno,
                )
        super().visit_Output(node, frame)

    def _is_safe(self, node: nodes.Node | None) -> bool:
        match node:
            case None | nodes.TemplateData() | nodes.Const():
                safe = True
            case nodes.CondExpr():
                safe = self._is_safe(node.expr1) and self._is_safe(node.expr2)
            case nodes.Call(node=nodes.Name(name=name)):
                safe = name in self._macros
            case nodes.Filter(name="join", node=nodes.Filter(name="map", args=[nodes.Const(value=by)])):
                safe = by in FILTERS and all(isinstance(part, nodes.Const) for part in node.args)
            case nodes.Filter():
                safe = node.name in FILTERS or (node.name in _HARMLESS and self._is_safe(node.node))
            case _:
                safe = False
        return safe
