"""From names and texts to code: exact, checked by reading it back, and not to be got around."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, TemplateAssertionError

from codegen.code import annotation, docstring, literal, name
from codegen.errors import CodegenError
from codegen.syntax import check_syntax
from codegen.templating import guard
from codegen.trial import try_package

from . import hostile

CANARY = Path("canary")
TEXTS = st.one_of(
    st.text(),
    st.sampled_from([*hostile.NASTY, *hostile.UNSEEN, *hostile.payloads(CANARY)]),
    st.text(st.sampled_from("\"'\\\n\r\x0c\x85\u2028\0NUux{} a"), max_size=30),
)
LEAVES = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner).map(tuple) | st.lists(inner), max_leaves=5)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(value=VALUES | st.dictionaries(TEXTS, LEAVES))
def test_a_literal_is_the_value(value: object) -> None:
    """Whatever is written as a literal is read as what it was, on one line of visible characters."""
    text = literal(value)

    assert ast.literal_eval(text) == value
    assert text.isprintable()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(text=TEXTS, indent=st.sampled_from([0, 4, 8]))
def test_a_docstring_is_the_text(text: str, indent: int) -> None:
    """A text in a docstring is read as what it was but for white space, and ends where the docstring does."""
    code = f'def f():\n    """{docstring("a " + text, indent)}"""\n    return 1\n'

    function = ast.parse(code).body[0]

    assert isinstance(function, ast.FunctionDef)
    assert [type(statement) for statement in function.body] == [ast.Expr, ast.Return]
    assert (ast.get_docstring(function, clean=False) or "").split() == ("a " + text).split()


@pytest.mark.parametrize("value", [float("inf"), float("nan"), {1, 2}, b"a", ast, object])
def test_what_has_no_literal_is_refused(value: object) -> None:
    """Only what a document can hold is written as a literal."""
    with pytest.raises(CodegenError):
        literal(value)


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a;b", "a.b", "class", "None", "1a", "__init__", "a\n", "\uff41", "é", "a(", '"a"', "*"],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    """A name is a plain ASCII identifier and no word of Python's."""
    with pytest.raises(CodegenError):
        name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f()",
        "a.b",
        "a; b",
        "a\nb",
        "[a for a in b]",
        "lambda: a",
        "a or b",
        "1",
        "a + b",
        "__x__",
        "(" * 500,
    ],
)
@pytest.mark.usefixtures("without_collection")
def test_what_is_no_type_is_refused(text: str) -> None:
    """A type has names, brackets, bars and texts, and nothing that could run."""
    with pytest.raises(CodegenError):
        annotation(text)


@pytest.mark.parametrize(
    "text", ["int", "str | None", "list[str]", "Literal['a;b']", "dict[str, Any] | None"]
)
def test_a_type_stays_as_it_is(text: str) -> None:
    """What the models need is written as it is."""
    assert annotation(text) == text


SAFE = [
    "{{ x | literal }}",
    "{{ x | name }}: {{ x | annotation }}",
    '"""{{ x | docstring(4) }}"""',
    "{{ ('a' ~ x) | docstring(0) }}",
    "{{ ' = None' if x }}",
    "{{ (x | literal) if x else 'None' }}",
    "{{ [x] | map('literal') | join(', ') }}",
    "{% macro m(y) %}{{ y | literal }}{% endmacro %}{{ m(x) | trim }}",
]
UNSAFE = [
    "{{ x }}",
    "{{ x.y }}",
    "{{ x | trim }}",
    "{{ x | upper }}",
    "{{ x | literal | upper }}",
    "{{ x | safe }}",
    "{{ 'a' ~ x }}",
    "{{ (x | literal) ~ x }}",
    "{{ x if x else 'a' }}",
    "{{ 'a' if y else x }}",
    "{{ [x] | join(', ') }}",
    "{{ ['a'] | map('literal') | join(x) }}",
    "{{ [x] | map('upper') | join(', ') }}",
    "{{ x() }}",
    "{{ x['y'] }}",
    "{{ '%s' | format(x) }}",
    "{% set y = x | literal %}{{ y }}",
    "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}",
    "{% for y in x %}{{ y }}{% endfor %}",
    "{% if x %}{{ x }}{% endif %}",
    "{% block b %}{{ x }}{% endblock %}",
    "{% filter upper %}{{ x }}{% endfilter %}",
]


@pytest.mark.parametrize("template", SAFE)
def test_a_template_writes_with_the_filters(template: str) -> None:
    """What went through a filter, constants and macros are written."""
    environment = Environment(loader=DictLoader({"t": template}), autoescape=False)
    guard(environment)

    assert environment.get_template("t").render(x="int")


@pytest.mark.parametrize("template", UNSAFE)
def test_a_template_that_writes_a_text_as_it_is_does_not_compile(template: str) -> None:
    """Whatever the text is: the line fails for every document."""
    environment = Environment(loader=DictLoader({"t": template}), autoescape=False)
    guard(environment)

    with pytest.raises(TemplateAssertionError, match="writes a text as it is"):
        environment.get_template("t")


BLANK = 'import a\nfrom b import c\n\ndef f(x=""):\n    """x"""\n    return {"x": lambda: c("x")}\n'
MADE = 'import a\nfrom b import c\n\ndef f(x="a b"):\n    """Says."""\n    return {"y": lambda: c("z")}\n'


@pytest.mark.parametrize(
    ("made", "final"),
    [
        (MADE, MADE),
        (MADE, MADE.replace("import a\n", "")),
        (MADE, MADE.replace('"""Says."""', '"""Says.\n    """')),
        (MADE, MADE.replace('"a b"', "'a b'")),
    ],
)
def test_code_that_differs_in_texts_alone_passes(made: str, final: str) -> None:
    """Texts, dropped imports, and what formatting does are no other code."""
    check_syntax({"a.py": final}, made={"a.py": made}, blank={"a.py": BLANK})


@pytest.mark.parametrize(
    ("made", "final"),
    [
        (MADE + "print()\n", MADE + "print()\n"),
        (MADE.replace('"z"', '"z", print()'), MADE.replace('"z"', '"z", print()')),
        (MADE.replace('"""Says."""', '"""Says."""\n    print()'),) * 2,
        (MADE.replace("import a", "import a, os"),) * 2,
        (MADE, MADE.replace("import a", "import a, os")),
        (MADE, MADE.replace('"z"', '"zz"')),
        (MADE, MADE.replace("Says.", "Says!")),
        (MADE, MADE + "print()\n"),
        (MADE.replace("def f", "async def f"),) * 2,
        (MADE.replace("x=", "y="),) * 2,
        (MADE.replace('"a b"', "1"),) * 2,
        (MADE + "'", MADE),
        (MADE.replace("a b", "a\0b"),) * 2,
    ],
)
def test_code_that_no_template_makes_is_refused(made: str, final: str) -> None:
    """A statement, an argument, an import or a changed text more or less is an error with the file."""
    with pytest.raises(CodegenError, match=r"a\.py"):
        check_syntax({"a.py": final}, made={"a.py": made}, blank={"a.py": BLANK})


def test_files_that_the_document_names_are_refused() -> None:
    """The names of files are the templates' and the names', not the texts'."""
    with pytest.raises(CodegenError, match=r"which files are made: b\.py"):
        check_syntax({"a.py": "", "b.py": ""}, made={"a.py": "", "b.py": ""}, blank={"a.py": ""})


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import gone", "ModuleNotFoundError: No module named 'gone'"),
        ("raise SystemExit(3)", "exit 3"),
        ("import os; os.abort()", "exit -6"),
        ("x = bytearray(2**31)", "MemoryError"),
        (
            "import os; assert 'OPENAI_ADMIN_KEY' not in os.environ; raise KeyError('hidden')",
            "KeyError: 'hidden'",
        ),
    ],
)
def test_a_package_that_cannot_be_imported_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    """The message is Python's own, in a process that knows no key and may not take all memory."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-canary")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text(code)

    with pytest.raises(CodegenError) as caught:
        try_package(tmp_path, "package")

    assert message in str(caught.value)
    assert list((tmp_path / "package").iterdir()) == [tmp_path / "package" / "__init__.py"]
